internal import CPGQuery
internal import Synchronization

/// PostgreSQL's quoting.
package enum Quoting {
  /// `name` as an identifier, quoted where PostgreSQL's `quote_ident` quotes it: unless it is of lowercase letters,
  /// digits and underscores, begins with no digit, and is no keyword that means something else in a name's place.
  package static func identifier(_ name: String) -> String {
    isSafe(name) && !isReserved(name) ? name : "\"\(doubling("\"", in: name))\""
  }

  /// `text` as a string constant, as PostgreSQL's `quote_literal` writes it: with an `E` when there is a backslash.
  package static func literal(_ text: String) -> String {
    let quoted = doubling("'", in: text)
    return quoted.utf8.contains(Byte.backslash) ? "E'\(doubling("\\", in: quoted))'" : "'\(quoted)'"
  }

  private static func doubling(_ character: Unicode.Scalar, in text: String) -> String {
    guard text.unicodeScalars.contains(character) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar)
      if scalar == character { result.append(scalar) }
    }
    return String(result)
  }

  private static func isSafe(_ name: String) -> Bool {
    guard let first = name.utf8.first, !Byte.isDigit(first) else { return false }
    return name.utf8.allSatisfy { byte in
      Byte.isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
  }

  /// Whether the scanner takes it for a keyword that is not merely an unreserved one.
  private static func isReserved(_ name: String) -> Bool {
    guard name.utf8.count <= longestKeyword, !name.utf8.contains(where: Byte.isDigit) else { return false }
    if let known = known.withLock({ $0[name] }) { return known }
    let isReserved = isReservedForScanner(name)
    known.withLock { known in
      if known.count >= 4096 { known = [:] }
      known[name] = isReserved
    }
    return isReserved
  }

  /// `current_timestamp`
  private static let longestKeyword = 17
  /// What the scanner has said: the same names come again and again.
  private static let known = Mutex<[String: Bool]>([:])

  private static func isReservedForScanner(_ name: String) -> Bool {
    let result = pg_query_scan(name)
    defer { pg_query_free_scan_result(result) }
    let packed = UnsafeRawPointer(result.pbuf.data)?.assumingMemoryBound(to: UInt8.self)
    guard result.error == nil, let scan = pg_query__scan_result__unpack(nil, result.pbuf.len, packed) else {
      return true
    }
    defer { pg_query__scan_result__free_unpacked(scan, nil) }
    guard scan.pointee.n_tokens == 1, let token = scan.pointee.tokens[0] else { return true }
    switch token.pointee.keyword_kind {
    case PG_QUERY__KEYWORD_KIND__NO_KEYWORD, PG_QUERY__KEYWORD_KIND__UNRESERVED_KEYWORD: return false
    default: return true
    }
  }
}
