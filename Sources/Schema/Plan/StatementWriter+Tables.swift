/// Tables, their columns, constraints, indexes and sequences.
extension StatementWriter {
  // MARK: Creating

  func table(_ fact: Fact, _ carried: [Fact]) -> [String] {
    let object = fact.id.object
    let isPartition = fact.has("partition bound")
    var parts = planner.target.columns(of: object)
      .filter { isPartition || $0["inherited"] != "yes" }
      .map { columnDefinition($0, default: carried.first(of: .default, named: $0.id.member?.name)) }
    parts += carried.filter { $0.id.kind == .constraint && (isPartition || $0["inherited"] != "yes") }
      .map { "CONSTRAINT \(memberName($0)) \($0.definition ?? "")" }
    var words = ["CREATE\(fact.has("unlogged") ? " UNLOGGED" : "") \(object.keywords)"]
    words.append("(\(parts.map { "\n  \($0)" }.joined(separator: ","))\n)")
    if let type = fact["of type"] {
      words = [words[0], "OF \(type)"]
      let columns = planner.target.columns(of: object).compactMap { column -> String? in
        let settings = columnClauses(column, default: carried.first(of: .default, named: column.id.member?.name))
        return settings.isEmpty
          ? nil : "\n  \(columnName(column)) WITH OPTIONS \(settings.joined(separator: " "))"
      }
      let constraints = carried.filter { $0.id.kind == .constraint && $0["inherited"] != "yes" }
        .map { "\n  CONSTRAINT \(memberName($0)) \($0.definition ?? "")" }
      let parts = columns + constraints
      if !parts.isEmpty { words.append("(\(parts.joined(separator: ","))\n)") }
    }
    if let parents = fact["parents"], !isPartition { words.append("INHERITS (\(parents))") }
    if let server = fact["server"] { words.append("SERVER \(server)") }
    if let options = fact["foreign options"] { words.append("OPTIONS (\(options))") }
    if let key = fact["partition by"] { words.append("PARTITION BY \(key)") }
    if let method = fact["access method"] { words.append("USING \(Identifier.quoted(method))") }
    if let options = options(fact) { words.append("WITH (\(options))") }
    if let tablespace = fact["tablespace"] { words.append("TABLESPACE \(Identifier.quoted(tablespace))") }
    return [words.joined(separator: " ")]
  }

  /// What `CREATE TABLE` cannot say.
  func tableSettings(_ fact: Fact, _ carried: [Fact]) -> [String] {
    let columns = planner.target.columns(of: fact.id.object)
    var statements = columns.flatMap { columnSettings($0) }
    for column in columns where isNotNullByItself(column) {
      statements.append(
        "ALTER TABLE ONLY \(fact.id.object.qualifiedName) ALTER COLUMN \(columnName(column)) SET NOT NULL")
    }
    // A default of its own where the column is another table's.
    if !fact.has("partition bound") {
      for column in columns where column["inherited"] == "yes" {
        statements += carried.first(of: .default, named: column.id.member?.name).map(setDefault) ?? []
      }
    }
    statements += rowSecurity(from: nil, to: fact) + replicaIdentity(from: nil, to: fact)
    return statements + carried.filter { $0.id.kind == .index }.flatMap { indexSettings($0, from: nil) }
  }

  /// Whether a column that another table has may be null there.
  private func isNotNullByItself(_ column: Fact) -> Bool {
    let parents = planner.target.parents(of: column.id.object)
    guard column["inherited"] == "yes", column.has("not null"), !column.has("not valid"), !parents.isEmpty,
      planner.target[column.id.own]?.has("partition bound") == false
    else { return false }
    return !parents.contains { parent in
      planner.target[Fact.ID(column: column.id.member?.name ?? "", of: parent)]?.has("not null") == true
    }
  }

  func type(of column: Fact) -> String {
    (column["type"] ?? "") + (column["collation"].map { " COLLATE \($0)" } ?? "")
  }

  func columnName(_ column: Fact) -> String { memberName(column) }

