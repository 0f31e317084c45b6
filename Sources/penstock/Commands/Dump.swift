import ArgumentParser
import Pipeline
import Schema

struct Dump: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a schema as SQL, in an order and a form that are always the same.",
    discussion: "Example: penstock dump main > schema.sql")

  @OptionGroup var options: GlobalOptions

  @Argument(help: "A database's URL, a git revision, worktree or local.")
  var source = "local"

  @Option(
    help: ArgumentHelp("Only this schema and what is in it; may be given more than once.", valueName: "name"))
  var schema: [String] = []

  @Flag(help: "Only row security.")
  var policies = false

  func validate() throws {
    if policies, !schema.isEmpty { throw ValidationError("--policies is told of all schemas") }
  }

  func run() async throws {
    let workspace = try await options.workspace()
    let state = try await SchemaSource(source).read(in: workspace) { [scope = workspace.profile.scope] in
      try await SchemaState.read(from: $0, scope: scope)
    }
    let facts = state.snapshot.facts.filter { $0.id.kind == .schema }.map(\.id.object.name)
    if let missing = schema.first(where: { !facts.contains($0) }) {
      throw Failure(.usage, "there is no schema \(missing) in \(source)")
    }
    let part: SQLDump.Part = policies ? .policies : schema.isEmpty ? .everything : .schemas(Set(schema))
    Terminal.answer(try SQLDump(state, part: part).text)
  }
}
