import ArgumentParser
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
    let snapshot = try await SchemaSource(source).snapshot(in: workspace)
    Terminal.answer(SQLDump(snapshot, part: policies ? .policies : .everything).text)
  }
}
