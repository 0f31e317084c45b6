internal import SQL
internal import Schema

/// `require-schema-qualified`
struct RequireSchemaQualified: StatementRule {
  let about = RuleDescription(
    name: "require-schema-qualified",
    severity: .advice,
    evidence: [.ast],
    summary: "New or dropped object without its schema",
    why: "where it ends up, and which one is dropped, depends on the search_path of whoever applies the migration",
    explanation: """
      Counted are statements that make, change or drop a table, view, sequence, type, domain, function or index by \
      a bare name; of each file the first is shown. Temporary tables have no schema of their own, and a file that sets \
      the `search_path` itself has said which one it means.
      """,
    bad: """
      create table if not exists customers (id bigint primary key);
      """,
    good: """
      create table if not exists public.customers (id bigint primary key);
      """,
    source: "https://www.postgresql.org/docs/15/ddl-schemas.html#DDL-SCHEMAS-PATH",
    others: [.squawk: ["require-table-schema"]]
  )

  var statementKinds: Syntax.Kinds {
    [
      .createTable, .createTableAs, .alterTable, .createIndex, .createTrigger, .createView, .createSequence,
      .createFunction, .createType, .createDomain, .drop, .createPolicy,
    ]
  }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let name = unqualified(statement, context),
      context.firstEarlier("a name without its schema", where: { unqualified($0, context) != nil }) == nil
    else { return [] }
    let count = context.later.count { unqualified($0, context) != nil }
    let more = count > 0 ? ", and \(count) statement\(count == 1 ? "" : "s") after it" : ""
    return [
      context.issue(
        "\(Quoting.identifier(name.name)) is named without its schema\(more)",
        at: statement.range,
        fix: .init(text: "write \(context.declared.resolve(name))"))
    ]
  }

  private func unqualified(_ statement: Statement, _ context: StatementContext) -> Syntax.QualifiedName? {
    guard context.session.value(of: "search_path") == nil, let name = statement.syntax.definedObject,
      name.schema == nil, context.declared.resolve(name).schema != "pg_temp"
    else { return nil }
    return name
  }
}

extension Syntax {
  /// The object of a schema that the statement makes, changes or drops.
  fileprivate var definedObject: QualifiedName? {
    switch self {
    case .createTable(let create): create.persistence == .temporary ? nil : create.name
    case .createTableAs(let create): create.persistence == .temporary ? nil : create.name
    case .alterTable(let alter): alter.name
    case .createIndex(let create): create.table
    case .createView(let create): create.persistence == .temporary ? nil : create.name
    case .createSequence(let create): create.persistence == .temporary ? nil : create.name
    case .createType(let create): create.name
    case .createDomain(let create): create.name
    case .createFunction(let create): create.name
    case .createTrigger(let create): create.table
    case .createPolicy(let create): create.table
    case .drop(let drop):
      switch drop.kind {
      case .table, .view, .materializedView, .sequence, .type, .domain, .function, .procedure, .index:
        drop.objects.first { $0.name.schema == nil }?.name
      case .policy, .trigger, .rule: drop.objects.compactMap(\.owner).first { $0.schema == nil }
      default: nil
      }
    default: nil
    }
  }
}