  private func columnDefinition(_ column: Fact, default defaultFact: Fact?) -> String {
    ([columnName(column), type(of: column)] + columnClauses(column, default: defaultFact)).joined(separator: " ")
  }

  private func columnClauses(_ column: Fact, default defaultFact: Fact?) -> [String] {
    var words: [String] = []
    if let generated = column["generated"] {
      words.append("GENERATED ALWAYS AS (\(generated)) \(column.has("virtual") ? "VIRTUAL" : "STORED")")
    }
    if column.has("identity") { words.append(identity(of: column)) }
    if let expression = defaultFact?["expression"] { words.append("DEFAULT \(expression)") }
    if column.has("not null"), !column.has("not valid") { words.append("NOT NULL") }
    return words
  }

  private func identity(of column: Fact) -> String {
    var text = "GENERATED \((column["identity"] ?? "").uppercased()) AS IDENTITY"
    if let sequence = planner.target.identitySequence(of: column.id) {
      text += " (SEQUENCE NAME \(sequence.id.object.qualifiedName) \(sequenceOptions(sequence)))"
    }
    return text
  }

  func columnSettings(_ column: Fact, from old: Fact? = nil) -> [String] {
    let table = "ALTER TABLE ONLY \(column.id.object.qualifiedName) ALTER COLUMN \(columnName(column))"
    var settings: [String] = []
    func changes(_ attribute: String) -> Bool { column[attribute] != old?[attribute] }
    if changes("storage"), column.id.object.kind != .compositeType {
      settings.append("SET STORAGE \(column["storage"]?.uppercased() ?? Self.storage(of: column["type"] ?? ""))")
    }
    if changes("compression") { settings.append("SET COMPRESSION \(column["compression"] ?? "default")") }
    if changes("statistics") { settings.append("SET STATISTICS \(column["statistics"] ?? "-1")") }
    if changes("options") || old != nil { settings += changeOptions(from: old, to: column) }
    if column.has("not valid"), old?.has("not null") != true {
      return settings.map { "\(table) \($0)" }
        + ["ALTER TABLE \(column.id.object.qualifiedName) ADD NOT NULL \(columnName(column)) NOT VALID"]
    }
    if old == nil, let options = column["foreign options"] { settings.append("OPTIONS (\(options))") }
    return settings.map { "\(table) \($0)" } + (old?.has("identity") == true ? [] : identityPersistence(column))
  }

  /// A sequence is born as lasting as its table.
  private func identityPersistence(_ column: Fact) -> [String] {
    guard let sequence = planner.target.identitySequence(of: column.id),
      sequence.has("unlogged") != planner.target[column.id.own]?.has("unlogged")
    else { return [] }
    return [persistence(of: sequence)]
  }

  func persistence(of sequence: Fact) -> String {
    "ALTER SEQUENCE \(sequence.id.object.qualifiedName) SET \(sequence.has("unlogged") ? "UNLOGGED" : "LOGGED")"
  }

  /// What a type that may be stored out of line has unless someone says otherwise. (`DEFAULT` came with PostgreSQL 16.)
  private static func storage(of type: String) -> String {
    ["numeric", "inet", "cidr"].contains { type.hasPrefix($0) } && !type.hasSuffix("[]") ? "MAIN" : "EXTENDED"
  }

  func addColumn(_ column: Fact, _ carried: [Fact]) -> [String] {
    let name = column.id.object.qualifiedName
    guard column.id.object.kind != .compositeType else {
      return ["ALTER TYPE \(name) ADD ATTRIBUTE \(columnName(column)) \(type(of: column))"]
    }
    let definition = columnDefinition(
      column, default: carried.first { $0.id.kind == .default && $0.id.object == column.id.object })
    return ["ALTER TABLE \(name) ADD COLUMN \(definition)"] + columnSettings(column)
  }

  func setDefault(_ fact: Fact) -> [String] {
    [
      "ALTER TABLE ONLY \(fact.id.object.qualifiedName) ALTER COLUMN \(memberName(fact)) SET DEFAULT \(fact["expression"] ?? "")"
    ]
  }

