/// A few rows for each table of a schema, as far as types and constraints tell what a row may be.
///
/// The same schema gives the same rows. Rows that the schema says nothing against and a trigger does are not foreseen:
/// whether a row can be had is for the server to say.
package struct Seed: Sendable {
  /// One table's rows.
  package struct Table: Sendable {
    /// As it is written in SQL.
    package let name: String
    /// For each row the statements to try, one after the other, until the server takes one.
    package let rows: [[String]]
  }

  /// Tables that others refer to come before those.
  package let tables: [Table]

  package init(_ snapshot: Snapshot) {
    let schema = SeedSchema(snapshot)
    tables = schema.order.map { object in
      Table(name: object.qualifiedName, rows: (1...Self.rowCount).map { schema.attempts(at: $0, of: object) })
    }
  }

  private static let rowCount = 2
}

/// What of a schema says what a row may be.
private struct SeedSchema {
  private let facts: [Fact.ID: Fact]
  private var columns: [Fact.Object: [Fact]] = [:]
  private var constraints: [Fact.Object: [Fact]] = [:]
  private var enums: [String: [String]] = [:]
  private var domains: [String: Fact] = [:]
  /// Of a partitioned table, what its partitions' bounds begin with.
  private var bounds: [String: [String]] = [:]
  private(set) var order: [Fact.Object] = []

