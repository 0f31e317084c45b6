internal import SQL
internal import Schema

/// `nonidempotent-ddl`
struct NonidempotentDDL: StatementRule {
  let about = RuleDescription(
    name: "nonidempotent-ddl",
    severity: .warning,
    evidence: [.ast],
    summary: "Statement that fails when it is run a second time",
    why: "after a half-applied or hand-applied migration the file cannot simply be run again",
    explanation: """
      Guard what creates and drops: `if not exists`, `or replace`, `if exists`; for policies, and for triggers that \
      enforce constraints, `drop … if exists` first; for types, domains and constraints, a `do` block that looks \
      before it creates. A `drop … if exists` of the same object earlier in the file counts as a guard.

      Renames, changes of data and statements for which PostgreSQL has no guard are left alone, and so are temporary \
      tables, which end with their session.
      """,
    bad: """
      create table public.customers (id bigint primary key);
      create policy "own rows" on public.customers using (id = 1);
      alter table public.customers add constraint positive check (id > 0);
      """,
    good: """
      create table if not exists public.customers (id bigint primary key);
      drop policy if exists "own rows" on public.customers;
      create policy "own rows" on public.customers using (id = 1);
      alter table public.customers drop constraint if exists positive;
      alter table public.customers add constraint positive check (id > 0);
      """,
    source: "https://squawkhq.com/docs/prefer-robust-stmts",
    others: [
      .squawk: ["prefer-robust-stmts"], .languageServer: ["preferRobustStmts"],
      .pgfence: [
        "prefer-robust-create-index", "prefer-robust-create-table", "prefer-robust-drop-index",
        "prefer-robust-drop-table",
      ],
    ]
  )

  var statementKinds: Syntax.Kinds {
    [
      .createTable, .createTableAs, .alterTable, .createIndex, .createTrigger, .createView, .createSequence,
      .createFunction, .createType, .alterEnum, .createDomain, .createSchema, .createExtension, .drop, .createPolicy,
    ]
  }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    if case .alterTable(let alter) = statement.syntax { return check(alter, statement, context) }
    guard let unguarded = Unguarded(statement, context) else { return [] }
    return [
      context.issue(
        unguarded.message, at: statement.range, object: unguarded.object,
        fix: unguarded.guarding.fix(statement.range, statement, context))
    ]
  }

  private func check(_ alter: Syntax.AlterTable, _ statement: Statement, _ context: StatementContext) -> [Issue] {
    guard [.table, .foreignTable].contains(alter.kind) else { return [] }
    let table = context.declared.resolve(alter.name)
    guard table.schema != "pg_temp" else { return [] }
    var droppedConstraints: Set<String> = []
    return alter.commands.compactMap { command -> Issue? in
      let message: String
      let guarding: Guard
      switch command.action {
      case .addColumn(let column, ifNotExists: false):
        message = "adds column \(table).\(Quoting.identifier(column.name)) without if not exists"
        guarding = .words("if not exists", after: ["add", "column"])
      case .dropColumn(let column, ifExists: false):
        message = "drops column \(table).\(Quoting.identifier(column)) without if exists"
        guarding = .words("if exists", after: ["drop", "column"])
      case .dropConstraint(let name, ifExists: false):
        message = "drops constraint \(Quoting.identifier(name)) of \(table) without if exists"
        guarding = .words("if exists", after: ["drop", "constraint"])
      case .dropConstraint(let name, ifExists: true):
        droppedConstraints.insert(name)
        return nil
      case .addConstraint(let constraint):
        let name = constraint.knownName(on: table.name)
        if droppedConstraints.contains(name) || context.declared.isDroppedBefore(.constraint, named: name, on: table) {
          return nil
        }
        if constraint.name == nil, constraint.usingIndex == nil {
          message = "adds \(constraint.kind.words) to \(table) without a name, which fails or is doubled"
          guarding = .advice("name it, and write drop constraint if exists before it")
          break
        }
        message = "adds constraint \(Quoting.identifier(name)) to \(table), which fails when it is there"
        let condition = """
          select from pg_constraint where conname = \(Self.literal(name)) and conrelid = \
          to_regclass(\(Self.literal(table.description)))
          """
        guarding = alter.commands.count == 1 ? .unlessExists(condition) : .advice("drop constraint if exists first")
      default:
        return nil
      }
      return context.issue(
        message, at: command.range, object: ObjectName(table), fix: guarding.fix(command.range, statement, context))
    }
  }

  fileprivate static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}

