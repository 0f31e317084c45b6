internal import Basics
package import Migrations
internal import Postgres
internal import SQL

/// Applies a repository's whole history on shadows, past the files that fail, and says of each why.
///
/// What a file does after others have failed says little: most of what fails then fails for want of what they would
/// have brought. So there are two databases, from the first failure on. The **plain** one is what is: a file that failed
/// has left nothing, and a file has applied when it has applied there. The **hopeful** one is what could be: a file that
/// failed has left every statement that succeeds alone, and a statement that came too early is tried again when what it
/// waits for has come. A file that fails in the plain one and not in the hopeful one is a knock-on of the others, as the
/// server itself has shown; one that fails in both is judged by its failure in the hopeful one, so that a mistake of
/// its own is seen behind those of others, and a name that only a failed statement would have made still points to it.
///
/// That takes one run of the files where all is well, and two and the failures' own statements where it is not.
package struct HistoryTrial: Sendable {
  private let server: ShadowServer
  private let platform: Platform

  package init(on server: ShadowServer, platform: Platform) {
    self.server = server
    self.platform = platform
  }

  /// - Parameter progress: Is told of each file before it is tried.
  /// - Throws: What keeps the trial from being held: `ShadowError`, or `PostgresError` where the server is lost. A file
  ///   that fails is part of the verdict.
  package func verdict(
    on set: MigrationSet, progress: (Migration) -> Void = { _ in }
  ) async throws -> HistoryVerdict {
    var run = TrialRun(set: set, plain: try await session(), profile: platform.profile, standIns: await standIns())
    let result = await Result { () async throws -> HistoryVerdict in
      try await run.prepare()
      for index in set.migrations.indices {
        try Task.checkCancellation()
        progress(set.migrations[index])
        if try await run.tryPlainly(index) { continue }
        if run.hopeful == nil { run.hopeful = try await session() }
        try await run.judge(index)
      }
      return try await run.verdict(server: server.configuration.binaries.version)
    }
    for session in [run.plain, run.hopeful].compactMap(\.self) {
      await session.close()
      try await server.release(session.shadow)
    }
    return try result.get()
  }

  private func session() async throws -> TrialSession {
    let shadow = try await server.reset(platform: platform, migrations: [])
    do {
      return try await TrialSession(shadow, on: server)
    } catch {
      try await server.release(shadow)
      throw error
    }
  }

  private func standIns() async -> Set<String> {
    await server.adaptation.standIns
  }
}

/// A shadow on which a history is tried, and the one session in which that is done.
struct TrialSession: Sendable {
  let shadow: ShadowDatabase
  private let server: ShadowServer
  private var connection: Connection

  init(_ shadow: ShadowDatabase, on server: ShadowServer) async throws {
    self.shadow = shadow
    self.server = server
    connection = try await Self.connect(to: shadow)
  }

  func apply(_ application: Application) async throws(ApplyFailure) -> AppliedMigration {
    try await watched(application) { limits throws(ApplyFailure) in
      try await application.apply(
        on: connection, adaptation: shadow.adaptation, pace: .pipelined, limits: limits, recording: .nothing)
    }
  }

  /// - Parameter selection: As of `Application.salvage`.
  func salvage(_ application: Application, _ selection: Set<Int>? = nil) async throws(ApplyFailure) -> Salvage {
    try await watched(application) { limits throws(ApplyFailure) in
      try await application.salvage(selection, on: connection, adaptation: shadow.adaptation, limits: limits)
    }
  }

  private func watched<Value>(
    _ application: Application, _ body: (TimeLimits) async throws(ApplyFailure) -> Value
  ) async throws(ApplyFailure) -> Value {
    let limits = server.configuration.limits
    do {
      return try await server.watching(shadow, limits) { try await body(limits) }
    } catch {
      throw error as? ApplyFailure ?? ApplyFailure(path: application.migration.path, cause: .file("\(error)"))
    }
  }

  func names(_ sql: String) async throws -> Set<String> {
    Set(try await connection.query(sql).map { try $0.decode(String.self) })
  }

  /// The names of all functions, with their schemas.
  func functions() async throws -> [String: Set<String>] {
    let rows = try await connection.query(
      "select distinct proname::text, pronamespace::regnamespace::text from pg_proc")
    var functions: [String: Set<String>] = [:]
    for row in rows {
      let (name, schema) = try row.decode(String.self, String.self)
      functions[name, default: []].insert(schema)
    }
    return functions
  }

  var serverMajor: Int {
    get async { await connection.serverVersion / 10_000 }
  }

  func close() async {
    await connection.close()
  }

  /// A migration may end its own session.
  mutating func reconnect() async throws {
    if await !connection.isUsable { connection = try await Self.connect(to: shadow) }
  }

  private static func connect(to shadow: ShadowDatabase) async throws -> Connection {
    try await Connection.open(shadow.migrationRole, applicationName: "penstock trial")
  }
}
