/// Types, sequences, tables, and what hangs on tables.
extension SQLDump.Objects {
  var schemas: [String] {
    own(.schema).filter { $0.facts.object.name != "public" }.map { "CREATE SCHEMA \($0.facts.object.qualifiedName);" }
  }

  var extensions: [String] {
    own(.extension).map { facts, fact in
      "CREATE EXTENSION IF NOT EXISTS \(facts.object.qualifiedName) WITH SCHEMA \(fact["schema"] ?? "");"
    }
  }

  var types: [String] {
    let enums = own(.enumeration).map { facts, fact in
      "CREATE TYPE \(facts.object.qualifiedName) AS ENUM (\(fact["labels"] ?? ""));"
    }
    let domains = own(.domain).map { facts, fact in
      var words = ["CREATE DOMAIN \(facts.object.qualifiedName) AS \(fact["type"] ?? "")"]
      if let collation = fact["collation"] { words.append("COLLATE \(collation)") }
      if let expression = fact["default"] { words.append("DEFAULT \(expression)") }
      if fact.has("not null") { words.append("NOT NULL") }
      return words.joined(separator: " ") + ";"
    }
    let composites = own(.compositeType).map { facts, fact in
      let columns = columns(of: facts, order: fact["column order"]).map { name, column in
        let collation = column["collation"].map { " COLLATE \($0)" } ?? ""
        return "\n  \(Identifier.quoted(name)) \(column["type"] ?? "")\(collation)"
      }
      return "CREATE TYPE \(facts.object.qualifiedName) AS (\(columns.joined(separator: ","))\n);"
    }
    return enums + domains + composites
  }

  var sequences: [String] {
    own(.sequence).filter { !$0.fact.has("identity") }.map { facts, fact in
      let unlogged = fact.has("unlogged") ? "UNLOGGED " : ""
      return "CREATE \(unlogged)SEQUENCE \(facts.object.qualifiedName) AS \(fact["type"] ?? "") \(options(of: fact));"
    }
  }

  var sequenceOwners: [String] {
    own(.sequence).compactMap { facts, fact in
      guard !fact.has("identity"), let column = fact["owned by"] else { return nil }
      return "ALTER SEQUENCE \(facts.object.qualifiedName) OWNED BY \(column);"
    }
  }

  private func options(of sequence: Fact) -> String {
    let options = [
      ("START WITH", "start"), ("INCREMENT BY", "increment"), ("MINVALUE", "minimum"), ("MAXVALUE", "maximum"),
      ("CACHE", "cache"),
    ].compactMap { clause, attribute in sequence[attribute].map { "\(clause) \($0)" } }
    return (options + (sequence.has("cycle") ? ["CYCLE"] : [])).joined(separator: " ")
  }

  /// Parents before their partitions and heirs.
  var tables: [(facts: ObjectFacts, fact: Fact)] {
    Self.ordered(own(.table)) { table, other in
      Identifier.written(in: table["parents"]).contains(other.qualifiedName)
    }
  }

  static func create(table: (facts: ObjectFacts, fact: Fact), objects: SQLDump.Objects) -> String {
    let (facts, fact) = table
    let name = facts.object.qualifiedName
    var words = ["CREATE\(fact.has("unlogged") ? " UNLOGGED" : "") TABLE \(name)"]
    let parents = fact["parents"]
    if let bound = fact["partition bound"], let parents {
      words.append("PARTITION OF \(parents) \(bound)")
    } else {
      let columns = objects.columns(of: facts, order: fact["column order"])
        .filter { $0.fact["inherited"] != "yes" }
        .map { "\n  \(objects.definition(of: $0.fact, name: $0.name, in: facts))" }
      words.append("(\(columns.joined(separator: ","))\n)")
      if let parents { words.append("INHERITS (\(parents))") }
    }
    if let key = fact["partition by"] { words.append("PARTITION BY \(key)") }
    if let method = fact["access method"] { words.append("USING \(Identifier.quoted(method))") }
    if let options = fact["options"] { words.append("WITH (\(options))") }
    if let tablespace = fact["tablespace"] { words.append("TABLESPACE \(Identifier.quoted(tablespace))") }
    let settings = objects.columns(of: facts, order: fact["column order"]).flatMap { column, fact in
      [
        fact["storage"].map { "SET STORAGE \($0.uppercased())" },
        fact["compression"].map { "SET COMPRESSION \($0)" },
        fact["statistics"].map { "SET STATISTICS \($0)" },
        fact["options"].map { "SET (\($0))" },
      ].compactMap { $0 }.map { "ALTER TABLE ONLY \(name) ALTER COLUMN \(Identifier.quoted(column)) \($0);" }
    }
    return ([words.joined(separator: " ") + ";"] + settings).joined(separator: "\n")
  }