/// How a statement is made repeatable.
private enum Guard {
  /// Words after those of `after` that the statement, or its part, begins with, as far as they are there.
  case words(String, after: [String])
  /// A statement before.
  case statement(String)
  /// A `do` block around it that runs it unless the query finds something.
  case unlessExists(String)
  /// What only a person can do.
  case advice(String)

  func fix(_ range: Range<Int>, _ statement: Statement, _ context: StatementContext) -> Issue.Fix {
    switch self {
    case .words(let words, let after):
      var place: Int?
      for word in context.file.words(of: statement, from: range.lowerBound) {
        if after.contains(word.text) {
          place = word.range.upperBound
        } else if place != nil {
          break
        }
      }
      return .init(text: "write \(words)", edits: place.map { [.init(range: $0..<$0, newText: " \(words)")] } ?? [])
    case .statement(let text):
      let start = statement.range.lowerBound
      return .init(text: "\(text) before it", edits: [.init(range: start..<start, newText: "\(text)\n")])
    case .unlessExists(let query):
      let (start, end) = (statement.range.lowerBound, statement.range.upperBound)
      let opening = "do $penstock$ begin if not exists (\(query)) then\n"
      let closing = ";\nend if; end $penstock$"
      // A body that holds the tag itself cannot be quoted by it.
      let edits: [Issue.Edit] =
        statement.text.contains("$penstock$")
        ? [] : [.init(range: start..<start, newText: opening), .init(range: end..<end, newText: closing)]
      return .init(text: "\(opening)  …\(closing);", edits: edits)
    case .advice(let text):
      return .init(text: text)
    }
  }
}

/// A statement that creates or drops without a guard, tables' parts aside.
private struct Unguarded {
  var message: String
  var object: ObjectName?
  var guarding: Guard

  private init(_ message: String, _ object: ObjectName? = nil, _ guarding: Guard) {
    self.message = message
    self.object = object
    self.guarding = guarding
  }

