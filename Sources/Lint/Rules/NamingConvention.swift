internal import SQL
internal import Schema

/// `naming-convention`
struct NamingConvention: StatementRule {
  let about = RuleDescription(
    name: "naming-convention",
    severity: .advice,
    evidence: [.ast],
    summary: "New name that is not as the repository wants names",
    why: "where names follow a rule, nobody has to look them up, and code can be made from them",
    explanation: """
      Silent until `penstock.yaml` has patterns: `lint: { naming: { table: '[a-z_]+s', index: '.*_idx' } }`, of \
      `schema`, `table`, `column`, `view`, `index`, `constraint`, `sequence`, `type`, `function`, `trigger` and \
      `policy`. Each is a regular expression that the whole name, without its schema, must match. New names count, and \
      those that a rename gives; names that are left to PostgreSQL do not.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "create table public.customer (id bigint primary key);")],
      namePatterns: [.table: "[a-z_]+s"]),
    good: RuleExample(
      files: [(RuleExample.path, "create table public.customers (id bigint primary key);")],
      namePatterns: [.table: "[a-z_]+s"]),
    source: "the repository's own lint section"
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    let patterns = context.configuration.namePatterns
    guard !patterns.isEmpty else { return [] }
    return statement.syntax.givenNames.compactMap { kind, name, object, range in
      guard let pattern = patterns[kind], let regex = try? Regex(pattern), (try? regex.wholeMatch(in: name)) == nil
      else { return nil }
      let object = object.map { context.declared.resolve($0) }
      return context.issue(
        "\(kind.rawValue) \(Quoting.identifier(name)) does not match \(pattern)",
        at: range ?? statement.range, object: object.map { ObjectName($0) },
        fix: .init(text: "give it a name that does, or change naming.\(kind.rawValue) in penstock.yaml"))
    }
  }
}

private typealias GivenName = (kind: NamePattern, name: String, object: Syntax.QualifiedName?, range: Range<Int>?)

extension Syntax {
  /// The names that the statement itself gives, with what they are a part of.
  fileprivate var givenNames: [GivenName] {
    switch self {
    case .createSchema(let create): [(.schema, create.name, nil, nil)]
    case .createTable(let create) where create.persistence == .temporary: []
    case .createTable(let create):
      [(.table, create.name.name, create.name, nil)]
        + create.columns.map { (.column, $0.name, create.name, $0.range) }
        + create.allConstraints.compactMap { Self.given($0, create.name) }
    case .createTableAs(let create):
      [(create.isMaterializedView ? .view : .table, create.name.name, create.name, nil)]
    case .alterTable(let alter):
      alter.commands.flatMap { command -> [GivenName] in
        switch command.action {
        case .addColumn(let column, _):
          [(.column, column.name, alter.name, column.range)]
            + column.constraints.compactMap { Self.given($0, alter.name) }
        case .addConstraint(let constraint): [Self.given(constraint, alter.name)].compactMap(\.self)
        default: []
        }
      }
    case .createView(let create): [(.view, create.name.name, create.name, nil)]
    case .createIndex(let create): create.name.map { [(.index, $0, create.table, nil)] } ?? []
    case .createSequence(let create): [(.sequence, create.name.name, create.name, nil)]
    case .createType(let create): [(.type, create.name.name, create.name, nil)]
    case .createDomain(let create): [(.type, create.name.name, create.name, nil)]
    case .createFunction(let create): [(.function, create.name.name, create.name, nil)]
    case .createTrigger(let create): [(.trigger, create.name, create.table, nil)]
    case .createPolicy(let create): [(.policy, create.name, create.table, nil)]
    case .rename(let rename):
      NamePattern(rename.object.kind).map { [($0, rename.newName, rename.object.owner ?? rename.object.name, nil)] }
        ?? []
    default: []
    }
  }

  private static func given(_ constraint: Constraint, _ table: QualifiedName) -> GivenName? {
    constraint.name.map { (.constraint, $0, table, constraint.range) }
  }
}

extension NamePattern {
  fileprivate init?(_ kind: Syntax.ObjectKind) {
    switch kind {
    case .materializedView: self = .view
    case .domain: self = .type
    case .procedure, .routine: self = .function
    default: self.init(rawValue: kind.rawValue)
    }
  }
}