  func addConstraint(_ fact: Fact) -> [String] {
    let kind = fact.id.object.kind == .domain ? "DOMAIN" : "TABLE"
    let indexes = (graph.carried[Action(verb: .create, id: fact.id)] ?? []).compactMap { planner.target[$0] }
    return ["ALTER \(kind) \(fact.id.object.qualifiedName) ADD CONSTRAINT \(memberName(fact)) \(fact.definition ?? "")"]
      + indexes.filter { $0.id.kind == .index }.flatMap { indexSettings($0, from: nil) }
  }

  func sequenceOptions(_ sequence: Fact) -> String {
    let options = [
      ("START WITH", "start"), ("INCREMENT BY", "increment"), ("MINVALUE", "minimum"), ("MAXVALUE", "maximum"),
      ("CACHE", "cache"),
    ].compactMap { clause, attribute in sequence[attribute].map { "\(clause) \($0)" } }
    return (options + (sequence.has("cycle") ? ["CYCLE"] : [])).joined(separator: " ")
  }

  func finish(_ fact: Fact) -> [String] {
    let object = fact.id.object
    switch fact.id.kind {
    case .sequence:
      return fact["owned by"].map { ["ALTER SEQUENCE \(object.qualifiedName) OWNED BY \($0)"] } ?? []
    default:
      var statements: [String] = []
      let comesWithParent =
        planner.source[fact.id]?.has("partition bound") == true
        && planner.source.parents(of: object).contains { planner.fate(Fact.ID(own: $0)) == .converted }
      if planner.fate(fact.id) == .converted {
        if !comesWithParent { statements += takeOver(object) }
        if fact.has("force row security") {
          statements.append("ALTER TABLE \(object.qualifiedName) FORCE ROW LEVEL SECURITY")
        }
      }
      if let bound = fact["partition bound"], let parent = fact["parents"] {
        statements.append("ALTER TABLE ONLY \(parent) ATTACH PARTITION \(object.qualifiedName) \(bound)")
      } else if !planner.isMade(fact.id) {
        statements += Inheritance(from: planner.source[fact.id], to: fact).joined.map {
          "ALTER TABLE \(object.qualifiedName) INHERIT \($0)"
        }
      }
      return statements
    }
  }

  /// An index of a partition, where the whole table's is there already and does not take it in by itself.
  func attachIndex(_ index: Fact) -> [String] {
    guard let parent = index["parent"], !planner.isMade(index.id.own) else { return [] }
    let isMade = planner.target.dependencies.needs(of: index.id).contains {
      $0.id.kind == .index && planner.isMade($0.id)
    }
    guard !isMade, planner.source[index.id.own]?["parents"] == planner.target[index.id.own]?["parents"] else {
      return []
    }
    let path = QualifiedName(schema: index.id.object.schema ?? "", name: index.id.member?.name ?? "")
    return ["ALTER INDEX \(parent) ATTACH PARTITION \(path)"]
  }

  /// The rows of the table that was set aside.
  private func takeOver(_ object: Fact.Object) -> [String] {
    let new = planner.target.columns(of: object).filter { !$0.has("generated") }
    let shared = new.compactMap { column -> (Fact, Fact)? in
      guard let old = planner.source[column.id] else { return nil }
      return (old, column)
    }
    guard !shared.isEmpty else { return [] }
    let values = shared.map { old, new in
      old["type"] == new["type"] && !planner.changesType(of: new.id)
        ? columnName(old)
        : conversion(of: columnName(old), from: old, to: new)
    }
    // Tables that inherit take over their own.
    let own = Fact.ID(own: object)
    let hasHeirs = planner.source.dependents(on: own).contains { $0.id.kind == .table }
    let only = hasHeirs && planner.source[own]?.has("partition by") == false ? "ONLY " : ""
    let overriding = new.contains { $0["identity"] == "always" } ? " OVERRIDING SYSTEM VALUE" : ""
    let copy =
      "INSERT INTO \(object.qualifiedName) (\(shared.map { columnName($0.1) }.joined(separator: ", ")))\(overriding)\n"
      + "SELECT \(values.joined(separator: ", ")) FROM \(only)\(object.setAside.qualifiedName)"
    // Its owner, too, would see no rows.
    let open =
      planner.source[own]?.has("force row security") == true
      ? ["ALTER TABLE \(object.setAside.qualifiedName) NO FORCE ROW LEVEL SECURITY"] : []
    let sequences = new.filter { $0.has("identity") }.compactMap { column in
      planner.target.identitySequence(of: column.id).map { sequence in
        "SELECT pg_catalog.setval(\(Literal.quoted(sequence.id.object.qualifiedName)), "
          + "pg_catalog.max(\(columnName(column)))) FROM \(object.qualifiedName) "
          + "HAVING pg_catalog.max(\(columnName(column))) IS NOT NULL"
      }
    }
    return open + [copy] + sequences
  }

