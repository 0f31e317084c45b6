/// Writes the SQL of a plan's steps.
struct StatementWriter {
  let planner: Planner
  let graph: ActionGraph
  /// Who runs the plan.
  let role: String
  private let source: SchemaIndex
  private let target: SchemaIndex

  init(_ planner: Planner, _ graph: ActionGraph, role: String) {
    self.planner = planner
    self.graph = graph
    self.role = role
    source = planner.source
    target = planner.target
  }

  /// The statements of a step, without semicolons; none where another step sees to it.
  func statements(for action: Action) -> [String] {
    let id = action.id
    switch action.verb {
    case .setAside: return setAside(id)
    case .drop: return planner.fate(id) == .converted ? dropSetAside(id) : source[id].map(drop) ?? []
    case .alter: return alter(action)
    case .create: return target[id].map { create($0, carried(by: action)) } ?? []
    case .finish: return target[id].map(finish) ?? []
    case .milestone: return []
    }
  }

  private func carried(by action: Action) -> [Fact] {
    (graph.carried[action] ?? []).compactMap { target[$0] }
  }
}

// MARK: - Creating

extension StatementWriter {
  private func create(_ fact: Fact, _ carried: [Fact]) -> [String] {
    let object = fact.id.object
    let name = object.qualifiedName
    switch fact.id.kind {
    case .schema:
      return ["CREATE SCHEMA \(name)"] + owner(fact) + initialGrants(fact)
    case .extension:
      let version = fact["version"].map { " VERSION \(Literal.quoted($0))" } ?? ""
      return ["CREATE EXTENSION \(name) WITH SCHEMA \(fact["schema"] ?? "public")\(version)"]
    case .enumeration:
      return ["CREATE TYPE \(name) AS ENUM (\(fact["labels"] ?? ""))"] + owner(fact) + initialGrants(fact)
    case .domain:
      return [domain(fact, carried)] + owner(fact) + initialGrants(fact)
    case .compositeType:
      let columns = target.columns(of: object).map { "\n  \(columnName($0)) \(type(of: $0))" }
      return ["CREATE TYPE \(name) AS (\(columns.joined(separator: ","))\n)"] + owner(fact) + initialGrants(fact)
        + rowConversions(to: fact)
    case .sequence:
      guard !fact.has("identity") else { return [] }
      let unlogged = fact.has("unlogged") ? "UNLOGGED " : ""
      return ["CREATE \(unlogged)SEQUENCE \(name) AS \(fact["type"] ?? "bigint") \(sequenceOptions(fact))"]
        + owner(fact) + initialGrants(fact)
    case .table, .foreignTable:
      return table(fact, carried) + owner(fact) + initialGrants(fact) + tableSettings(fact, carried)
        + rowConversions(to: fact)
    case .view, .materializedView:
      let options = options(fact).map { " WITH (\($0))" } ?? ""
      let method = fact["access method"].map { " USING \(Identifier.quoted($0))" } ?? ""
      let tablespace = fact["tablespace"].map { " TABLESPACE \(Identifier.quoted($0))" } ?? ""
      return [
        "CREATE \(fact.id.kind.rawValue.uppercased()) \(name)\(method)\(options)\(tablespace) AS\n\(query(of: fact))"
      ] + owner(fact) + initialGrants(fact)
        + target.columns(of: object).flatMap { columnSettings($0) }
    case .function, .procedure, .aggregate:
      return [(fact.definition ?? "").trimmingTrailingSpace] + owner(fact) + initialGrants(fact)
    case .eventTrigger:
      let list = target.unsaid.lists[fact.id]?.joined(separator: ", ") ?? fact["tags"] ?? ""
      let tags = list.isEmpty ? "" : " WHEN TAG IN (\(list))"
      return [
        "CREATE EVENT TRIGGER \(name) ON \(fact["event"] ?? "")\(tags) EXECUTE FUNCTION \(fact["function"] ?? "")()"
      ] + owner(fact) + enabling(fact, from: nil).map { "ALTER EVENT TRIGGER \(name) \($0)" }
    case .publication:
      let all = fact.has("all tables") ? " FOR ALL TABLES" : ""
      return ["CREATE PUBLICATION \(name)\(all) WITH (\(publicationOptions(fact)))"] + owner(fact)
    case .publishedTable, .publishedSchema:
      return ["ALTER PUBLICATION \(name) ADD \(published(fact))"]
    case .defaultPrivileges: return defaultPrivileges(from: nil, to: fact)
    case .column: return addColumn(fact, carried)
    case .default: return setDefault(fact)
    case .constraint: return addConstraint(fact)
    case .index:
      let definition = fact.definition ?? ""
      return [fact.has("invalid") ? definition : definition.replacing(" ON ONLY ", with: " ON ", maxReplacements: 1)]
        + attachIndex(fact) + indexSettings(fact, from: nil)
    case .trigger where target.handedDownTrigger(fact.id) != nil: return enabling(fact, on: name)
    case .trigger:
      return [fact.definition ?? ""]
        + enabling(fact, from: nil).map { "ALTER TABLE \(name) \($0) TRIGGER \(memberName(fact))" }
    case .policy: return [policy(fact)]
    case .grant: return grant(from: planner.isMade(fact.id.subject) ? initialGrant(like: fact) : nil, to: fact)
    case .comment: return [comment(fact, fact["text"])]
    case .rule:
      return [(fact.definition ?? "").withoutSemicolon]
        + enabling(fact, from: nil).map { "ALTER TABLE \(name) \($0) RULE \(memberName(fact))" }
    case .mapping:
      return ["ALTER \(object.keywords) ADD MAPPING FOR \(memberName(fact)) WITH \(fact["dictionaries"] ?? "")"]
    case .familyMember: return ["ALTER \(object.keywords) ADD \(fact.definition ?? "")"]
    case .securityLabel: return [label(fact, fact["label"])]
    case .extensionDependency: return ["ALTER \(fact.id.target) DEPENDS ON EXTENSION \(qualifier(fact))"]
    case .statistics:
      return [fact.definition ?? ""]
        + (fact["target"].map { ["ALTER STATISTICS \(name) SET STATISTICS \($0)"] } ?? []) + owner(fact)
    case .baseType where fact.has("shell"): return ["CREATE TYPE \(name)"]
    case .language, .accessMethod, .foreignDataWrapper, .foreignServer, .userMapping, .collation, .conversion,
      .textSearchParser, .textSearchTemplate, .textSearchDictionary, .textSearchConfiguration, .baseType, .rangeType,
      .operator, .operatorFamily, .operatorClass, .cast, .transform:
      return [(fact.definition ?? "").withoutSemicolon] + owner(fact) + initialGrants(fact)
    }
  }

