package import Basics
internal import GRDB
package import Git
package import Pipeline

extension RunStore {
  /// Queues a run for the new tip of a branch: the run, the tip that was seen, and the line for the log, together.
  ///
  /// - Parameter seen: The tip as the caller knows it; nil for a branch that is new.
  /// - Returns: False, and nothing has changed, when the branch was seen elsewhere meanwhile.
  package func enqueue(
    _ request: RunRequest, environment: String, whenLastSeen seen: ObjectID?
  ) throws(DaemonError) -> Bool {
    try write { database in
      guard try lastSeen(request.repository, request.ref, database) == seen else { return false }
      let generation = try advance(request.repository, request.ref, to: request.commit, database)
      try insert(request, environment: environment, generation: generation, database)
      try addDelivery(.log(LogEntry(.queued, request, environment: environment)), database)
      return true
    }
  }

  /// Records a push whose branch had already moved on when it became known: it never was in the queue.
  /// - Parameter record: Finished, as `superseded`.
  package func addSuperseded(_ record: RunRecord, environment: String) throws(DaemonError) {
    try write { database in
      let request = record.request
      let generation = try Int.fetchOne(
        database, sql: "SELECT generation FROM refs WHERE repository = ? AND ref = ?",
        arguments: [request.repository, request.ref.rawValue])
      try insert(request, environment: environment, generation: (generation ?? 1) - 1, database)
      try finish(record, database)
    }
  }

  /// Queues a run for a commit that already had one, because somebody asked for it.
  /// - Throws: `refused` when the branch is no longer at the run's commit.
  package func enqueueAgain(_ request: RunRequest, environment: String) throws(DaemonError) {
    try write { database in
      let seen = try lastSeen(request.repository, request.ref, database)
      guard seen == request.commit else {
        let place = seen.map { "has moved on to \($0.abbreviated)" } ?? "is deleted"
        throw DaemonError(
          .refused, "\(request.ref) \(place), and only its newest commit can be run again: push the commit once more")
      }
      let generation = try advance(request.repository, request.ref, to: request.commit, database)
      try insert(request, environment: environment, generation: generation, database)
      try addDelivery(.log(LogEntry(.retried, request, environment: environment)), database)
    }
  }

  /// Marks a queued run as begun.
  /// - Returns: False when it is no longer queued.
  package func begin(_ run: RunID, at time: Timestamp) throws(DaemonError) -> Bool {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET result = 'running', started_at = ? WHERE id = ? AND result = 'queued'",
        arguments: [time.milliseconds, run.rawValue])
      return database.changesCount == 1
    }
  }

  /// Marks a run under way as waiting for approvals, or as going on.
  package func setWaiting(_ run: RunID, _ isWaiting: Bool) throws(DaemonError) {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET result = ? WHERE id = ? AND result IN ('running', 'waiting')",
        arguments: [(isWaiting ? RunResult.waiting : .running).rawValue, run.rawValue])
    }
  }

  /// Marks a run as promoting, unless it may be superseded and a newer run of its branch has been queued.
  /// - Returns: False when it was not marked.
  package func claimPromotion(_ run: RunID, unlessSuperseded: Bool) throws(DaemonError) -> Bool {
    try write { database in
      let newer = unlessSuperseded ? try newestRun(after: run, database) : nil
      guard newer == nil else { return false }
      try database.execute(
        sql: "UPDATE runs SET promoting = 1 WHERE id = ? AND finished_at IS NULL", arguments: [run.rawValue])
      return database.changesCount == 1
    }
  }

  /// Puts a run that was stopped for the daemon's sake back into the queue, in its old place.
  package func requeue(_ run: RunID) throws(DaemonError) {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET result = 'queued', promoting = 0, started_at = NULL WHERE id = ? AND finished_at IS NULL",
        arguments: [run.rawValue])
    }
  }

  /// Ends a run: its record, the branch's last verdict and everything that is to be reported, together.
  ///
  /// Does nothing when the run has ended already.
  package func finish(_ record: RunRecord) throws(DaemonError) {
    try write { try finish(record, $0) }
  }
}

// MARK: - Within a transaction

extension RunStore {
  /// The newest run of the same branch that was queued after `run`; nil when there is none.
  func newestRun(after run: RunID, _ database: Database) throws -> ObjectID? {
    let sql = """
      SELECT newer."commit" FROM runs AS run JOIN runs AS newer USING (repository, ref)
      WHERE run.id = ? AND newer.generation > run.generation ORDER BY newer.generation DESC LIMIT 1
      """
    return try String.fetchOne(database, sql: sql, arguments: [run.rawValue]).flatMap { ObjectID(hex: $0) }
  }

  private func insert(_ request: RunRequest, environment: String, generation: Int, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO runs (id, repository, ref, "commit", previous, actor, environment, generation, result, queued_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        request.id.rawValue, request.repository, request.ref.rawValue, request.commit.hex, request.previous?.hex,
        request.actor, environment, generation, RunResult.queued.rawValue, request.queuedAt.milliseconds,
      ])
  }

  private func finish(_ record: RunRecord, _ database: Database) throws {
    let request = record.request
    let ended = record.finishedAt ?? .now
    try database.execute(
      sql: """
        UPDATE runs SET result = ?, promoting = 0, record = ?, finished_at = ?, started_at = coalesce(started_at, ?)
        WHERE id = ? AND finished_at IS NULL
        """,
      arguments: [
        record.result.rawValue, try JSONText.encode(record), ended.milliseconds, record.startedAt.milliseconds,
        request.id.rawValue,
      ])
    guard database.changesCount == 1 else { return }
    try database.execute(
      sql: "UPDATE refs SET last_done = ? WHERE repository = ? AND ref = ?",
      arguments: [request.commit.hex, request.repository, request.ref.rawValue])
    for delivery in [.note(request.id), .record(request.id), .log(LogEntry(finished: record)), .unpin(request.id)]
      as [Delivery]
    {
      try addDelivery(delivery, database)
    }
  }
}