  /// A value as another type. What PostgreSQL has no cast for goes through its text.
  func conversion(of value: String, from old: Fact, to new: Fact) -> String {
    let viaText = planner.changesType(of: new.id)
    let (old, new) = (old["type"] ?? "", new["type"] ?? "")
    if viaText, let function = rowConversion(to: new, from: old) { return "\(function)(\(value))" }
    let array = new.hasSuffix("[]") && old.hasSuffix("[]") ? "[]" : ""
    guard viaText || !Self.hasCast(from: old, to: new) else { return "\(value)::\(new)" }
    return "\(value)::text\(array)::\(new)"
  }

  private static func hasCast(from old: String, to new: String) -> Bool {
    let families: [[String]] = [
      ["smallint", "integer", "bigint", "numeric", "real", "double precision"],
      ["text", "character varying", "character", "name", "\"char\""],
      ["date", "timestamp", "time"], ["json", "jsonb"], ["bit"], ["inet", "cidr"], ["integer", "boolean"],
      ["interval", "time without"],
    ]
    func family(_ type: String) -> Set<Int> {
      Set(families.indices.filter { families[$0].contains { type.hasPrefix($0) } })
    }
    let text = family(old).contains(1) || family(new).contains(1)
    return text || !family(old).isDisjoint(with: family(new))
  }

  // MARK: Changing

  func rowSecurity(from old: Fact?, to new: Fact) -> [String] {
    let name = new.id.object.qualifiedName
    var statements: [String] = []
    if new.has("row security") != (old?.has("row security") ?? false) {
      statements.append("ALTER TABLE \(name) \(new.has("row security") ? "ENABLE" : "DISABLE") ROW LEVEL SECURITY")
    }
    // Rows are taken over before.
    let isLate = old == nil && planner.fate(new.id) == .converted
    if new.has("force row security") != (old?.has("force row security") ?? false), !isLate {
      statements.append(
        "ALTER TABLE \(name) \(new.has("force row security") ? "FORCE" : "NO FORCE") ROW LEVEL SECURITY")
    }
    return statements
  }

  /// By an index, it is said with the index.
  func replicaIdentity(from old: Fact?, to new: Fact) -> [String] {
    guard new["replica identity"] != old?["replica identity"], new["replica identity"] != "index", new.id.kind == .table
    else { return [] }
    return [
      "ALTER TABLE ONLY \(new.id.object.qualifiedName) REPLICA IDENTITY \(new["replica identity"]?.uppercased() ?? "DEFAULT")"
    ]
  }