  func label(_ fact: Fact, _ text: String?) -> String {
    "SECURITY LABEL FOR \(qualifier(fact)) ON \(fact.id.target) IS \(text.map(Literal.quoted) ?? "NULL")"
  }

  private func qualifier(_ fact: Fact) -> String { Identifier.quoted(fact.id.qualifier ?? "") }

  private func owner(_ fact: Fact) -> [String] {
    guard let owner = fact["owner"], owner != role else { return [] }
    return ["ALTER \(fact.id.object.keywords) OWNER TO \(Identifier.quoted(owner))"]
  }

  private func domain(_ fact: Fact, _ carried: [Fact]) -> String {
    var words = ["CREATE DOMAIN \(fact.id.object.qualifiedName) AS \(fact["type"] ?? "")"]
    if let collation = fact["collation"] { words.append("COLLATE \(collation)") }
    if let expression = fact["default"] { words.append("DEFAULT \(expression)") }
    if fact.has("not null") { words.append("NOT NULL") }
    for constraint in carried { words.append("CONSTRAINT \(memberName(constraint)) \(constraint.definition ?? "")") }
    return words.joined(separator: " ")
  }

  func query(of view: Fact) -> String {
    (view.definition ?? "").withoutSemicolon
  }

  func memberName(_ fact: Fact) -> String { Identifier.quoted(fact.id.member?.name ?? "") }

  private func policy(_ fact: Fact) -> String {
    var words = ["CREATE POLICY \(memberName(fact)) ON \(fact.id.object.qualifiedName)"]
    if fact.has("restrictive") { words.append("AS RESTRICTIVE") }
    words.append("FOR \(fact["command"] ?? "ALL") TO \(fact["roles"] ?? "public")")
    if let using = fact["using"] { words.append("USING (\(using))") }
    if let check = fact["with check"] { words.append("WITH CHECK (\(check))") }
    return words.joined(separator: " ")
  }

  func publicationOptions(_ fact: Fact) -> String {
    "publish = \(Literal.quoted(fact["operations"] ?? "")), publish_via_partition_root = \(fact.has("via root"))"
  }

  private func published(_ fact: Fact) -> String {
    let name = fact.id.member?.name ?? ""
    guard fact.id.kind == .publishedTable else { return "TABLES IN SCHEMA \(name)" }
    return "TABLE ONLY \(name)" + (fact["columns"].map { " (\($0))" } ?? "")
      + (fact["where"].map { " WHERE \($0)" } ?? "")
  }