  func columns(of facts: ObjectFacts, order: String?) -> [(name: String, fact: Fact)] {
    let columns = facts.all(.column)
    return Identifier.names(of: order).compactMap { name in columns.first { $0.name.hasSameBytes(as: name) } }
  }

  private func definition(of column: Fact, name: String, in table: ObjectFacts) -> String {
    var words = [Identifier.quoted(name), column["type"] ?? ""]
    if let collation = column["collation"] { words.append("COLLATE \(collation)") }
    if let generated = column["generated"] {
      words.append("GENERATED ALWAYS AS (\(generated)) \(column.has("virtual") ? "VIRTUAL" : "STORED")")
    }
    if let identity = column["identity"] {
      words.append("GENERATED \(identity.uppercased()) AS IDENTITY")
      let path = "\(table.object.qualifiedName).\(Identifier.quoted(name))"
      if let sequence = own(.sequence).first(where: { $0.fact.has("identity") && $0.fact["owned by"] == path }) {
        words.append("(SEQUENCE NAME \(sequence.facts.object.qualifiedName) \(options(of: sequence.fact)))")
      }
    }
    if let expression = table.all(.default).first(where: { $0.name.hasSameBytes(as: name) })?.fact["expression"],
      !callsFunction(expression)
    {
      words.append("DEFAULT \(expression)")
    }
    if column.has("not null"), !column.has("not valid") { words.append("NOT NULL") }
    return words.joined(separator: " ")
  }

  /// Defaults that call a function of the schema, which is made after the tables; and those of views.
  var laterDefaults: [String] {
    (own(.table) + own(.view)).flatMap { facts, _ -> [String] in
      facts.all(.default).compactMap { name, fact in
        guard let expression = fact["expression"] else { return nil }
        guard facts.object.kind == .view || callsFunction(expression) else { return nil }
        return "ALTER TABLE ONLY \(facts.object.qualifiedName) ALTER COLUMN \(Identifier.quoted(name))"
          + " SET DEFAULT \(expression);"
      }
    }
  }

  private func callsFunction(_ expression: String) -> Bool {
    own(.function).contains { expression.contains("\($0.facts.name)(") }
  }

  func constraints(foreignKeys: Bool) -> [String] {
    own(.table, .domain).flatMap { facts, table -> [String] in
      let kind = facts.object.kind == .domain ? "DOMAIN" : table.has("partition by") ? "TABLE" : "TABLE ONLY"
      let unproven = foreignKeys ? [] : facts.all(.column).filter { $0.fact.has("not valid") }
      return unproven.map {
        "ALTER \(kind) \(facts.object.qualifiedName) ADD NOT NULL \(Identifier.quoted($0.name)) NOT VALID;"
      }
        + facts.all(.constraint).compactMap { name, fact in
          guard (fact["type"] == "foreign key") == foreignKeys, fact["inherited"] != "yes" else { return nil }
          return "ALTER \(kind) \(facts.object.qualifiedName) ADD CONSTRAINT \(Identifier.quoted(name))"
            + " \(fact.definition ?? "");"
        }
    }
  }

  /// An index of a partitioned table is made without its partitions', which are made by themselves and then attached.
  var indexes: [String] {
    var attachments: [String] = []
    let indexes = own(.table, .materializedView).flatMap { facts, table -> [String] in
      let alter = "ALTER TABLE ONLY \(facts.object.qualifiedName)"
      var statements: [String] = []
      for (name, fact) in facts.all(.index) {
        if fact["constraint"] == nil, let definition = fact.definition {
          statements.append("\(definition);")
          if let parent = fact["parent"] {
            let index = QualifiedName(schema: facts.object.schema ?? "", name: name)
            attachments.append("ALTER INDEX \(parent) ATTACH PARTITION \(index);")
          }
        }
        if fact.has("clustered") { statements.append("\(alter) CLUSTER ON \(Identifier.quoted(name));") }
        if fact.has("replica identity") {
          statements.append("\(alter) REPLICA IDENTITY USING INDEX \(Identifier.quoted(name));")
        }
      }
      if let identity = table["replica identity"], identity != "index" {
        statements.append("\(alter) REPLICA IDENTITY \(identity.uppercased());")
      }
      return statements
    }
    return indexes + attachments
  }
}
