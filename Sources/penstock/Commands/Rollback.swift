import ArgumentParser
import Basics
import Migrations
import Pipeline
import Postgres
import Schema
import Shadow

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Write the migration that undoes one, or all from one back to another; proved on a shadow.",
    discussion: """
      What it writes turns the schema into that of a history without those migrations, and is tried on a copy with \
      rows. Of rows only what is still there can come back: what cannot is named, and --check does nothing but that. \
      Exit code 1 with --check when something is lost or the rollback is not proved.

      Example: penstock rollback 20251108120000 --check
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("The migration to undo; with --to the newest of those.", valueName: "version"))
  var version: String

  @Option(help: ArgumentHelp("Go back to where this one is the newest.", valueName: "version"))
  var to: String?

  @Flag(help: "Write nothing, and say what would be lost.")
  var check = false

  @Option(
    name: [.customLong("database"), .customLong("db-url")],
    help: ArgumentHelp(
      "Undo what this database has applied, also where the file is gone. Default: the work tree's migrations.",
      valueName: "url"))
  var database: String?

  @Option(help: "exact or any: whether a table is made anew to have a column back in its place.")
  var columnOrder = Plan.Options.ColumnOrder.exact

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let undo = try Undo(of: version, to: to, in: try await migrations(in: workspace))
    let surroundings =
      if let database {
        try await Surroundings.of(.database(try connection(to: database, in: workspace)), in: workspace)
      } else {
        Surroundings(of: workspace)
      }
    let (tried, cannotReturn) = try await undo.tried(
      in: workspace, surroundings, options: .init(columnOrder: columnOrder))
    var answer = PlanAnswer(tried)
    answer.cannotReturn = cannotReturn
    let losses = answer.losses + cannotReturn
    if !check, !tried.plan.isEmpty {
      answer.files = try await workspace.write(
        tried, as: undo.name, title: "Undoes \(undo.description)",
        notes: cannotReturn.map { "Does not bring back \($0)." }
      )
    }
    switch format {
    case .json: try Terminal.answer(json: answer)
    case .text where check: Terminal.answer(([verdict(tried, losses)] + answer.remarks).joined(separator: "\n"))
    case .text where tried.plan.isEmpty: Terminal.answer("There is nothing to undo in the schema.")
    case .text: Terminal.answer(answer.files?.joined(separator: "\n") ?? "")
    }
    if !check || format == .json { for remark in answer.remarks { Terminal.remark(remark) } }
    if check, !losses.isEmpty || !tried.proof.isProved { throw AnswerIsNo() }
  }

  private func verdict(_ tried: TriedPlan, _ losses: [String]) -> String {
    losses.isEmpty ? "Nothing would be lost." : "\(losses.count) thing\(losses.count == 1 ? "" : "s") would be lost."
  }

  private func migrations(in workspace: Workspace) async throws -> [Migration] {
    let files = try workspace.migrations()
    guard let database else { return files.migrations }
    let connection = try connection(to: database, in: workspace)
    return try await Target(name: connection.description, connection: connection, adaptation: PlainAdaptation())
      .history(of: files).appliedMigrations
  }
}

extension RollbackCommand {
  private func connection(to database: String, in workspace: Workspace) throws -> ConnectionString {
    workspace.profile.connection(to: try ConnectionString(database))
  }
}

/// Which migrations of a history are to be undone.
private struct Undo {
  let all: [Migration]
  /// In order; never empty.
  let undone: [Migration]
  let rest: [Migration]

  init(of version: String, to: String?, in all: [Migration]) throws {
    func index(of version: String) throws -> Int {
      guard let index = all.lastIndex(where: { $0.version == version }) else {
        throw Failure(.usage, "there is no migration \(version): penstock status lists them")
      }
      return index
    }
    let last = try index(of: version)
    let first = try to.map { try index(of: $0) + 1 } ?? last
    guard first <= last else { throw Failure(.usage, "\(to ?? "") is not before \(version)") }
    self.all = all
    undone = Array(all[first...last])
    rest = Array(all[..<first] + all[(last + 1)...])
  }

  /// What the migration is called.
  var name: String {
    undone.count == 1
      ? "rollback \(undone[0].version) \(undone[0].name)"
      : "rollback \(undone[undone.count - 1].version) to \(undone[0].version)"
  }

  var description: String {
    undone.count == 1 ? undone[0].fileName : "\(undone[0].fileName) to \(undone[undone.count - 1].fileName)"
  }

  /// - Returns: The plan and its proof, and what does not come back with the schema.
  func tried(
    in workspace: Workspace, _ surroundings: Surroundings, options: Plan.Options
  ) async throws -> (TriedPlan, cannotReturn: [String]) {
    let server = try await LocalServer(workspace: workspace).shadow(forMajor: surroundings.major)
    let platform = surroundings.platform
    let result = await Result {
      try await SchemaSide.with(all, in: workspace, platform, on: server) { after in
        try await withRest(in: workspace, platform, on: server) { before in
          let tried = try await TriedPlan.make(
            from: after, to: before, in: workspace, on: .success(server), options: options)
          let forth = try Plan(from: before.state, to: after.state)
          let applications = try undone.map { try Application($0) }
          return (tried, RollbackTrial.cannotReturn(forth, applications))
        }
      }
    }
    try await server.stop()
    return try result.get()
  }

  private func withRest<Value: Sendable>(
    in workspace: Workspace, _ platform: Platform, on server: ShadowServer,
    _ body: @Sendable (SchemaSide) async throws -> Value
  ) async throws -> Value {
    do {
      return try await SchemaSide.with(rest, in: workspace, platform, on: server, body)
    } catch let failure as ApplyFailure {
      throw Failure(
        .no,
        """
        without \(description), \(failure.path) does not apply: undo that first, or all from the newest on with --to
        \(failure)
        """)
    }
  }
}