  /// `ENABLE ALWAYS` and the like; nothing where it is so already.
  func enabling(_ fact: Fact, from old: Fact?) -> [String] {
    let state = fact["enabled"] ?? "yes"
    guard state != old?["enabled"] ?? "yes" else { return [] }
    return [Self.enabling(fact)]
  }

  private static func enabling(_ fact: Fact) -> String {
    ["no": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"][fact["enabled"] ?? "yes"] ?? "ENABLE"
  }

  /// A partition's trigger, which is there with the whole table's.
  func enabling(_ trigger: Fact, on table: String) -> [String] {
    ["ALTER TABLE \(table) \(Self.enabling(trigger)) TRIGGER \(memberName(trigger))"]
  }

  func comment(_ fact: Fact, _ text: String?) -> String {
    "COMMENT ON \(fact.id.target) IS \(text.map(Literal.quoted) ?? "NULL")"
  }
}

// MARK: - Dropping

extension StatementWriter {
  private func drop(_ fact: Fact) -> [String] {
    let id = fact.id
    let name = id.object.qualifiedName
    switch id.kind {
    case .column where id.object.kind == .compositeType:
      return ["ALTER TYPE \(name) DROP ATTRIBUTE \(memberName(fact))"]
    case .column where planner.fate(id.own) == .converted && target[id]?.has("generated") == false:
      return ["ALTER TABLE \(aside(id.object)) ALTER COLUMN \(memberName(fact)) DROP EXPRESSION"]
    case .column:
      return ["ALTER TABLE \(isKeptByHeirs(id) ? "ONLY " : "")\(aside(id.object)) DROP COLUMN \(memberName(fact))"]
    case .default: return ["ALTER TABLE ONLY \(aside(id.object)) ALTER COLUMN \(memberName(fact)) DROP DEFAULT"]
    case .constraint where id.object.kind == .domain:
      return ["ALTER DOMAIN \(name) DROP CONSTRAINT \(memberName(fact))"]
    case .constraint: return ["ALTER TABLE \(aside(id.object)) DROP CONSTRAINT \(memberName(fact))"]
    case .index:
      return ["DROP INDEX \(QualifiedName(schema: id.object.schema ?? "", name: id.member?.name ?? ""))"]
    case .trigger where source.handedDownTrigger(id) != nil:
      // It goes with the whole table's, or does again as that one.
      guard let parent = source.handedDownTrigger(id).flatMap({ target[$0] }), !planner.isMade(parent.id),
        source[id.own]?["parents"] == target[id.own]?["parents"]
      else { return [] }
      return ["ALTER TABLE \(name) \(Self.enabling(parent)) TRIGGER \(memberName(fact))"]
    case .trigger, .policy, .rule: return ["DROP \(id.kind.rawValue.uppercased()) \(memberName(fact)) ON \(name)"]
    case .publishedTable: return ["ALTER PUBLICATION \(name) DROP TABLE ONLY \(id.member?.name ?? "")"]
    case .publishedSchema: return ["ALTER PUBLICATION \(name) DROP TABLES IN SCHEMA \(id.member?.name ?? "")"]
    case .defaultPrivileges: return defaultPrivileges(from: fact, to: nil)
    case .grant: return grant(from: fact, to: nil)
    case .comment: return [comment(fact, nil)]
    case .mapping: return ["ALTER \(id.object.keywords) DROP MAPPING FOR \(memberName(fact))"]
    case .familyMember: return ["ALTER \(id.object.keywords) DROP \(id.member?.name ?? "")"]
    case .securityLabel: return [label(fact, nil)]
    case .extensionDependency: return ["ALTER \(id.target) NO DEPENDS ON EXTENSION \(qualifier(fact))"]
    case .baseType: return ["DROP TYPE \(name) CASCADE"]
    case .sequence where fact.has("identity"): return dropIdentity(of: fact)
    case .table where isReferredTo(throughParentsOf: fact):
      // Rows of other tables may refer to the whole table's and not to the partition's.
      return source.parents(of: id.object).map { "ALTER TABLE \($0.qualifiedName) DETACH PARTITION \(name)" }
        + ["DROP TABLE \(name)"]
    default: return ["DROP \(id.object.keywords)"]
    }
  }

  /// Whether tables that inherit a column keep it as their own.
  private func isKeptByHeirs(_ column: Fact.ID) -> Bool {
    source.dependents(on: column).contains {
      $0.id.kind == .column && $0.id.object != column.object && $0.id.member == column.member
        && planner.fate($0.id) == .altered && target[$0.id]?.has("inherited") == false
    }
  }