  /// Nil when the statement can be repeated, or when there is no way to make it so.
  init?(_ statement: Statement, _ context: StatementContext) {
    let declared = context.declared
    func isDropped(_ kind: Syntax.ObjectKind, _ name: Syntax.QualifiedName) -> Bool {
      declared.isDroppedBefore(kind, name)
    }
    func isDropped(_ kind: Syntax.ObjectKind, _ name: String, on owner: Syntax.QualifiedName? = nil) -> Bool {
      declared.isDroppedBefore(kind, named: name, on: owner.map(declared.resolve))
    }
    func object(_ name: Syntax.QualifiedName) -> ObjectName { ObjectName(declared.resolve(name)) }

    switch statement.syntax {
    case .createTable(let create):
      guard !create.ifNotExists, create.persistence != .temporary, !isDropped(.table, create.name) else { return nil }
      self.init(
        "creates table \(create.name) without if not exists", object(create.name),
        .words("if not exists", after: ["create", "unlogged", "foreign", "table"]))
    case .createTableAs(let create):
      let kind: Syntax.ObjectKind = create.isMaterializedView ? .materializedView : .table
      guard !create.ifNotExists, create.persistence != .temporary, !isDropped(kind, create.name) else { return nil }
      self.init(
        "creates \(kind.rawValue) \(create.name) without if not exists", object(create.name),
        .words("if not exists", after: ["create", "unlogged", "table", "materialized", "view"]))
    case .createIndex(let create):
      guard !create.ifNotExists else { return nil }
      guard let name = create.name else {
        self.init(
          "creates an index on \(create.table) that gets another name each time", object(create.table),
          .advice("name it, and write if not exists"))
        return
      }
      let index = QualifiedName(schema: declared.resolve(create.table).schema, name: name)
      guard !declared.isDroppedBefore(.index, index) else { return nil }
      self.init(
        "creates index \(Quoting.identifier(name)) without if not exists", object(create.table),
        .words("if not exists", after: ["create", "unique", "index", "concurrently"]))
    case .createSequence(let create):
      guard !create.ifNotExists, create.persistence != .temporary, !isDropped(.sequence, create.name)
      else { return nil }
      self.init(
        "creates sequence \(create.name) without if not exists", object(create.name),
        .words("if not exists", after: ["create", "unlogged", "sequence"]))
    case .createSchema(let create):
      guard !create.ifNotExists, !isDropped(.schema, create.name) else { return nil }
      self.init(
        "creates schema \(Quoting.identifier(create.name)) without if not exists",
        ObjectName(schema: create.name), .words("if not exists", after: ["create", "schema"]))
    case .createExtension(let create):
      guard !create.ifNotExists, !isDropped(.extension, create.name) else { return nil }
      self.init(
        "creates extension \(Quoting.identifier(create.name)) without if not exists", nil,
        .words("if not exists", after: ["create", "extension"]))
    case .createView(let create):
      guard !create.orReplace, create.persistence != .temporary, !isDropped(.view, create.name) else { return nil }
      self.init(
        "creates view \(create.name) without or replace", object(create.name),
        .words("or replace", after: ["create"]))
    case .createFunction(let create):
      let kind: Syntax.ObjectKind = create.isProcedure ? .procedure : .function
      guard !create.orReplace, !isDropped(kind, create.name), !isDropped(.routine, create.name) else { return nil }
      self.init(
        "creates \(kind.rawValue) \(create.name) without or replace", object(create.name),
        .words("or replace", after: ["create"]))
    case .createTrigger(let create):
      let name = Quoting.identifier(create.name)
      guard !create.orReplace, !isDropped(.trigger, create.name, on: create.table) else { return nil }
      let drop = "drop trigger if exists \(name) on \(create.table);"
      self.init(
        "creates trigger \(name) on \(create.table) without or replace", object(create.table),
        create.isConstraint ? .statement(drop) : .words("or replace", after: ["create"]))
    case .createPolicy(let create):
      let name = Quoting.identifier(create.name)
      guard !isDropped(.policy, create.name, on: create.table) else { return nil }
      self.init(
        "creates policy \(name) on \(create.table), which fails when it is there", object(create.table),
        .statement("drop policy if exists \(name) on \(create.table);"))
    case .createType(let create):
      guard !isDropped(.type, create.name) else { return nil }
      self.init(
        "creates type \(create.name), which fails when it is there", object(create.name), .unlessType(create.name))
    case .createDomain(let create):
      guard !isDropped(.domain, create.name), !isDropped(.type, create.name) else { return nil }
      self.init(
        "creates domain \(create.name), which fails when it is there", object(create.name), .unlessType(create.name))
    case .alterEnum(let alter):
      guard case .add(let label, ifNotExists: false, _) = alter.action else { return nil }
      self.init(
        "adds value \(NonidempotentDDL.literal(label)) to \(alter.type) without if not exists", object(alter.type),
        .advice("add value if not exists \(NonidempotentDDL.literal(label))"))
    case .drop(let drop):
      guard !drop.ifExists, let first = drop.objects.first else { return nil }
      let kind = drop.kind.rawValue.split(separator: " ").map(String.init)
      self.init(
        "drops \(first) without if exists", object(first.owner ?? first.name),
        .words("if exists", after: ["drop"] + kind + ["concurrently"]))
    default:
      return nil
    }
  }
}

extension Guard {
  fileprivate static func unlessType(_ name: Syntax.QualifiedName) -> Guard {
    .unlessExists("select where to_regtype(\(NonidempotentDDL.literal(name.description))) is not null")
  }
}

extension Syntax.Constraint.Kind {
  fileprivate var words: String {
    switch self {
    case .primaryKey: "a primary key"
    case .unique: "a unique constraint"
    case .foreignKey: "a foreign key"
    case .check: "a check"
    case .exclusion: "an exclusion constraint"
    case .notNull: "a not-null constraint"
    }
  }
}
