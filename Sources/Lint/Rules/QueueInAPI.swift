internal import SQL
internal import Schema

/// `queue-in-api`
struct QueueInAPI: CatalogRule {
  let about = RuleDescription(
    name: "queue-in-api",
    severity: .error,
    evidence: [.ast],
    profiles: [.supabase],
    summary: "Queue that clients reach, without row level security",
    why: "every client can read, send and delete the messages of the others",
    explanation: """
      With `pgmq_public`, or `pgmq` itself, among the schemas that the API serves (`api-schemas`), the table of a queue \
      needs row level security and a policy for those who may use it.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "select pgmq.create('mails');")], apiSchemas: ["public", "pgmq_public"]),
    good: RuleExample(
      files: [
        (RuleExample.path, "select pgmq.create('mails');\nalter table pgmq.q_mails enable row level security;")
      ], apiSchemas: ["public", "pgmq_public"]),
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0019_insecure_queue_exposed_in_api",
    others: [.splinter: ["0019_insecure_queue_exposed_in_api"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    guard !context.configuration.apiSchemas.isDisjoint(with: ["pgmq", "pgmq_public"]) else { return [] }
    var secured: Set<String> = []
    var made: [(queue: String, place: Place)] = []
    for (index, file) in context.input.files.enumerated() {
      for statement in file.statements {
        switch statement.syntax {
        case .alterTable(let alter) where alter.name.schema == "pgmq":
          for command in alter.commands {
            if case .enableRowSecurity = command.action { secured.insert(alter.name.name) }
          }
        case .select(let select) where select.functions.contains(where: Self.createsQueue):
          guard file.isPending else { continue }
          made += statement.literals.prefix(1).map {
            ($0.value.lowercased(), Place(file: index, range: statement.range))
          }
        default: break
        }
      }
    }
    return made.filter { !secured.contains("q_\($0.queue)") }.map { queue, place in
      let table = QualifiedName(schema: "pgmq", name: "q_\(queue)")
      let statement = "alter table \(table) enable row level security;"
      return Issue(
        place: place, object: ObjectName(table), message: "queue \(queue) is open to every client of the API",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)), evidence: .ast)
    }
  }

  private static func createsQueue(_ function: Syntax.QualifiedName) -> Bool {
    function.schema == "pgmq"
      && ["create", "create_unlogged", "create_non_partitioned", "create_partitioned"]
        .contains(function.name)
  }
}
