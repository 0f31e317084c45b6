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

  @Flag(help: "Only row security.")
  var policies = false

  func run() async throws {
    let workspace = try await options.workspace()
    let state = try await SchemaSource(source).read(in: workspace) { [scope = workspace.profile.scope] in
      try await SchemaState.read(from: $0, scope: scope)
    }
    Terminal.answer(try SQLDump(state, part: policies ? .policies : .everything).text)
  }
}
