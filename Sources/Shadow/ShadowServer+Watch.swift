internal import Basics
internal import FoundationEssentials
internal import Glibc
package import Migrations
internal import Postgres
internal import Synchronization
internal import SystemPackage

extension ShadowServer {
  /// Runs `body`, which applies migrations to a database, and ends what it does there when that takes more than it may:
  /// more room than a state can have, or more time for one statement than `limits`, which a file can set aside with
  /// `SET statement_timeout = 0`.
  ///
  /// - Throws: What `body` throws; with the limit in words, when it was the limit that ended it.
  package nonisolated func watching<Value>(
    _ shadow: ShadowDatabase, _ limits: TimeLimits, _ body: () async throws -> Value
  ) async throws -> Value {
    try await watching(DatabaseName(rawValue: shadow.name), limits, body)
  }

  nonisolated func watching<Value>(
    _ database: DatabaseName, _ limits: TimeLimits, _ body: () async throws -> Value
  ) async throws -> Value {
    let watch = Watch(
      server: superuser(of: DatabaseName(rawValue: Self.maintenance)), log: server.log.string,
      database: database.rawValue, sizeLimit: configuration.sizeLimit, timeLimit: limits.statement)
    // Ended below, when `body` has ended.
    let task = Task { await watch.run() }
    let result = await Result { try await body() }
    task.cancel()
    await task.value
    guard let reason = watch.reason.withLock({ $0 }), case .failure(let error) = result else { return try result.get() }
    let verdict = PostgresError(.timeout, reason, sqlState: .queryCanceled)
    guard let failure = error as? ApplyFailure else { throw verdict }
    throw ApplyFailure(
      path: failure.path, statementIndex: failure.statementIndex, position: failure.position, cause: .postgres(verdict))
  }
}

/// Looks at what goes on in a database every quarter of a second; nothing is asked of the server before the first.
private final class Watch: Sendable {
  private let server: ConnectionString
  private let log: String
  private let database: String
  /// In bytes.
  private let sizeLimit: Int
  private let timeLimit: Duration?
  /// Why it was ended, if it was.
  let reason = Mutex<String?>(nil)

  private static let interval: Duration = .milliseconds(250)
  /// For the server to keep its own limit.
  private static let grace: Duration = .seconds(2)

  init(server: ConnectionString, log: String, database: String, sizeLimit: Int, timeLimit: Duration?) {
    self.server = server
    self.log = log
    self.database = database
    self.sizeLimit = sizeLimit
    self.timeLimit = timeLimit
  }

  func run() async {
    // When the server cannot be asked, it is not there, and nothing goes on in it.
    try? await Task.sleep(for: Self.interval)
    guard !Task.isCancelled else { return }
    try? await Connection.with(server, as: "penstock shadow watch") { connection in
      let start = try await room(connection)
      var attempts = 0
      while !Task.isCancelled {
        if let excess = try await excess(over: start, connection) {
          reason.withLock { $0 = $0 ?? excess }
          attempts += 1
          // A statement can catch the first; nothing can catch the second.
          let function = attempts < 8 ? "pg_cancel_backend" : "pg_terminate_backend"
          try await connection.execute("select \(function)(pid) from (\(Self.sessions)) s", [database])
        }
        try await Task.sleep(for: Self.interval)
      }
    }
    trimLog()
  }

  private func excess(over start: Int, _ connection: Connection) async throws -> String? {
    let growth = try await room(connection) - start
    guard growth <= sizeLimit else {
      return """
        The migration was stopped because the shadow grew by \(growth >> 20) MB, and may by \(sizeLimit >> 20) MB: tables, \
        indexes, temporary files and logs together.
        """
    }
    guard let timeLimit else { return nil }
    let rows = try await connection.query(
      "select max(extract(epoch from clock_timestamp() - query_start))::float8 from (\(Self.sessions)) s", [database])
    let seconds = try rows[0].decode(Double?.self) ?? 0
    guard seconds * 1_000 > (timeLimit + Self.grace).milliseconds else { return nil }
    return
      "The statement was stopped because it took longer than \(timeLimit.text), whatever the file says of timeouts."
  }

  /// In bytes, all that a session can fill.
  private func room(_ connection: Connection) async throws -> Int {
    try await connection.query(
      """
      select coalesce((select pg_database_size(oid) from pg_database where datname = $1), 0)
        + (select coalesce(sum(size), 0) from pg_ls_waldir()) + (select coalesce(sum(size), 0) from pg_ls_tmpdir())
        + (select count(*) * 262144 from pg_ls_dir('pg_notify')) + coalesce((pg_stat_file($2, true)).size, 0)
      """, [database, log])[0].decode(Int.self)
  }

  /// Those of the database that are at work, and not the superuser's.
  private static let sessions = """
    select a.pid, a.query_start from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
    where a.datname = $1 and a.state = 'active' and not r.rolsuper
    """

  /// What a migration has made the server write to its log is of no use to anybody.
  private func trimLog() {
    guard let size = try? FileManager.default.attributesOfItem(atPath: log)[.size] as? Int, size > 16 << 20 else {
      return
    }
    truncate(log, 0)
  }
}
