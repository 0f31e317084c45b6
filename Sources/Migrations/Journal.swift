internal import Basics
internal import Postgres
internal import SQL

/// What the target knows of a migration that is taken step by step: `penstock.journal`.
///
/// A statement that can be in a transaction has its row in that transaction: it is done exactly when the row says so.
/// Around any other stand two rows, its intent and its completion; between the two, the catalog is the judge.
struct Journal: Sendable {
  /// By index: the checksum of the statement, and whether it is done.
  private var rows: [Int: (checksum: Digest?, isDone: Bool)] = [:]

  var isEmpty: Bool { rows.isEmpty }
  var doneCount: Int { rows.values.count(where: \.isDone) }

  func isDone(_ index: Int) -> Bool { rows[index]?.isDone ?? false }
  func isIntended(_ index: Int) -> Bool { rows[index] != nil }

  /// The rows of a migration's version.
  static func read(version: String, on connection: isolated Connection) async throws(PostgresError) -> Journal {
    var journal = Journal()
    let rows = try await connection.query(
      "select statement, checksum, done_at is not null from penstock.journal where version = $1", [version])
    for row in rows {
      let (index, checksum, isDone) = try row.decode(Int.self, String.self, Bool.self)
      journal.rows[index] = (Digest(hex: checksum), isDone)
    }
    return journal
  }

  /// The first statement that was done and now reads otherwise: the file was edited before it was through.
  func mismatch(with script: Script) -> Int? {
    rows.filter { index, row in
      row.isDone && !(script.statements.indices.contains(index) && Self.checksum(script, index) == row.checksum)
    }.keys.min()
  }

  /// - Parameter isDone: False for the intent.
  static func entry(version: String, statement index: Int, of script: Script, isDone: Bool) -> Query {
    Query(
      """
      insert into penstock.journal (version, statement, checksum, done_at)
      values ($1, $2, $3, case when $4 then clock_timestamp() end)
      on conflict (version, statement) do update set checksum = excluded.checksum, done_at = excluded.done_at
      """,
      [version, index, checksum(script, index).description, isDone])
  }

  private static func checksum(_ script: Script, _ index: Int) -> Digest {
    Digest(of: script.statements[index].text)
  }
}
