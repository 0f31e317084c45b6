/// Identifiers as SQL writes them: in double quotes where PostgreSQL itself would put them.
package enum Identifier {
  /// The identifier as `quote_ident` writes it.
  package static func quoted(_ name: String) -> String {
    isPlain(name) ? name : "\"\(name.replacing("\"", with: "\"\""))\""
  }

  /// Several identifiers, with commas between.
  static func list(_ names: [String]) -> String {
    names.map(quoted).joined(separator: ", ")
  }

  /// One element of a list that ``elements(of:)`` reads.
  struct Element: Hashable {
    var name: String
    /// Whether the element stood in parentheses: an index key that is an expression, not a column.
    var isExpression: Bool
  }

  /// Reads `id, "a, b", ("lower(name)")`: identifiers with commas between, quoted where need be.
  static func elements(of list: String) -> [Element] {
    var elements: [Element] = []
    var name: [UInt8] = []
    var isExpression = false
    var isQuoted = false
    var bytes = list.utf8.makeIterator()
    var pending = bytes.next()

    func finish() {
      elements.append(Element(name: String(decoding: name, as: UTF8.self), isExpression: isExpression))
      name = []
      isExpression = false
    }

    while let byte = pending {
      pending = bytes.next()
      switch byte {
      case UInt8(ascii: "\"") where isQuoted && pending == byte:
        name.append(byte)
        pending = bytes.next()
      case UInt8(ascii: "\""): isQuoted.toggle()
      case _ where isQuoted: name.append(byte)
      case UInt8(ascii: "("): isExpression = true
      case UInt8(ascii: ")"), UInt8(ascii: " "): break
      case UInt8(ascii: ","): finish()
      default: name.append(byte)
      }
    }
    if !name.isEmpty { finish() }
    return elements
  }

  /// The identifiers of such a list.
  static func names(of list: String?) -> [String] {
    list.map { elements(of: $0).map(\.name) } ?? []
  }

  /// The elements of a list such as `public.a, public."b, c"`, as they are written.
  static func written(in text: String?) -> [String] {
    var elements: [String] = []
    var isQuoted = false
    for character in (text ?? "").unicodeScalars {
      if character == "\"" { isQuoted.toggle() }
      if elements.isEmpty || (character == "," && !isQuoted) {
        elements.append("")
        if character == "," { continue }
      }
      if character == " ", !isQuoted { continue }
      elements[elements.count - 1].unicodeScalars.append(character)
    }
    return elements
  }

  /// Reads `public.orders`, `public."a.b"`, or a longer chain of identifiers with dots between.
  static func path(of text: String) -> [String] {
    var path: [String] = [""]
    var isQuoted = false
    var characters = text.unicodeScalars.makeIterator()
    var pending = characters.next()
    while let character = pending {
      pending = characters.next()
      switch character {
      case "\"" where isQuoted && pending == "\"":
        path[path.count - 1].unicodeScalars.append(character)
        pending = characters.next()
      case "\"": isQuoted.toggle()
      case "." where !isQuoted: path.append("")
      default: path[path.count - 1].unicodeScalars.append(character)
      }
    }
    return path
  }

  private static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLowercaseLetter(first) || first == UInt8(ascii: "_") else { return false }
    return name.utf8.allSatisfy { isLowercaseLetter($0) || $0 == UInt8(ascii: "_") || isDigit($0) }
      && !keywords.contains(name)
  }

  private static func isLowercaseLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

  /// What `pg_get_keywords()` calls reserved, or usable only for some kinds of names.
  private static let keywords = Set(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case \
    cast char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default \
    deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant \
    greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join json \
    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table \
    json_value lateral leading least left like limit localtime localtimestamp merge_action national natural nchar \
    none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing \
    position precision primary real references returning right row select session_user setof similar smallint some \
    substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique \
    user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists \
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split(separator: " ").map(String.init)
  )
}