  func indexSettings(_ index: Fact, from old: Fact?) -> [String] {
    let table = index.id.object.qualifiedName
    let name = memberName(index)
    let path = QualifiedName(schema: index.id.object.schema ?? "", name: index.id.member?.name ?? "")
    var statements: [String] = []
    func changes(_ attribute: String) -> Bool { index[attribute] != old?[attribute] }
    let keyword = index.id.object.kind == .materializedView ? "MATERIALIZED VIEW" : "TABLE"
    if changes("replica identity"), index.has("replica identity") {
      statements.append("ALTER TABLE ONLY \(table) REPLICA IDENTITY USING INDEX \(name)")
    }
    if changes("clustered") {
      if index.has("clustered") {
        statements.append("ALTER \(keyword) \(table) CLUSTER ON \(name)")
      } else if !planner.target.members(of: index.id.object).contains(where: {
        planner.target[$0]?.has("clustered") == true
      }) {
        statements.append("ALTER \(keyword) \(table) SET WITHOUT CLUSTER")
      }
    }
    if changes("statistics") {
      let old = Self.numbers(old?["statistics"])
      let new = Self.numbers(index["statistics"])
      for column in Set(old.keys).union(new.keys).sorted() where old[column] != new[column] {
        statements.append("ALTER INDEX \(path) ALTER COLUMN \(column) SET STATISTICS \(new[column] ?? -1)")
      }
    }
    // What makes a constraint does not say them.
    if index.has("constraint"), changes("options") {
      statements += changeOptions(from: old, to: index).map { "ALTER INDEX \(path) \($0)" }
    }
    if old != nil, changes("tablespace") {
      statements.append("ALTER INDEX \(path) SET TABLESPACE \(Identifier.quoted(index["tablespace"] ?? "pg_default"))")
    }
    return statements
  }

  /// Reads `1: 100, 3: 50`.
  private static func numbers(_ text: String?) -> [Int: Int] {
    var numbers: [Int: Int] = [:]
    for pair in (text ?? "").split(separator: ", ") {
      let parts = pair.split(separator: ": ")
      if parts.count == 2, let column = Int(parts[0]), let value = Int(parts[1]) { numbers[column] = value }
    }
    return numbers
  }

  /// Of a table or a view, in the order that the second schema has them in.
  func options(_ fact: Fact) -> String? {
    planner.target.unsaid.lists[fact.id]?.joined(separator: ", ") ?? fact["options"]
  }

  func changeOptions(from old: Fact?, to new: Fact) -> [String] {
    func order(_ fact: Fact?, in index: SchemaIndex) -> [String] {
      guard let fact else { return [] }
      return index.unsaid.lists[fact.id] ?? fact["options"]?.split(separator: ", ").map(String.init) ?? []
    }
    let statements = Self.options(from: old?["options"], to: new["options"])
    let (present, wanted) = (order(old, in: planner.source), order(new, in: planner.target))
    let set = wanted.filter { !present.contains($0) }
    // What is set comes last.
    func isToast(_ option: String) -> Bool { option.hasPrefix("toast.") }
    let reached = present.filter(wanted.contains) + set.sorted()
    func inParts(_ list: [String]) -> [String] { list.filter { !isToast($0) } + list.filter(isToast) }
    guard planner.options.columnOrder == .exact, inParts(reached) != inParts(wanted) else { return statements }
    return statements.filter { $0.hasPrefix("RESET") } + ["SET (\(wanted.joined(separator: ", ")))"]
  }

  /// `SET (...)` and `RESET (...)` for lists such as `fillfactor=70, toast.autovacuum_enabled=false`.
  static func options(from old: String?, to new: String?) -> [String] {
    func pairs(_ text: String?) -> [String: String] {
      var pairs: [String: String] = [:]
      for option in (text ?? "").split(separator: ", ") {
        let parts = option.split(separator: "=", maxSplits: 1)
        pairs[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
      }
      return pairs
    }
    let (old, new) = (pairs(old), pairs(new))
    let set = new.filter { old[$0.key] != $0.value }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let reset = old.keys.filter { new[$0] == nil }.sorted()
    return (reset.isEmpty ? [] : ["RESET (\(reset.joined(separator: ", ")))"])
      + (set.isEmpty ? [] : ["SET (\(set.joined(separator: ", ")))"])
  }
}

extension [Fact] {
  func first(of kind: Fact.Kind, named name: String?) -> Fact? {
    first { $0.id.kind == kind && $0.id.member?.name == name }
  }
}
