/// The tables that a table stops and begins to inherit from. Their order counts: one that comes before one that stays
/// makes that one leave and come again.
struct Inheritance {
  let left: [String]
  let joined: [String]

  init(from old: Fact?, to new: Fact) {
    let (old, new) = (Identifier.written(in: old?["parents"]), Identifier.written(in: new["parents"]))
    let staying = old.filter(new.contains)
    let keepsOrder = Array(new.prefix(staying.count)) == staying
    left = old.filter { !keepsOrder || !new.contains($0) }
    joined = new.filter { !keepsOrder || !old.contains($0) }
  }
}

/// What is altered in place.
extension StatementWriter {
  func alter(_ action: Action) -> [String] {
    let id = action.id
    guard let old = planner.source[id], let new = planner.target[id] else { return [] }
    let name = id.object.qualifiedName
    let object = id.object.keywords
    switch id.kind {
    case .schema: return changeOwner(old, new)
    case .extension:
      var statements: [String] = []
      if old["schema"] != new["schema"] { statements.append("ALTER \(object) SET SCHEMA \(new["schema"] ?? "")") }
      if let version = new["version"], old["version"] != version {
        statements.append("ALTER \(object) UPDATE TO \(Literal.quoted(version))")
      }
      return statements
    case .enumeration:
      return EnumLabels(from: old, to: new).additions.map { "ALTER TYPE \(name) ADD VALUE \($0)" }
        + changeOwner(old, new)
    case .domain:
      var statements: [String] = []
      if old["default"] != new["default"] {
        statements.append("ALTER DOMAIN \(name) \(new["default"].map { "SET DEFAULT \($0)" } ?? "DROP DEFAULT")")
      }
      if old.has("not null") != new.has("not null") {
        statements.append("ALTER DOMAIN \(name) \(new.has("not null") ? "SET" : "DROP") NOT NULL")
      }
      return statements + changeOwner(old, new)
    case .compositeType: return changeOwner(old, new)
    case .sequence: return alterSequence(old, new)
    case .table, .foreignTable: return alterTable(old, new)
    case .view, .materializedView: return alterView(old, new)
    case .function, .procedure, .aggregate:
      let body = old.definition == new.definition ? [] : [(new.definition ?? "").trimmingTrailingSpace]
      return body + changeOwner(old, new)
    case .eventTrigger:
      return enabling(new, from: old).map { "ALTER EVENT TRIGGER \(name) \($0)" } + changeOwner(old, new)
    case .publication:
      let options = old["operations"] != new["operations"] || old.has("via root") != new.has("via root")
      return (options ? ["ALTER PUBLICATION \(name) SET (\(publicationOptions(new)))"] : []) + changeOwner(old, new)
    case .defaultPrivileges: return defaultPrivileges(from: old, to: new)
    case .column: return alterColumn(old, new)
    case .default: return setDefault(new)
    case .constraint: return alterConstraint(old, new)
    case .index: return (old.has("parent") ? [] : attachIndex(new)) + indexSettings(new, from: old)
    case .trigger where planner.target.handedDownTrigger(id) != nil: return enabling(new, on: name)
    case .trigger: return enabling(new, from: old).map { "ALTER TABLE \(name) \($0) TRIGGER \(memberName(new))" }
    case .policy: return alterPolicy(old, new)
    case .grant: return grant(from: old, to: new)
    case .comment: return [comment(new, new["text"])]
    case .rule: return enabling(new, from: old).map { "ALTER TABLE \(name) \($0) RULE \(memberName(new))" }
    case .securityLabel: return [label(new, new["label"])]
    case .statistics:
      let target =
        old["target"] == new["target"] ? [] : ["ALTER STATISTICS \(name) SET STATISTICS \(new["target"] ?? "-1")"]
      return target + changeOwner(old, new)
    default: return changeOwner(old, new)
    }
  }

  private func changeOwner(_ old: Fact, _ new: Fact) -> [String] {
    guard let owner = new["owner"], owner != old["owner"] else { return [] }
    return ["ALTER \(new.id.object.keywords) OWNER TO \(Identifier.quoted(owner))"]
  }

