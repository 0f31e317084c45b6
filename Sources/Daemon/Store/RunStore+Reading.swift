internal import Basics
internal import GRDB
package import Git
package import Pipeline

extension RunStore {
  /// Every run that is queued or under way, in the order in which they were queued.
  package func unfinishedRuns() throws(DaemonError) -> [RunSummary] {
    try read { try summaries("WHERE finished_at IS NULL ORDER BY number", [], $0) }
  }

  /// The newest runs first.
  /// - Parameter repository: Nil for all.
  package func runs(limit: Int, repository: String? = nil) throws(DaemonError) -> [RunSummary] {
    try read { database in
      try summaries(
        "WHERE ?1 IS NULL OR repository = ?1 ORDER BY number DESC LIMIT ?2", [repository, limit], database)
    }
  }

  /// The runs of a commit, the newest first.
  /// - Parameter prefix: The commit's name, or as much of its beginning as is needed.
  package func runs(ofCommit prefix: String) throws(DaemonError) -> [RunSummary] {
    guard prefix.utf8.count >= 4, prefix.utf8.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }) else {
      return []
    }
    return try read { try summaries(#"WHERE "commit" GLOB ? ORDER BY number DESC"#, [prefix.lowercased() + "*"], $0) }
  }

  /// The run with a name; nil when there is none.
  package func run(_ id: RunID) throws(DaemonError) -> RunSummary? {
    try read { try summaries("WHERE id = ?", [id.rawValue], $0).first }
  }

  /// The newest run for a push of `commit` to a branch; nil when there was none.
  package func run(
    of commit: ObjectID, pushedTo ref: RefName, in repository: String
  ) throws(DaemonError) -> RunSummary? {
    try read { database in
      try summaries(
        #"WHERE repository = ? AND ref = ? AND "commit" = ? ORDER BY number DESC LIMIT 1"#,
        [repository, ref.rawValue, commit.hex], database
      ).first
    }
  }

  /// The commit of the newest run of the same branch that was queued after `run`; nil when there is none.
  package func newestCommit(after run: RunID) throws(DaemonError) -> ObjectID? {
    try read { try newestRun(after: run, $0) }
  }

  /// The record of a run that has ended; nil before that.
  package func record(of run: RunID) throws(DaemonError) -> RunRecord? {
    let text = try read { database in
      try String.fetchOne(database, sql: "SELECT record FROM runs WHERE id = ?", arguments: [run.rawValue])
    }
    guard let text else { return nil }
    do {
      return try JSONText.decode(RunRecord.self, text)
    } catch {
      throw DaemonError(.storage, "the record of run \(run) in the store cannot be read: \(error)")
    }
  }

  /// Names who pushed, when that became known only after the run was queued.
  package func setActor(_ actor: String, of run: RunID) throws(DaemonError) {
    try write { database in
      try database.execute(
        sql: "UPDATE runs SET actor = ? WHERE id = ? AND actor IS NULL", arguments: [actor, run.rawValue])
    }
  }

  /// Whether a run's commit must be kept: it has not ended, or its end is not reported yet.
  package func needsPin(_ run: String) throws(DaemonError) -> Bool {
    try read { database in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?1 AND finished_at IS NULL)
            OR EXISTS (SELECT 1 FROM deliveries WHERE run = ?1)
          """,
        arguments: [run]) ?? false
    }
  }

  private func summaries(
    _ condition: String, _ arguments: StatementArguments, _ database: Database
  ) throws -> [RunSummary] {
    let sql = """
      SELECT id, repository, ref, "commit", previous, actor, environment, result, promoting, queued_at, started_at,
        finished_at FROM runs \(condition)
      """
    return try Row.fetchAll(database, sql: sql, arguments: arguments).map(Self.summary)
  }

  private static func summary(_ row: Row) throws -> RunSummary {
    guard let id = RunID(row["id"] as String), let commit = ObjectID(hex: row["commit"] as String),
      let result = RunResult(rawValue: row["result"])
    else { throw DaemonError(.storage, "the store has a run that cannot be read: \(row)") }
    func time(_ column: String) -> Timestamp? {
      (row[column] as Int64?).map { Timestamp(milliseconds: $0) }
    }
    let request = RunRequest(
      id: id, repository: row["repository"], ref: RefName(rawValue: row["ref"]), commit: commit,
      previous: (row["previous"] as String?).flatMap { ObjectID(hex: $0) }, actor: row["actor"],
      queuedAt: Timestamp(milliseconds: row["queued_at"]))
    return RunSummary(
      request: request, environment: row["environment"], result: result, isPromoting: row["promoting"],
      startedAt: time("started_at"), finishedAt: time("finished_at"))
  }
}
