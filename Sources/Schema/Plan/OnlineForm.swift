/// A step in the form that lets others go on writing to a table meanwhile, where there is one.
///
/// An index is built, and dropped, concurrently; a key is made of an index that was built so; what a check or a foreign
/// key says of the rows that are there is found out after it holds for new ones.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
enum OnlineForm {
  case buildIndex
  case dropIndex
  case validate(table: String, constraint: String)
  /// - Parameter index: The statement that makes it.
  case useIndex(String, clause: String)
  /// What is said about an index that is not there before.
  case afterIndex
  /// - Parameter table: Its name, and with it the constraint that is there meanwhile.
  case notNull(table: String, column: String, constraint: String)

  /// Nil for a step that has none.
  init?(of action: Action, _ planner: Planner, _ graph: ActionGraph) {
    let id = action.id
    let own = planner.target[id.own] ?? planner.source[id.own]
    guard let own, [.table, .materializedView].contains(id.object.kind), !planner.isMade(id.own),
      !planner.isRemoved(id.own), !own.has("partition by")
    else { return nil }
    switch (action.verb, id.kind) {
    case (.create, .index) where Self.isBuiltAlone(id, planner): self = .buildIndex
    case (.alter, .column) where id.object.kind == .table:
      guard let old = planner.source[id], let new = planner.target[id], let name = id.member?.name,
        new.has("not null"), !new.has("not valid"), !old.has("not null"), new["inherited"] != "yes",
        !planner.needsToBeFree(id), !new.has("identity"), !Self.hasNewIdentity(id.object, planner)
      else { return nil }
      let constraint = String(decoding: Array(name.utf8.prefix(40)), as: UTF8.self) + "_penstock_not_null"
      self = .notNull(
        table: id.object.qualifiedName, column: Identifier.quoted(name), constraint: Identifier.quoted(constraint))
    case (.drop, .index) where planner.fate(id) == .dropped && planner.source.dependents(on: id).isEmpty:
      guard planner.source[id]?.has("parent") == false else { return nil }
      self = .dropIndex
    case (.create, .constraint):
      guard let new = planner.target[id], !new.has("inherited"), !new.has("not valid"), let name = id.member?.name
      else { return nil }
      switch new["type"] {
      case "check", "foreign key":
        self = .validate(table: id.object.qualifiedName, constraint: Identifier.quoted(name))
      case "primary key", "unique":
        let indexes = (graph.carried[action] ?? []).filter { $0.kind == .index }
        guard planner.fate(id) == .created, indexes.count == 1, let index = planner.target[indexes[0]],
          Self.isBuiltAlone(indexes[0], planner, besides: id), let definition = index.definition,
          let type = new["type"]
        else { return nil }
        let words = [" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"]
        let deferral = words.first { new.definition?.hasSuffix($0) == true } ?? ""
        let clause = "\(type.uppercased()) USING INDEX \(Identifier.quoted(index.id.member?.name ?? ""))\(deferral)"
        self = .useIndex(definition, clause: clause)
      default: return nil
      }
    case (.create, .comment) where id.subject.kind == .index && Self.isBuiltAlone(id.subject, planner):
      self = .afterIndex
    default: return nil
    }
  }

  /// Whether a table is to be replicated by an index, whose columns must not be null when that is said.
  private static func hasNewIdentity(_ table: Fact.Object, _ planner: Planner) -> Bool {
    planner.target.members(of: table).contains {
      planner.target[$0]?.has("replica identity") == true && planner.fate($0) != .kept
    }
  }

  /// Whether an index comes anew, and nothing needs it that comes before it could be there.
  private static func isBuiltAlone(_ id: Fact.ID, _ planner: Planner, besides constraint: Fact.ID? = nil) -> Bool {
    guard planner.fate(id) == .created, let index = planner.target[id], !index.has("parent"), !index.has("invalid"),
      index.has("constraint") == (constraint != nil)
    else { return false }
    let dependents = planner.target.dependents(on: id) + (constraint.map(planner.target.dependents) ?? [])
    return dependents.allSatisfy { $0.id == constraint || $0.id.kind == .comment || $0.id == id }
  }

  /// - Parameter steps: The action's, never in this form.
  /// - Returns: False when there are none.
  func schedule(_ steps: inout [Plan.Step], in schedule: inout Schedule) -> Bool {
    guard let first = steps.first else { return false }
    switch self {
    case .buildIndex:
      schedule.concurrent.append(Plan.Step(sql: Self.concurrently(first.sql)))
      schedule.late += steps.dropFirst()
    case .dropIndex:
      schedule.early.append(
        Plan.Step(sql: first.sql.replacing("DROP INDEX ", with: "DROP INDEX CONCURRENTLY ", maxReplacements: 1)))
    case .validate(let table, let constraint):
      schedule.steps.append(Plan.Step(sql: first.sql + " NOT VALID"))
      schedule.steps += steps.dropFirst()
      schedule.late.append(Plan.Step(sql: "ALTER TABLE \(table) VALIDATE CONSTRAINT \(constraint)"))
    case .useIndex(let definition, let clause):
      let statement = first.sql.firstRange(of: " ADD CONSTRAINT ").map { first.sql[..<$0.upperBound] } ?? ""
      let name = first.sql[statement.endIndex...].prefix { $0 != " " }
      schedule.concurrent.append(Plan.Step(sql: Self.concurrently(definition)))
      schedule.late.append(Plan.Step(sql: "\(statement)\(name) \(clause)"))
      schedule.late += steps.dropFirst()
    case .afterIndex:
      schedule.late += steps
    case .notNull(let table, let column, let constraint):
      // A check that has been validated spares SET NOT NULL the look at all rows, and validating locks out no writer.
      let end = steps.lastIndex { $0.sql.hasSuffix(" SET NOT NULL") }
      guard let end else { return false }
      schedule.steps += steps[..<end]
      schedule.steps.append(
        Plan.Step(sql: "ALTER TABLE \(table) ADD CONSTRAINT \(constraint) CHECK (\(column) IS NOT NULL) NOT VALID"))
      schedule.late.append(Plan.Step(sql: "ALTER TABLE \(table) VALIDATE CONSTRAINT \(constraint)"))
      schedule.last.append(steps[end])
      schedule.last.append(Plan.Step(sql: "ALTER TABLE \(table) DROP CONSTRAINT \(constraint)"))
      schedule.steps += steps[(end + 1)...]
    }
    return true
  }

  private static func concurrently(_ definition: String) -> String {
    definition.replacing("INDEX ", with: "INDEX CONCURRENTLY ", maxReplacements: 1).reparsable
  }
}
