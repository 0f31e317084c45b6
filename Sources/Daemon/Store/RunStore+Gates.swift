internal import Basics
internal import GRDB
package import Pipeline

extension RunStore {
  /// Notes an approval, and says so in the log; a second one by the same person counts for nothing.
  package func approve(_ run: RunSummary, by approver: String) throws(DaemonError) {
    try write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO approvals (run, approver, at) VALUES (?, ?, ?)",
        arguments: [run.id.rawValue, approver, Timestamp.now.milliseconds])
      guard database.changesCount == 1 else { return }
      var entry = LogEntry(.approved, run.request, environment: run.environment)
      entry.actor = approver
      try addDelivery(.log(entry), database)
    }
  }

  /// Who approved a run, in the order of time.
  package func approvers(of run: RunID) throws(DaemonError) -> [String] {
    try read { database in
      try String.fetchAll(
        database, sql: "SELECT approver FROM approvals WHERE run = ? ORDER BY at, approver", arguments: [run.rawValue])
    }
  }

  /// Environments for which no run is to be begun.
  package func pausedEnvironments() throws(DaemonError) -> Set<String> {
    try read { try Set(String.fetchAll($0, sql: "SELECT environment FROM pauses")) }
  }

  /// Pauses an environment, or ends the pause, and says so in the log.
  package func setPaused(_ isPaused: Bool, environment: String, by actor: String) throws(DaemonError) {
    try write { database in
      if isPaused {
        try database.execute(
          sql: "INSERT OR IGNORE INTO pauses (environment, actor, at) VALUES (?, ?, ?)",
          arguments: [environment, actor, Timestamp.now.milliseconds])
      } else {
        try database.execute(sql: "DELETE FROM pauses WHERE environment = ?", arguments: [environment])
      }
      guard database.changesCount == 1 else { return }
      var entry = LogEntry(isPaused ? .paused : .resumed)
      entry.environment = environment
      entry.actor = actor
      try addDelivery(.log(entry), database)
    }
  }
}
