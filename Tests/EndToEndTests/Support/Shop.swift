import Daemon
import Foundation
import Git
import Migrations
import Pipeline
import Postgres
import Schema
import SystemPackage
import TestSupport
import Testing

/// A bare repository, a clone of it, a target database and a daemon between them.
struct Shop: Sendable {
  let repository: ScratchRepository
  let target: ConnectionString
  private(set) var daemon: RunningDaemon

  var folder: FilePath { repository.directory }

  /// Runs `body` in a shop of its own. The target is a database without a platform on the tests' server, so that it
  /// outlives the daemon.
  ///
  /// - Parameters:
  ///   - isDisposable: Whether the daemon may drop what is in the target.
  ///   - others: What else the daemon's configuration says of environments.
  ///   - database: How the daemon's configuration names another target; of what is there afterwards, only the daemon
  ///     knows then.
  ///   - variables: More of the daemon's environment.
  ///   - prepare: Gets the new database as its superuser; returns how the daemon is to connect to it.
  static func with(
    pipeline: String = Shop.pipeline(), database: String? = nil, isDisposable: Bool = false, others: String = "",
    variables: [String: String] = [:], target prepare: (ConnectionString) async throws -> ConnectionString = { $0 },
    _ body: (inout Shop) async throws -> Void
  ) async throws {
    try await ScratchRepository.with { repository in
      try await withScratchDatabase { scratch in
        let target = try await prepare(scratch)
        // An embedded target's PostgreSQL runs as another user when the tests run as root.
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
        try repository.write(
          configuration(
            "{ database: \(database ?? "{ url: \"\(target)\" }"), profile: postgres, disposable: \(isDisposable) }",
            others,
            in: repository),
          to: repository.directory.appending("penstock.yaml"))
        let installed = try await Penstock.run(
          "hooks", "install", "--server", "-C", repository.bare.string, in: repository.directory)
        #expect(installed.exitCode == 0, "\(installed.error)")
        try await repository.commit("pipelines", files: ["pipelines/staging.yaml": pipeline])
        let daemon = try await RunningDaemon.start(in: repository.directory, variables: variables)
        var shop = Shop(repository: repository, target: target, daemon: daemon)
        do {
          try await body(&shop)
        } catch {
          shop.daemon.stop()
          throw error
        }
        shop.daemon.stop()
      }
    }
  }

  static func pipeline(promote: String = "{}", diff: String = "{}", gate: Bool = false) -> String {
    """
    name: staging
    on: { push: { branches: [staging] } }
    environment: staging
    stages:
      - validate
      - reset
      - apply
      - diff: \(diff)
      \(gate ? "- gate: { approvals: 1 }" : "")
      - promote: \(promote)

    """
  }

  /// A migration for which no rule has more than an advice.
  static func table(_ name: String) -> String {
    """
    create table if not exists public.\(name) (
      id uuid primary key default gen_random_uuid(),
      title text not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    comment on table public.\(name) is 'What the tests make.';

    """
  }

  mutating func restartDaemon() async throws {
    daemon = try await RunningDaemon.start(in: folder)
  }

  /// Commits files and pushes the clone's branch to `staging`, and waits for the verdict.
  @discardableResult
  func push(
    _ message: String, _ files: [String: String?], force: Bool = false, options: [String] = []
  ) async throws -> (commit: ObjectID, outcome: ScratchRepository.Outcome) {
    let commit = try await repository.commit(message, files: files)
    let outcome = try await repository.push(
      "HEAD:refs/heads/staging", force: force, options: options, environment: environment)
    return (commit, outcome)
  }

  /// What a hook needs to find the daemon and the binary.
  var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let folder = FilePath(Penstock.path).removingLastComponent().string
    return ["PATH": "\(folder):\(path)", "PENSTOCK_SOCKET": daemon.socket.string]
  }

  func penstock(_ arguments: String...) async throws -> Penstock.Outcome {
    try await Penstock.run(arguments, in: repository.clone, environment: environment)
  }

  // MARK: What there is afterwards

  func note(of commit: ObjectID) async throws -> String {
    try await repository.git("notes", "--ref=penstock", "show", commit.hex, in: repository.bare)
  }

  /// The versions in the target's history.
  func versions() async throws -> [String] {
    try await Connection.with(target, as: "test") { try await History.read(from: $0).map(\.version) }
  }

  /// Of the target's schema.
  func fingerprint() async throws -> Fingerprint {
    try await Connection.with(target, as: "test") { try await Snapshot.read(from: $0, scope: .postgres).fingerprint }
  }

  func hasTable(_ name: String) async throws -> Bool {
    try await Connection.with(target, as: "test") { connection in
      try await connection.query("select to_regclass($1) is not null", ["public.\(name)"])[0].decode(Bool.self)
    }
  }

  /// The names of all roles of the target's server, which other tests have targets on.
  func roles() async throws -> [String] {
    try await Connection.with(target, as: "test") { connection in
      try await connection.query("select rolname::text from pg_roles order by 1").map { try $0.decode(String.self) }
    }
  }

  func runs() async throws -> [RunSummary] {
    let answer = try await penstock("runs", "--format", "json")
    #expect(answer.exitCode == 0, "\(answer.error)")
    return try JSONDecoder().decode([RunSummary].self, from: Data(answer.output.utf8))
  }

  func record(of run: RunID) async throws -> RunRecord {
    let answer = try await penstock("show", run.rawValue, "--format", "json")
    #expect(answer.exitCode == 0, "\(answer.error)")
    return try JSONDecoder().decode(RunRecord.self, from: Data(answer.output.utf8))
  }

  private static func configuration(_ staging: String, _ others: String, in repository: ScratchRepository) -> String {
    """
    state: \(repository.directory.appending("state"))
    socket: \(repository.directory.appending("penstock.sock"))
    repositories:
      shop:
        path: \(repository.bare)
        branches: { staging: staging }
    environments:
      staging: \(staging)
      \(others)
    shadow: { directory: \(repository.directory.appending("shadow")) }

    """
  }
}
