internal import SQL
internal import Schema

/// `drop-view`, `drop-function`, `drop-type`, `drop-domain`, `drop-sequence`, `drop-extension`, `drop-schema`
struct DropObject: StatementRule {
  let about: RuleDescription
  private let kinds: Set<Syntax.ObjectKind>

  static let views = DropObject(
    [.view, .materializedView], "drop-view", severity: .warning, summary: "Dropped view",
    why: "clients that still read it fail at once", bad: "drop view if exists public.open_invoices;",
    good: """
      drop view if exists public.open_invoices;
      create view public.open_invoices with (security_invoker = on) as select 1 as id;
      """, page: "sql-dropview")

  static let functions = DropObject(
    [.function, .procedure, .routine, .aggregate], "drop-function", severity: .warning,
    summary: "Dropped function or procedure",
    why: "clients that still call it fail at once, and so do functions that do, which PostgreSQL does not check",
    bad: "drop function if exists public.total(bigint);",
    good: """
      drop function if exists public.total(bigint);
      create function public.total(id bigint) returns numeric stable return 1.0;
      """, page: "sql-dropfunction")

  static let types = DropObject(
    [.type], "drop-type", severity: .warning, summary: "Dropped type",
    why: "clients that know it by name fail, and functions whose bodies name it do when they are next called",
    bad: "drop type if exists public.status;",
    good: """
      drop type if exists public.status;
      create type public.status as enum ('open', 'closed');
      """, page: "sql-droptype")

  static let domains = DropObject(
    [.domain], "drop-domain", severity: .warning, summary: "Dropped domain",
    why: "clients that know it by name fail, and functions whose bodies name it do when they are next called",
    bad: "drop domain if exists public.email;",
    good: """
      drop domain if exists public.email;
      create domain public.email as text check (value like '%@%');
      """, page: "sql-dropdomain")

  static let sequences = DropObject(
    [.sequence], "drop-sequence", severity: .warning, summary: "Dropped sequence",
    why: "its position is gone: one made anew gives out numbers that were given out before",
    bad: "drop sequence if exists public.invoice_numbers;",
    good: """
      create sequence if not exists public.invoice_numbers;
      """, page: "sql-dropsequence", countsWhenMadeAnew: true)

  static let extensions = DropObject(
    [.extension], "drop-extension", severity: .warning, summary: "Dropped extension",
    why: "all that it brought goes with it, and with CASCADE the columns of its types and the indexes of its operators",
    bad: "drop extension if exists pg_trgm;",
    good: """
      create extension if not exists pg_trgm with schema extensions;
      """, page: "sql-dropextension", countsWhenMadeAnew: true)

  static let schemas = DropObject(
    [.schema], "drop-schema", severity: .error, summary: "Dropped schema",
    why: "with CASCADE everything in it goes, rows too, for good",
    bad: "drop schema if exists billing cascade;",
    good: """
      -- penstock: ignore drop-schema moved to another database in 2.4, dumped to the archive
      drop schema if exists billing cascade;
      """, page: "sql-dropschema", countsWhenMadeAnew: true,
    others: [.languageServer: ["banDropSchema"], .pgfence: ["drop-schema"], .atlas: ["DS101"]])

  private let countsWhenMadeAnew: Bool

  private init(
    _ kinds: Set<Syntax.ObjectKind>, _ name: RuleName, severity: Severity, summary: String, why: String, bad: String,
    good: String, page: String, countsWhenMadeAnew: Bool = false,
    others: [RuleDescription.OtherTool: [String]] = [:]
  ) {
    self.kinds = kinds
    self.countsWhenMadeAnew = countsWhenMadeAnew
    let anew =
      countsWhenMadeAnew
      ? "" : " What the same file makes anew afterwards is replaced, not lost, and is left alone too."
    about = RuleDescription(
      name: name,
      severity: severity,
      evidence: [.ast],
      summary: summary,
      why: why,
      explanation: """
        Drop it in two releases: first one in which nothing uses it any more, then the migration, with a suppression \
        that says so. What the pending migrations create themselves is left alone.\(anew)
        """,
      bad: RuleExample(stringLiteral: bad),
      good: RuleExample(stringLiteral: good),
      source: "https://www.postgresql.org/docs/15/\(page).html",
      others: others)
  }

  var statementKinds: Syntax.Kinds { .drop }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .drop(let drop) = statement.syntax, kinds.contains(drop.kind) else { return [] }
    return drop.objects.compactMap { object in
      let key = ObjectKey(kind: drop.kind, name: context.declared.resolve(object.name))
      let keys =
        [key] + (drop.kind == .routine ? [.function, .procedure].map { ObjectKey(kind: $0, name: key.name) } : [])
      guard !keys.contains(where: context.declared.isCreatedByPendingFiles), !isAbsent(object, drop, context) else {
        return nil
      }
      if !countsWhenMadeAnew, keys.contains(where: context.isMadeAnewLater) || isReplacedByTable(object, context) {
        return nil
      }
      let isGlobal = drop.kind == .schema || drop.kind == .extension
      return context.issue(
        "drops \(object)",
        at: statement.range,
        object: isGlobal ? (drop.kind == .schema ? ObjectName(schema: object.name.name) : nil) : ObjectName(key.name),
        fix: .init(text: "release first what no longer uses it; then say so in a suppression's reason"))
    }
  }

  /// Of views and functions, a server's catalog says whether they are there.
  private func isAbsent(_ object: Syntax.ObjectReference, _ drop: Syntax.Drop, _ context: StatementContext) -> Bool {
    guard drop.ifExists, let before = context.before else { return false }
    let name = context.declared.resolve(object.name)
    switch drop.kind {
    case .view, .materializedView: return before.views[name] == nil
    case .function, .procedure, .routine: return !before.functions.keys.contains { $0.name == name }
    default: return false
    }
  }

  /// A view may come back as a table or the other way round, a type as a domain.
  private func isReplacedByTable(_ object: Syntax.ObjectReference, _ context: StatementContext) -> Bool {
    let name = context.declared.resolve(object.name)
    let successors: [Syntax.ObjectKind]
    switch object.kind {
    case .view: successors = [.table, .materializedView]
    case .materializedView: successors = [.table, .view]
    case .type: successors = [.domain]
    case .domain: successors = [.type]
    default: return false
    }
    return successors.contains { context.isMadeAnewLater(ObjectKey(kind: $0, name: name)) }
  }
}
