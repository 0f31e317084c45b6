internal import Basics
internal import FoundationEssentials
internal import Glibc
package import Migrations
internal import Postgres
internal import SystemPackage

extension ShadowServer {
  /// Runs `body`, which applies migrations to a database, and ends what it does there when that takes more than it may:
  /// more room than a state can have, or more time for one statement than `limits`, which a file can set aside with
  /// `SET statement_timeout = 0`.
  ///
  /// - Throws: What `body` throws; with the limit in words, when it was a limit that ended it, that of the server's
  ///   memory too.
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
      database: database.rawValue, sizeLimit: configuration.sizeLimit, timeLimit: limits.statement,
      notice: configuration.notice)
    // Ended below, when `body` has ended.
    let task = Task { await watch.run() }
    let result = await Result { try await body() }
    task.cancel()
    let excess = await task.value
    return try result.mapError { inWords($0, excess) }.get()
  }

  /// An error with the limit in words that it comes from, if it does.
  private nonisolated func inWords(_ error: any Error, _ excess: PostgresError?) -> any Error {
    let failure = error as? ApplyFailure
    guard let cause = failure?.postgres ?? error as? PostgresError else { return error }
    let verdict: PostgresError
    if cause.sqlState == .outOfMemory {
      verdict = PostgresError(
        .server,
        "The statement was stopped because it needs more memory than the \(configuration.memoryLimit >> 20) MB that a "
          + "session of the shadow may have.", sqlState: .outOfMemory)
    } else if let excess, cause.code == .connectionLost || [.queryCanceled, .adminShutdown].contains(cause.sqlState) {
      verdict = excess
    } else {
      return error  // Whatever the watch has stopped, this is something else.
    }
    guard let failure else { return verdict }
    return ApplyFailure(
      path: failure.path, statementIndex: failure.statementIndex, position: failure.position, cause: .postgres(verdict))
  }
}

/// Looks at what goes on in a database every quarter of a second; nothing is asked of the server before the first.
private struct Watch: Sendable {
  let server: ConnectionString
  let log: String
  let database: String
  /// In bytes.
  let sizeLimit: Int
  let timeLimit: Duration?
  let notice: @Sendable (String) -> Void

  private static let interval: Duration = .milliseconds(250)
  /// For the server to keep its own limit.
  private static let grace: Duration = .seconds(2)

  /// What was seen so far.
  private struct Sight {
    var start: Int?
    var attempts = 0
    /// Why something was ended last.
    var excess: PostgresError?
  }

  /// Watches until the task is cancelled, over another connection when one is lost: the server ends all sessions and
  /// goes on when one of its processes is killed.
  ///
  /// - Returns: Why something was ended last, if it was.
  func run() async -> PostgresError? {
    var sight = Sight()
    var isTold = false
    while (try? await Task.sleep(for: Self.interval)) != nil {
      do {
        try await Connection.with(server, as: "penstock shadow watch") { try await look(over: $0, &sight) }
      } catch {
        // When the server cannot be asked because it is not there, nothing goes on in it.
        if !isTold, !Task.isCancelled { notice("What goes on in a shadow could not be seen for a moment: \(error)") }
        isTold = true
      }
    }
    trimLog()
    return sight.excess
  }

  private func look(over connection: Connection, _ sight: inout Sight) async throws {
    let start: Int
    if let known = sight.start { start = known } else { start = try await room(connection) }
    sight.start = start
    while true {
      // A statement can catch the first; nothing can catch the second.
      let function = sight.attempts < 8 ? "pg_cancel_backend" : "pg_terminate_backend"
      if let excess = try await stop(by: function, over: start, connection) {
        sight.excess = excess
        sight.attempts += 1
      } else {
        sight.attempts = 0
      }
      try await Task.sleep(for: Self.interval)
    }
  }

  /// Stops what takes too much.
  ///
  /// - Returns: Why; nil when nothing does.
  private func stop(by function: String, over start: Int, _ connection: Connection) async throws -> PostgresError? {
    let growth = try await room(connection) - start
    guard growth <= sizeLimit else {
      try await connection.execute("select \(function)(pid) from (\(Self.sessions)) s", [database])
      return PostgresError(
        .server,
        """
        The migration was stopped because the shadow grew by \(growth >> 20) MB, and may by \(sizeLimit >> 20) MB: tables, \
        indexes, temporary files and logs together.
        """, sqlState: .diskFull)
    }
    guard let timeLimit else { return nil }
    // Many statements that are sent as one text have the age of the first. They may be stopped too early for that, and
    // are then sent again by themselves (`StatementSender`): those must not be hit in their place, so what is looked at
    // is stopped in the same moment.
    let stopped = try await connection.query(
      """
      select \(function)(pid) from (\(Self.sessions)) s
      where clock_timestamp() - query_start > $2::float8 * interval '1 ms'
      """, [database, (timeLimit + Self.grace).milliseconds])
    guard !stopped.isEmpty else { return nil }
    return PostgresError(
      .timeout,
      "The statement was stopped because it took longer than \(timeLimit.text), whatever the file says of timeouts.",
      sqlState: .queryCanceled)
  }

  /// In bytes, what the database's sessions fill: its files, and their temporary ones. Notifications that wait and the
  /// log are the whole server's. The write-ahead log is not counted: `max_wal_size` keeps it small.
  private func room(_ connection: Connection) async throws -> Int {
    try await connection.query(
      """
      select coalesce((select pg_database_size(oid) from pg_database where datname = $1), 0)
        + (
          select coalesce(sum(t.size), 0) from pg_ls_tmpdir() t
          join pg_stat_activity a on a.pid = substring(t.name from '^pgsql_tmp([0-9]+)[.]')::int
          where a.datname = $1
        )
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
