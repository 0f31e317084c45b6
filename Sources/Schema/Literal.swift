/// SQL string literals.
enum Literal {
  /// The literal as `quote_literal` writes it.
  static func quoted(_ text: String) -> String {
    let doubled = text.replacing("'", with: "''")
    return text.contains("\\") ? "E'\(doubled.replacing("\\", with: "\\\\"))'" : "'\(doubled)'"
  }

  /// Reads `'open', 'it''s', E'a\\b'`: literals as `quote_literal` writes them, with commas between.
  static func values(of list: String) -> [String] {
    var values: [String] = []
    var value: String.UnicodeScalarView?
    var hasEscapes = false
    var scalars = list.unicodeScalars.makeIterator()
    var pending = scalars.next()
    while let scalar = pending {
      pending = scalars.next()
      guard value != nil else {
        if scalar == "E" { hasEscapes = true }
        if scalar == "'" { value = .init() }
        continue
      }
      if scalar == "'" && pending != "'" {
        values.append(String(value ?? .init()))
        value = nil
        hasEscapes = false
        continue
      }
      value?.append(scalar)
      if scalar == "'" || (scalar == "\\" && hasEscapes) { pending = scalars.next() }
    }
    return values
  }
}
