internal import SQL

/// The statements of a file, in a form in which only what a server sees makes a difference.
struct NormalForm {
  /// As written.
  private let texts: [String]
  /// Without comments, and with one space wherever there is white space outside quotes and bodies.
  let normalized: [String]
  /// As the history keeps them.
  let historyStatements: [String]

  init(_ bytes: [UInt8]) {
    do {
      let script = try Script(bytes)
      var comments = script.comments.filter { !$0.isInsideBody }.map(\.range)[...]
      texts = script.statements.map(\.text)
      normalized = script.statements.map { statement in
        comments = comments.drop { $0.upperBound <= statement.range.lowerBound }
        let inside = comments.prefix { $0.lowerBound < statement.range.upperBound }
        return Normalizer.normalize(statement, comments: inside, in: script.bytes)
      }
      historyStatements = script.historyStatements
    } catch {
      // What cannot be split is one statement of which every byte counts. Validation says what is wrong with it.
      let text = String(decoding: bytes, as: UTF8.self)
      texts = [text]
      normalized = [text]
      historyStatements = [text]
    }
  }

  /// What has to be removed from this and added to it to make the other; removals first.
  func edits(to other: NormalForm) -> [StatementEdit] {
    let difference = other.normalized.difference(from: normalized)
    return difference.removals.map { .removed(texts[$0.offset]) }
      + difference.insertions.map { .added(other.texts[$0.offset]) }
  }
}

/// Writes a statement anew, with the white space between its words made uniform.
private struct Normalizer {
  private let bytes: [UInt8]
  private var result: [UInt8] = []

  /// - Parameter comments: The ranges of those in the statement, in order.
  static func normalize(_ statement: Statement, comments: ArraySlice<Range<Int>>, in bytes: [UInt8]) -> String {
    let strings = statement.literals.filter { !$0.isInsideBody }.map(\.range)
    let islands = (comments.map { (range: $0, isKept: false) } + strings.map { (range: $0, isKept: true) })
      .sorted { $0.range.lowerBound < $1.range.lowerBound }
    var normalizer = Normalizer(bytes: bytes)
    var position = statement.range.lowerBound
    for island in islands {
      normalizer.appendCode(position..<island.range.lowerBound)
      if island.isKept { normalizer.result += bytes[island.range] } else { normalizer.appendSpace() }
      position = island.range.upperBound
    }
    normalizer.appendCode(position..<statement.range.upperBound)
    return String(decoding: normalizer.result, as: UTF8.self)
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Code without string constants and comments, but for those in bodies: what is left to leave alone are quoted names
  /// and the bodies.
  private mutating func appendCode(_ range: Range<Int>) {
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = bytes[position]
      if byte == 32 || (9...13).contains(byte) {
        appendSpace()
        position += 1
        continue
      }
      var end = position + 1
      if byte == UInt8(ascii: "\"") {
        end = bytes[end..<range.upperBound].firstIndex(of: byte).map { $0 + 1 } ?? range.upperBound
      } else if let mark = dollarMark(at: position, before: range.upperBound) {
        let rest = bytes[(position + mark.count)..<range.upperBound]
        end = rest.firstRange(of: mark)?.upperBound ?? range.upperBound
      }
      result += bytes[position..<end]
      position = end
    }
  }

  /// `$$` or `$tag$`, unless the dollar is part of a name.
  private func dollarMark(at start: Int, before end: Int) -> ArraySlice<UInt8>? {
    func continuesName(_ byte: UInt8) -> Bool {
      byte >= 128 || byte == UInt8(ascii: "_") || Character(Unicode.Scalar(byte)).isLetter
        || Character(Unicode.Scalar(byte)).isNumber
    }
    let dollar = UInt8(ascii: "$")
    guard bytes[start] == dollar, start == 0 || !continuesName(bytes[start - 1]) else { return nil }
    let tag = bytes[(start + 1)..<end].prefix(while: continuesName)
    guard tag.endIndex < end, bytes[tag.endIndex] == dollar else { return nil }
    return bytes[start...tag.endIndex]
  }

  private mutating func appendSpace() {
    if result.last != 32 { result.append(32) }
  }
}

extension CollectionDifference.Change {
  fileprivate var offset: Int {
    switch self {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
