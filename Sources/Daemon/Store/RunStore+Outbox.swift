internal import GRDB
package import Pipeline

/// Something that is still to be told to the world: what was decided is in the store first, and is written elsewhere as
/// often as it takes.
package enum Delivery: Hashable, Sendable {
  /// The commit's note, for people.
  case note(RunID)
  /// The line in the records note.
  case record(RunID)
  /// A line in the log.
  case log(LogEntry)
  /// The end of the pin that kept the run's commit: always after its notes.
  case unpin(RunID)

  /// The run that is reported on; nil for a line in the log.
  package var run: RunID? {
    switch self {
    case .note(let run), .record(let run), .unpin(let run): run
    case .log: nil
    }
  }

  fileprivate var kind: String {
    switch self {
    case .note: "note"
    case .record: "record"
    case .log: "log"
    case .unpin: "unpin"
    }
  }

  fileprivate init?(kind: String, run: RunID?, entry: LogEntry?) {
    switch (kind, run, entry) {
    case ("note", let run?, _): self = .note(run)
    case ("record", let run?, _): self = .record(run)
    case ("unpin", let run?, _): self = .unpin(run)
    case ("log", _, let entry?): self = .log(entry)
    default: return nil
    }
  }
}

extension RunStore {
  /// What is to be delivered, in the order in which it happened, with the number to confirm it by.
  package func deliveries(limit: Int) throws(DaemonError) -> [(number: Int64, delivery: Delivery)] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM deliveries ORDER BY number LIMIT ?", arguments: [limit]).map {
        row in
        let run = (row["run"] as String?).flatMap { RunID($0) }
        let entry = try (row["entry"] as String?).map { try JSONText.decode(LogEntry.self, $0) }
        guard let delivery = Delivery(kind: row["kind"], run: run, entry: entry) else {
          throw DaemonError(.storage, "the store has a delivery that cannot be read: \(row)")
        }
        return (row["number"], delivery)
      }
    }
  }

  /// How much is to be delivered.
  package func deliveryCount() throws(DaemonError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM deliveries") ?? 0 }
  }

  /// Takes a delivery from the list.
  package func confirm(_ number: Int64) throws(DaemonError) {
    try write { try $0.execute(sql: "DELETE FROM deliveries WHERE number = ?", arguments: [number]) }
  }

  /// Adds a line for the log that belongs to no other change of the store.
  package func addLogEntry(_ entry: LogEntry) throws(DaemonError) {
    try write { try addDelivery(.log(entry), $0) }
  }

  func addDelivery(_ delivery: Delivery, _ database: Database) throws {
    var entry: String?
    if case .log(let logged) = delivery { entry = try JSONText.encode(logged) }
    try database.execute(
      sql: "INSERT INTO deliveries (kind, run, entry) VALUES (?, ?, ?)",
      arguments: [delivery.kind, delivery.run?.rawValue, entry])
  }
}