  private func alterSequence(_ old: Fact, _ new: Fact) -> [String] {
    let name = new.id.object.qualifiedName
    var statements: [String] = []
    if graph.isLetGo(new.id) || old["owned by"] != nil && new["owned by"] == nil {
      statements.append("ALTER SEQUENCE \(name) OWNED BY NONE")
    }
    var options: [String] = []
    if old["type"] != new["type"] { options.append("AS \(new["type"] ?? "bigint")") }
    for (clause, attribute) in [
      ("START WITH", "start"), ("INCREMENT BY", "increment"), ("MINVALUE", "minimum"), ("MAXVALUE", "maximum"),
      ("CACHE", "cache"),
    ]
    where old[attribute] != new[attribute] || old["type"] != new["type"] && ["minimum", "maximum"].contains(attribute) {
      options.append("\(clause) \(new[attribute] ?? "")")
    }
    let range =
      (Int(new["minimum"] ?? "") ?? .min)...max(Int(new["minimum"] ?? "") ?? .min, Int(new["maximum"] ?? "") ?? .max)
    if let start = Int(old["start"] ?? ""), !range.contains(start) { options.append("RESTART") }
    if old.has("cycle") != new.has("cycle") { options.append(new.has("cycle") ? "CYCLE" : "NO CYCLE") }
    if !options.isEmpty { statements.append("ALTER SEQUENCE \(name) \(options.joined(separator: " "))") }
    if old.has("unlogged") != new.has("unlogged"), !changesPersistenceWithOwner(new) {
      statements.append(persistence(of: new))
    }
    // One that a column owns goes with the table.
    return statements + (new["owned by"] != nil && old["owned by"] == new["owned by"] ? [] : changeOwner(old, new))
  }

  /// Whether the table changes its own, and that of its sequences along.
  private func changesPersistenceWithOwner(_ sequence: Fact) -> Bool {
    let path = Identifier.path(of: sequence["owned by"] ?? "")
    guard path.count == 3 else { return false }
    let table = Fact.ID(own: Fact.Object(kind: .table, schema: path[0], name: path[1], arguments: nil))
    guard let old = planner.source[table], let new = planner.target[table] else { return false }
    return old.has("unlogged") != new.has("unlogged")
  }

  private func alterView(_ old: Fact, _ new: Fact) -> [String] {
    let name = new.id.object.qualifiedName
    var statements: [String] = []
    if old.definition != new.definition || old["column order"] != new["column order"] {
      let options = options(new).map { " WITH (\($0))" } ?? ""
      statements.append("CREATE OR REPLACE VIEW \(name)\(options) AS\n\(query(of: new))")
    } else {
      statements += changeOptions(from: old, to: new).map { "ALTER \(new.id.object.keywords) \($0)" }
    }
    if old["access method"] != new["access method"] {
      statements.append(
        "ALTER \(new.id.object.keywords) SET ACCESS METHOD \(Identifier.quoted(new["access method"] ?? "heap"))")
    }
    if old["tablespace"] != new["tablespace"] {
      statements.append(
        "ALTER \(new.id.object.keywords) SET TABLESPACE \(Identifier.quoted(new["tablespace"] ?? "pg_default"))")
    }
    return statements + changeOwner(old, new)
  }

  private func alterTable(_ old: Fact, _ new: Fact) -> [String] {
    let table = "ALTER TABLE \(new.id.object.qualifiedName)"
    var statements: [String] = []
    let (oldParents, newParents) = (Identifier.written(in: old["parents"]), Identifier.written(in: new["parents"]))
    let isPartition = old.has("partition bound") || new.has("partition bound")
    if isPartition {
      if old.has("partition bound"),
        old["partition bound"] != new["partition bound"] || old["parents"] != new["parents"]
      {
        statements.append("ALTER TABLE \(old["parents"] ?? "") DETACH PARTITION \(new.id.object.qualifiedName)")
      }
    } else if oldParents != newParents {
      statements += Inheritance(from: old, to: new).left.map { "\(table) NO INHERIT \($0)" }
    }
    if old.has("unlogged") != new.has("unlogged") {
      statements.append("\(table) SET \(new.has("unlogged") ? "UNLOGGED" : "LOGGED")")
    }
    if old["access method"] != new["access method"] {
      statements.append("\(table) SET ACCESS METHOD \(Identifier.quoted(new["access method"] ?? "heap"))")
    }
    if old["tablespace"] != new["tablespace"] {
      statements.append("\(table) SET TABLESPACE \(Identifier.quoted(new["tablespace"] ?? "pg_default"))")
    }
    if old["of type"] != new["of type"] {
      statements.append(new["of type"].map { "\(table) OF \($0)" } ?? "\(table) NOT OF")
    }
    statements += changeOptions(from: old, to: new).map { "\(table) \($0)" }
    statements += rowSecurity(from: old, to: new) + replicaIdentity(from: old, to: new)
    return statements + changeOwner(old, new)
  }