  init(_ snapshot: Snapshot) {
    facts = Dictionary(snapshot.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var tables: [Fact.Object] = []
    for fact in snapshot.facts {
      let object = fact.id.object
      switch fact.id.kind {
      case .table where fact.has("partition bound"):
        bounds[fact["parents"] ?? "", default: []].append(fact["partition bound"] ?? "")
      case .table: tables.append(object)
      case .enumeration: enums[object.qualifiedName] = Literal.values(of: fact["labels"] ?? "")
      case .domain: domains[object.qualifiedName] = fact
      case .constraint: constraints[object, default: []].append(fact)
      default: break
      }
    }
    for table in tables {
      columns[table] = Identifier.names(of: facts[Fact.ID(own: table)]?["column order"]).compactMap {
        facts[Fact.ID(column: $0, of: table)]
      }
    }
    order = sorted(tables)
  }

  private func sorted(_ tables: [Fact.Object]) -> [Fact.Object] {
    let byName = Dictionary(tables.map { ($0.qualifiedName, $0) }, uniquingKeysWith: { first, _ in first })
    var sorted: [Fact.Object] = []
    var seen: Set<Fact.Object> = []
    func visit(_ table: Fact.Object) {
      guard seen.insert(table).inserted else { return }
      for constraint in constraints[table] ?? [] {
        if let other = constraint["references"].flatMap({ byName[$0] }) { visit(other) }
      }
      sorted.append(table)
    }
    for table in tables { visit(table) }
    return sorted
  }

  // MARK: Rows

  /// With a value in each column, then with as few as possible; each with one combination after the other of what
  /// might be wanted.
  func attempts(at row: Int, of table: Fact.Object) -> [String] {
    let columns = columns[table] ?? []
    let filled = columns.filter { !$0.has("generated") && !$0.has("identity") && !isSerial($0) }
    let needed = filled.filter { $0.has("not null") && defaultExpression(of: $0) == nil }
    var attempts: [String] = []
    for columns in [filled, needed] {
      let choices = columns.map { values(of: $0, row: row) }
      for attempt in 0..<min(Self.attemptLimit, choices.reduce(1) { min($0 * $1.count, Self.attemptLimit) }) {
        let statement = insertion(into: table, columns, choices, attempt: attempt, row: row)
        if !attempts.contains(statement) { attempts.append(statement) }
      }
    }
    return attempts
  }

  private static let attemptLimit = 48

  /// - Parameter attempt: The number of the combination: its digits, to as many bases as there are columns, choose.
  private func insertion(
    into table: Fact.Object, _ columns: [Fact], _ choices: [[String]], attempt: Int, row: Int
  ) -> String {
    guard !columns.isEmpty else { return "INSERT INTO \(table.qualifiedName) DEFAULT VALUES" }
    let names = columns.map { Identifier.quoted($0.id.member?.name ?? "") }
    var rest = attempt
    let values = choices.map { values -> String in
      defer { rest /= values.count }
      // Each row gets another, where several may be.
      return values[(row - 1 + rest % values.count) % values.count]
    }
    return
      "INSERT INTO \(table.qualifiedName) (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
  }

  /// What may be in a column, the likeliest first; never empty.
  private func values(of column: Fact, row: Int) -> [String] {
    let name = column.id.member?.name ?? ""
    if let reference = reference(of: column) {
      let keys = Identifier.names(of: reference["columns"])
      let others = Identifier.names(of: reference["referenced columns"])
      if let index = keys.firstIndex(of: name), index < others.count {
        let query =
          "SELECT \(Identifier.quoted(others[index])) FROM \(reference["references"] ?? "") "
          + "ORDER BY \(Identifier.list(others)) LIMIT 1 OFFSET "
        return (0..<2).map { "(\(query)\($0))" }
      }
    }
    let type = column["type"] ?? ""
    let candidates = candidates(for: column, row: row).map { "\(Literal.quoted($0))::\(type)" }
    return candidates.isEmpty ? [SeedValue.literal(of: type, row: row, in: self) ?? "NULL"] : candidates
  }

  private func reference(of column: Fact) -> Fact? {
    constraints[column.id.object]?.first { constraint in
      constraint["type"] == "foreign key"
        && Identifier.names(of: constraint["columns"]).contains(column.id.member?.name ?? "")
    }
  }

  private func isSerial(_ column: Fact) -> Bool { defaultExpression(of: column)?.hasPrefix("nextval(") == true }

  private func defaultExpression(of column: Fact) -> String? {
    facts[Fact.ID(kind: .default, object: column.id.object, member: column.id.member, qualifier: nil)]?["expression"]
  }

  /// What a check, a domain or a partition's bound seems to ask for.
  private func candidates(for column: Fact, row: Int) -> [String] {
    let type = column["type"] ?? ""
    let table = column.id.object
    let name = Identifier.quoted(column.id.member?.name ?? "")
    var texts = (constraints[table] ?? []).filter { $0["type"] == "check" }.compactMap(\.definition)
      .filter { $0.hasWord(name) }
    if let domain = domains[type] { texts += (constraints[domain.id.object] ?? []).compactMap(\.definition) }
    var candidates: [String] = []
    if facts[Fact.ID(own: table)]?["partition by"]?.hasWord(name) == true {
      candidates += (bounds[table.qualifiedName] ?? []).compactMap(\.firstConstant)
    }
    let base = base(of: type)
    switch SeedValue.Family(base) {
    case .text:
      // A pattern does not match itself.
      candidates += texts.flatMap { Literal.values(of: $0) }.filter { !$0.contains { "^%[\\".contains($0) } }
      let lengths = texts.flatMap(\.wholeNumbers).filter { 1...64 ~= $0 }
      candidates += lengths.map { String(repeating: "s", count: $0 - 1) + String(row) }
      if !texts.isEmpty { candidates.append("seed\(row)@example.com") }
    case .number:
      candidates += texts.flatMap(\.wholeNumbers).flatMap { [String($0 + row), String($0), String($0 - row)] }
    case .other:
      candidates += texts.flatMap { Literal.values(of: $0) }
    }
    return candidates
  }

  /// What a domain is made of; of any other type, the type.
  func base(of type: String) -> String {
    var type = type
    while let base = domains[type]?["type"] { type = base }
    return type
  }

  func labels(of type: String) -> [String]? { enums[type] }
}

/// A value of a type.
private enum SeedValue {
  enum Family {
    case text, number, other