  private func isReferredTo(throughParentsOf partition: Fact) -> Bool {
    guard partition.has("partition bound") else { return false }
    let parents = source.parents(of: partition.id.object)
    guard !parents.contains(where: { planner.isRemoved(Fact.ID(own: $0)) }) else { return false }
    let names = parents.map(\.qualifiedName)
    return source.facts.values.contains { $0.id.kind == .constraint && names.contains($0["references"] ?? "") }
  }

  /// The name of a table that may have been set aside.
  private func aside(_ object: Fact.Object) -> String {
    planner.fate(Fact.ID(own: object)) == .converted ? object.setAside.qualifiedName : object.qualifiedName
  }

  private func dropIdentity(of sequence: Fact) -> [String] {
    let path = Identifier.path(of: sequence["owned by"] ?? "")
    guard path.count == 3 else { return [] }
    let table = Fact.Object(kind: .table, schema: path[0], name: path[1], arguments: nil)
    return ["ALTER TABLE \(aside(table)) ALTER COLUMN \(Identifier.quoted(path[2])) DROP IDENTITY"]
  }

  private func setAside(_ id: Fact.ID) -> [String] {
    // A type of the user's own is announced, made of functions, and then made.
    if id.kind == .baseType { return ["CREATE TYPE \(id.object.qualifiedName)"] }
    return
      leave(id) + ["ALTER \(id.object.keywords) RENAME TO \(Identifier.quoted(id.object.setAside.name))"]
  }

  /// A table that leaves the ones that it belongs to keeps its columns and rows.
  private func leave(_ id: Fact.ID) -> [String] {
    guard let old = source[id], id.kind == .table else { return [] }
    let name = id.object.qualifiedName
    return source.parents(of: id.object).filter { !planner.isRemoved(Fact.ID(own: $0)) }.map { parent in
      old.has("partition bound")
        ? "ALTER TABLE \(parent.qualifiedName) DETACH PARTITION \(name)"
        : "ALTER TABLE \(name) NO INHERIT \(parent.qualifiedName)"
    }
  }

  private func dropSetAside(_ id: Fact.ID) -> [String] {
    rowConversions(dropping: id.object) + ["DROP \(id.object.setAside.keywords)"]
  }
}

extension Fact.Object {
  /// The object under the name that it has while its successor takes its place.
  var setAside: Fact.Object {
    let bytes = Array(name.utf8.prefix(50))
    return Fact.Object(
      kind: kind, schema: schema, name: String(decoding: bytes, as: UTF8.self) + "_penstock_old", arguments: arguments)
  }
}

extension StringProtocol {
  var withoutSemicolon: String {
    let trimmed = trimmingTrailingSpace
    return trimmed.hasSuffix(";") ? String(trimmed.dropLast()) : trimmed
  }

  var trimmingTrailingSpace: String {
    String(self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)])
  }
}

extension Fact.Kind {
  /// The words for a kind in `CREATE`, `ALTER`, `DROP` and `COMMENT ON`.
  var keyword: String {
    switch self {
    case .enumeration, .compositeType, .baseType, .rangeType: "TYPE"
    case .foreignServer: "SERVER"
    default: rawValue.uppercased()
    }
  }

  var hasColumns: Bool { [.table, .foreignTable, .compositeType, .view, .materializedView].contains(self) }
}

extension Fact.Object {
  /// `TABLE public.orders`, `AGGREGATE public.total(*)`.
  var keywords: String {
    kind == .aggregate && arguments == ""
      ? "AGGREGATE \(Identifier.quoted(schema ?? "")).\(Identifier.quoted(name))(*)"
      : "\(kind.keyword) \(qualifiedName)"
  }
}

extension Fact.ID {
  /// `COLUMN public.orders.id`, `TRIGGER t ON public.orders`, `CAST (integer AS bytea)`.
  var target: String {
    guard let member else { return object.keywords }
    let name = Identifier.quoted(member.name)
    switch member.kind {
    case .column: return "COLUMN \(object.qualifiedName).\(name)"
    case .index: return "INDEX \(QualifiedName(schema: object.schema ?? "", name: member.name))"
    case .constraint where object.kind == .domain: return "CONSTRAINT \(name) ON DOMAIN \(object.qualifiedName)"
    default: return "\(member.kind.rawValue.uppercased()) \(name) ON \(object.qualifiedName)"
    }
  }
}