  private func alterColumn(_ old: Fact, _ new: Fact) -> [String] {
    let object = new.id.object
    let column = columnName(new)
    if object.kind == .compositeType {
      guard type(of: old) != type(of: new) else { return [] }
      return ["ALTER TYPE \(object.qualifiedName) ALTER ATTRIBUTE \(column) TYPE \(type(of: new)) CASCADE"]
    }
    guard object.kind == .table || object.kind == .foreignTable else { return [] }
    let table = "ALTER TABLE \(object.qualifiedName) ALTER COLUMN \(column)"
    var statements: [String] = []
    let hasOtherSequence = planner.changesIdentity(of: new.id)
    if old.has("identity"), !new.has("identity") || hasOtherSequence { statements.append("\(table) DROP IDENTITY") }
    if old.has("generated"), !new.has("generated") { statements.append("\(table) DROP EXPRESSION") }
    if old.has("not null"), !new.has("not null") {
      statements.append("\(table) DROP NOT NULL")
    }
    let isOther = planner.changesType(of: new.id)
    if type(of: old) != type(of: new) || isOther, new["inherited"] != "yes" {
      let isPlain = old["type"] == new["type"] && !isOther || new.has("generated") || object.kind == .foreignTable
      let using =
        isPlain
        ? "" : " USING \(conversion(of: column, from: old, to: new))"
      statements.append("\(table) SET DATA TYPE \(type(of: new))\(using)")
    }
    if new.has("not null"), !new.has("not valid"), !old.has("not null") || old.has("not valid") {
      statements.append("\(table) SET NOT NULL")
    }
    if let identity = new["identity"] {
      if !old.has("identity") || hasOtherSequence {
        let sequence = planner.target.identitySequence(of: new.id)
        let options = sequence.map { " (SEQUENCE NAME \($0.id.object.qualifiedName) \(sequenceOptions($0)))" } ?? ""
        statements.append("\(table) ADD GENERATED \(identity.uppercased()) AS IDENTITY\(options)")
        if let sequence {
          statements.append(
            "SELECT pg_catalog.setval(\(Literal.quoted(sequence.id.object.qualifiedName)), pg_catalog.max(\(column))) "
              + "FROM \(object.qualifiedName) HAVING pg_catalog.max(\(column)) IS NOT NULL")
        }
      } else if old["identity"] != identity {
        statements.append("\(table) SET GENERATED \(identity.uppercased())")
      }
    }
    return statements + columnSettings(new, from: old)
  }

  private func alterConstraint(_ old: Fact, _ new: Fact) -> [String] {
    let kind = new.id.object.kind == .domain ? "DOMAIN" : "TABLE"
    let table = "ALTER \(kind) \(new.id.object.qualifiedName)"
    var statements: [String] = []
    if old["deferrable"] != new["deferrable"] {
      let state = ["yes": "DEFERRABLE INITIALLY IMMEDIATE", "initially deferred": "DEFERRABLE INITIALLY DEFERRED"]
      statements.append(
        "\(table) ALTER CONSTRAINT \(memberName(new)) \(new["deferrable"].flatMap { state[$0] } ?? "NOT DEFERRABLE")")
    }
    if old.has("not valid"), !new.has("not valid") {
      statements.append("\(table) VALIDATE CONSTRAINT \(memberName(new))")
    }
    return statements
  }

  private func alterPolicy(_ old: Fact, _ new: Fact) -> [String] {
    var words = ["ALTER POLICY \(memberName(new)) ON \(new.id.object.qualifiedName)"]
    if old["roles"] != new["roles"] { words.append("TO \(new["roles"] ?? "public")") }
    if let using = new["using"], old["using"] != using { words.append("USING (\(using))") }
    if let check = new["with check"], old["with check"] != check { words.append("WITH CHECK (\(check))") }
    return words.count == 1 ? [] : [words.joined(separator: " ")]
  }
}
