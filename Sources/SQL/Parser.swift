internal import Basics
internal import CPGQuery
internal import Dispatch
internal import Synchronization

/// Parses the pieces of one script with PostgreSQL's own parser.
///
/// libpg_query keeps its state in the thread, so that several scripts can be parsed at once.
struct Parser {
  /// A tree costs some 30 bytes of memory for a byte of SQL; what is larger is parsed in parts, or not at all.
  static let largestPiece = 8 * 1024 * 1024
  /// PostgreSQL itself gives up at such depths, with its default `max_stack_depth`.
  static let deepestNesting = 10_000

  /// What fits any stack, a thread of the cooperative pool's among them.
  private static let shallowNesting = 40
  /// libpg_query takes 2 kB a level, measured; walking the tree once more in Swift, less.
  private static let bigStack = 12 * 1024 * deepestNesting

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The statements of all pieces, in order. A long script is parsed on all cores.
  /// - Parameter positions: At the script's beginning.
  func statements(_ pieces: [Piece], positions: PositionCursor) -> [Statement] {
    var positions = positions
    let places = pieces.map { piece in
      let start = positions
      return Place(
        piece: piece, cursor: start, position: positions.position(ofByte: piece.range.lowerBound),
        end: positions.position(ofByte: piece.range.upperBound))
    }
    let slice = 1_000
    guard places.count > slice else { return statements(at: places[...]) }
    let parsed = Mutex<[Int: [Statement]]>([:])
    DispatchQueue.concurrentPerform(iterations: (places.count + slice - 1) / slice) { index in
      let start = index * slice
      let statements = statements(at: places[start..<min(start + slice, places.count)])
      parsed.withLock { $0[start] = statements }
    }
    return parsed.withLock { $0.sorted { $0.key < $1.key }.flatMap(\.value) }
  }

  private struct Place {
    let piece: Piece
    /// At the piece's beginning or before it.
    let cursor: PositionCursor
    let position: SourcePosition
    let end: SourcePosition
  }

  private func statements(at places: ArraySlice<Place>) -> [Statement] {
    let arena = TreeArena()
    return places.map { place in
      Statement(
        range: place.piece.range,
        text: String(decoding: bytes[place.piece.range], as: UTF8.self),
        position: place.position,
        end: place.end,
        syntax: syntax(of: place.piece, positions: place.cursor, arena),
        copyData: place.piece.copyData)
    }
  }

  private func syntax(of piece: Piece, positions: PositionCursor, _ arena: TreeArena) -> Syntax {
    var positions = positions
    func unparsed(_ failure: Failure, isLeftToServer: Bool = false) -> Syntax {
      .unparsed(
        SyntaxError(
          message: failure.message, location: failure.offset,
          position: positions.position(ofByte: failure.offset), isLeftToServer: isLeftToServer))
    }
    func refused(_ reason: String) -> Syntax {
      unparsed(
        Failure(message: "\(reason), and so is left to the server", offset: piece.range.lowerBound),
        isLeftToServer: true)
    }
    var parts = [[piece.range]]
    var rowCount: Int?
    if piece.range.count > Self.largestPiece {
      guard let long = LongInsert(bytes, piece.range, size: Self.largestPiece / 4) else {
        return refused("the statement is larger than \(Self.largestPiece / 1024 / 1024) MB")
      }
      (parts, rowCount) = (long.parts, long.rowCount)
    }
    if piece.nesting > Self.deepestNesting {
      return refused("the statement nests more than \(Self.deepestNesting) levels deep")
    }
    func parse() -> Result<Syntax, Failure> {
      var first: Syntax?
      for part in parts {
        switch self.parse(part, of: piece.range, arena) {
        case .success(let syntax): first = first ?? syntax
        case .failure(let failure): return .failure(failure)
        }
      }
      return first.map { .success($0) } ?? .failure(Failure(message: "there is no row", offset: piece.range.lowerBound))
    }
    let parsed = piece.nesting <= Self.shallowNesting ? parse() : BigStack.run(size: Self.bigStack, parse)
    switch parsed {
    case .success(.insert(var insert)) where rowCount != nil && insert.rowCount != nil:
      insert.rowCount = rowCount
      return .insert(insert)
    case .success(let syntax): return syntax
    case .failure(let failure): return unparsed(failure)
    case nil: return refused("no thread could be had for a statement that nests \(piece.nesting) levels deep")
    }
  }

  private struct Failure: Error {
    let message: String
    let offset: Int
  }

  /// - Parameter stretches: Of the statement's bytes, which are a whole one together; what comes after the first two, has
  ///   other locations in the tree.
  private func parse(
    _ stretches: [Range<Int>], of range: Range<Int>, _ arena: TreeArena
  ) -> Result<Syntax, Failure> {
    var text: [UInt8] = []
    text.reserveCapacity(stretches.reduce(1) { $0 + $1.count + 1 })
    for stretch in stretches { text += bytes[stretch] }
    text.append(0)
    let result = text.withUnsafeBytes { pg_query_parse_protobuf($0.assumingMemoryBound(to: CChar.self).baseAddress) }
    defer { pg_query_free_protobuf_parse_result(result) }
    // There is a tree even beside an error.
    if let error = result.error {
      return .failure(
        Failure(
          message: String(cString: error.pointee.message),
          offset: offset(ofCharacter: Int(error.pointee.cursorpos), in: stretches)))
    }
    return arena.withAllocator { allocator in
      let packed = UnsafeRawPointer(result.parse_tree.data)?.assumingMemoryBound(to: UInt8.self)
      guard let tree = pg_query__parse_result__unpack(&allocator, result.parse_tree.len, packed) else {
        return .failure(Failure(message: "the parser's answer cannot be read", offset: range.lowerBound))
      }
      // The splitter and the parser agree on where statements end; were they not to, the text is as good as unknown.
      guard tree.pointee.n_stmts == 1, let statement = tree.pointee.stmts[0]?.pointee.stmt else {
        return .failure(Failure(message: "this is not one statement", offset: range.lowerBound))
      }
      return .success(Lowering(bytes, range).syntax(statement))
    }
  }

  /// - Parameter character: 1-based, as the parser counts; 0 when it does not know.
  private func offset(ofCharacter character: Int, in stretches: [Range<Int>]) -> Int {
    var remaining = character
    for offset in stretches.joined() where bytes[offset] & 0b1100_0000 != 0b1000_0000 {
      remaining -= 1
      if remaining <= 0 { return offset }
    }
    return stretches.last?.upperBound ?? 0
  }
}
