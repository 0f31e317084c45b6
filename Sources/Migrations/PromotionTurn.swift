internal import Basics
internal import Postgres

/// The turn to promote to a database, of which there is one.
///
/// It is a session-level advisory lock, on a connection that does nothing else: the worker's own statements cannot give
/// it back by accident, and a connection without a transaction is in the way of no CREATE INDEX CONCURRENTLY. It is
/// tried for again and again instead of waited for, because a session that waits for a lock holds a snapshot, which is.
///
/// Session-level locks need a connection of their own: not one through a pooler in transaction mode.
package struct PromotionTurn: Sendable {
  /// `Penstock` in ASCII. The lock belongs to the database it is taken in, so one number does for all targets.
  private static let key: Int64 = 0x5065_6E73_746F_636B

  /// Who has the turn.
  package struct Holder: Hashable, Sendable {
    package let processID: Int32
    package let applicationName: String
    package let user: String?
    package let since: String?
  }

  private let keeper: Connection
  /// A connection for the migrations' statements, the only one of its kind while the turn lasts.
  let worker: Connection

  /// Waits for the turn, and sees to it that nothing of an earlier promotion is at work any more.
  static func take(
    for promotion: Promotion, progress: @Sendable (PromotionEvent) async -> Void
  ) async throws(PromotionFailure) -> PromotionTurn {
    let keeper: Connection
    do {
      keeper = try await Connection.open(promotion.target, applicationName: promotion.keeperName)
    } catch {
      throw PromotionFailure(error, doing: "The target \(promotion.name) could not be connected to")
    }
    do {
      let deadline = ContinuousClock.now + promotion.settings.turnTimeout
      try await lock(keeper, for: promotion, until: deadline, progress: progress)
      try await endPredecessors(keeper, of: promotion, until: deadline, progress: progress)
      try await History.ensure(on: keeper)
      try await PenstockTables.ensure(on: keeper)
      return PromotionTurn(keeper: keeper, worker: try await promotion.openWorker())
    } catch {
      await keeper.close()
      switch error {
      case let failure as PromotionFailure: throw failure
      case let error as PostgresError:
        throw PromotionFailure(error, doing: "The promotion to \(promotion.name) could not begin")
      default: throw PromotionFailure(.cancelled, "The promotion to \(promotion.name) was cancelled before it began.")
      }
    }
  }

  func end() async {
    await worker.close()
    await keeper.close()
  }

  /// Tries for the lock until it is there. A holder of this instance is of a daemon that died, and is ended.
  private static func lock(
    _ keeper: Connection, for promotion: Promotion, until deadline: ContinuousClock.Instant,
    progress: @Sendable (PromotionEvent) async -> Void
  ) async throws {
    var pause = Duration.milliseconds(20)
    var announced: Holder?
    while true {
      let rows = try await keeper.query("select pg_try_advisory_lock($1)", [key])
      if try rows[0].decode(Bool.self) { return }
      let holder = try await holder(on: keeper)
      if let holder, holder.applicationName == promotion.keeperName {
        try await terminate(holder.processID, on: keeper)
        await progress(.endedPredecessor(processID: holder.processID))
      } else if holder != announced || announced == nil {
        announced = holder
        await progress(.waitingForTurn(holder))
      }
      guard ContinuousClock.now < deadline else {
        throw PromotionFailure(
          .busy,
          "Another promotion to \(promotion.name) did not end in \(promotion.settings.turnTimeout.text)"
            + (holder.map { ": \($0)." } ?? "."))
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(500))
    }
  }

  /// Ends the workers of daemons that died: a backend whose client is gone may yet run its statement to the end.
  ///
  /// Who has the turn is the only one to have a worker, so all that are there now are nobody's.
  private static func endPredecessors(
    _ keeper: Connection, of promotion: Promotion, until deadline: ContinuousClock.Instant,
    progress: @Sendable (PromotionEvent) async -> Void
  ) async throws {
    var ended: Set<Int32> = []
    while true {
      let rows = try await keeper.query(
        """
        select pid from pg_catalog.pg_stat_activity
        where datname = current_database() and starts_with(application_name, $1)
        """,
        [Promotion.workerPrefix])
      let processes = try rows.map { try $0.decode(Int32.self) }
      if processes.isEmpty { return }
      for process in processes where ended.insert(process).inserted {
        try await terminate(process, on: keeper)
        await progress(.endedPredecessor(processID: process))
      }
      guard ContinuousClock.now < deadline else {
        throw PromotionFailure(
          .busy,
          "A backend of an earlier promotion to \(promotion.name) does not end: process \(processes[0]). "
            + "End it with pg_terminate_backend(\(processes[0])) as a role that may.")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private static func holder(on connection: Connection) async throws(PostgresError) -> Holder? {
    let rows = try await connection.query(
      """
      select a.pid, a.application_name, a.usename::text, a.backend_start::text
      from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and (l.classid::bigint << 32) + l.objid::bigint = $1
      """,
      [key])
    guard let row = rows.first else { return nil }
    let (process, name, user, since) = try row.decode(Int32.self, String?.self, String?.self, String?.self)
    return Holder(processID: process, applicationName: name ?? "", user: user, since: since)
  }

  /// Asks a backend to end. One of another role's may be out of our reach; then it is only waited for.
  static func terminate(_ processID: Int32, on connection: Connection) async throws(PostgresError) {
    do {
      _ = try await connection.query("select pg_terminate_backend($1)", [processID])
    } catch  where error.sqlState == .insufficientPrivilege {
      return
    }
  }
}

extension PromotionTurn.Holder: CustomStringConvertible {
  /// `process 4711, "penstock turn staging 3f2a", user postgres, since 2025-11-08 12:00:00+00`
  package var description: String {
    ["process \(processID)", "\"\(applicationName)\"", user.map { "user \($0)" }, since.map { "since \($0)" }]
      .compactMap(\.self).joined(separator: ", ")
  }
}

extension Promotion {
  static let workerPrefix = "penstock promote "

  /// What `pg_stat_activity` shows of the connection that has the turn.
  var keeperName: String { applicationName("penstock turn ") }
  /// And of the one that sends the statements.
  var workerName: String { applicationName(Self.workerPrefix) }

  /// PostgreSQL keeps 63 bytes, and of those only ASCII: the target's name gives way to the instance, which tells.
  private func applicationName(_ prefix: String) -> String {
    func ascii(_ text: String) -> String {
      String(text.unicodeScalars.map { $0.isASCII && $0.value >= 32 ? Character($0) : "?" })
    }
    let suffix = " " + ascii(instance).prefix(24)
    return prefix + ascii(name).prefix(63 - prefix.utf8.count - suffix.utf8.count) + suffix
  }

  func openWorker() async throws(PostgresError) -> Connection {
    try await Connection.open(target, applicationName: workerName)
  }
}