    init(_ type: String) {
      let texts = ["text", "character", "citext", "name", "\"char\""]
      let numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid"]
      func isOne(of names: [String]) -> Bool { !type.hasSuffix("[]") && names.contains { type.hasPrefix($0) } }
      self = isOne(of: texts) || type.hasSuffix(".citext") ? .text : isOne(of: numbers) ? .number : .other
    }
  }

  /// Nil for a type that is not known.
  static func literal(of type: String, row: Int, in schema: SeedSchema) -> String? {
    text(of: schema.base(of: type), row: row, in: schema).map { "\(Literal.quoted($0))::\(type)" }
  }

  private static func text(of type: String, row: Int, in schema: SeedSchema) -> String? {
    if type.hasSuffix("[]") { return text(of: String(type.dropLast(2)), row: row, in: schema).map { "{\"\($0)\"}" } }
    if let labels = schema.labels(of: type) { return labels.isEmpty ? nil : labels[(row - 1) % labels.count] }
    switch Family(type) {
    case .text: return "s\(row)"
    case .number: return String(row)
    case .other: break
    }
    let day = "2026-01-0\(row)"
    let texts: [(String, String)] = [
      ("boolean", row % 2 == 1 ? "true" : "false"), ("uuid", "00000000-0000-4000-8000-00000000000\(row)"),
      ("date", day), ("timestamp", "\(day) 12:00:00+00"), ("time", "12:0\(row):00+00"), ("interval", "\(row) days"),
      ("jsonb", "{\"seed\": \(row)}"), ("json", "{\"seed\": \(row)}"), ("bytea", "\\x0\(row)"),
      ("inet", "10.0.0.\(row)"), ("cidr", "10.0.\(row).0/24"), ("macaddr8", "08:00:2b:01:02:03:04:0\(row)"),
      ("macaddr", "08:00:2b:01:02:0\(row)"), ("bit varying", "1"), ("tsvector", "seed"), ("tsquery", "seed"),
      ("point", "(\(row),\(row))"), ("box", "(\(row),\(row)),(0,0)"), ("circle", "<(0,0),\(row)>"),
      ("lseg", "[(0,0),(\(row),1)]"), ("line", "{1,\(row),0}"), ("path", "[(0,0),(\(row),1)]"),
      ("polygon", "((0,0),(\(row),0),(0,1))"), ("xml", "<seed/>"), ("int4range", "[\(row),\(row + 1))"),
      ("int8range", "[\(row),\(row + 1))"), ("numrange", "[\(row),\(row + 1))"), ("daterange", "[\(day),\(day)]"),
      ("tsrange", "[\(day) 10:00,\(day) 11:00)"), ("tstzrange", "[\(day) 10:00+00,\(day) 11:00+00)"),
    ]
    if type.hasPrefix("bit(") { return String(repeating: "1", count: Int(type.dropFirst(4).dropLast()) ?? 1) }
    return texts.first { type.hasPrefix($0.0) }?.1
  }
}

extension String {
  /// Whether an identifier is in a definition, as a word.
  fileprivate func hasWord(_ word: String) -> Bool {
    ranges(of: word).contains { range in
      let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
      let after = range.upperBound == endIndex ? nil : self[range.upperBound]
      return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
    }
  }

  /// The whole numbers in a definition, in its order, without those that belong to names.
  fileprivate var wholeNumbers: [Int] {
    split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }.compactMap { Int($0) }
  }

  /// `2026-01-01` of `FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`, `a` of `FOR VALUES IN ('a', 'b')`.
  fileprivate var firstConstant: String? {
    guard let start = firstIndex(of: "(") else { return nil }
    let list = self[index(after: start)...]
    guard !hasPrefix("FOR VALUES WITH") else { return nil }
    if let text = Literal.values(of: String(list)).first, list.first == "'" { return text }
    let word = String(list.prefix { $0 != "," && $0 != ")" })
    return Double(word) == nil ? nil : word
  }
}
