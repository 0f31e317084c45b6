internal import GRDB
package import Git
internal import Pipeline

extension RunStore {
  /// The tips that were last seen of a repository's branches; a deleted branch is left out.
  package func lastSeen(in repository: String) throws(DaemonError) -> [RefName: ObjectID] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT ref, last_seen FROM refs WHERE repository = ? AND last_seen IS NOT NULL",
        arguments: [repository])
      var tips: [RefName: ObjectID] = [:]
      for row in rows { tips[RefName(rawValue: row["ref"])] = ObjectID(hex: row["last_seen"] as String) }
      return tips
    }
  }

  /// Records that a branch is gone, and says so in the log.
  /// - Parameter seen: The tip as the caller knows it; nothing happens when it is another.
  package func recordDeletion(
    of ref: RefName, in repository: String, whenLastSeen seen: ObjectID, actor: String?
  ) throws(DaemonError) {
    try write { database in
      guard try lastSeen(repository, ref, database) == seen else { return }
      try advance(repository, ref, to: nil, database)
      var entry = LogEntry(.branchDeleted)
      entry.repository = repository
      entry.ref = ref.rawValue
      entry.commit = seen.hex
      entry.actor = actor
      try addDelivery(.log(entry), database)
    }
  }

  // MARK: Within a transaction

  func lastSeen(_ repository: String, _ ref: RefName, _ database: Database) throws -> ObjectID? {
    let hex = try String.fetchOne(
      database, sql: "SELECT last_seen FROM refs WHERE repository = ? AND ref = ? AND last_seen IS NOT NULL",
      arguments: [repository, ref.rawValue])
    return hex.flatMap { ObjectID(hex: $0) }
  }

  /// Notes a branch's new tip.
  /// - Returns: How often the branch has been seen to change, this time included.
  @discardableResult
  func advance(_ repository: String, _ ref: RefName, to tip: ObjectID?, _ database: Database) throws -> Int {
    try database.execute(
      sql: """
        INSERT INTO refs (repository, ref, last_seen, generation) VALUES (?, ?, ?, 1)
        ON CONFLICT (repository, ref) DO UPDATE SET last_seen = excluded.last_seen, generation = generation + 1
        """,
      arguments: [repository, ref.rawValue, tip?.hex])
    return try Int.fetchOne(
      database, sql: "SELECT generation FROM refs WHERE repository = ? AND ref = ?",
      arguments: [repository, ref.rawValue]) ?? 1
  }
}
