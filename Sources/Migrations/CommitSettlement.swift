internal import Postgres

/// Finds out what became of a COMMIT whose answer was lost, by asking the target, never by guessing.
///
/// Related PostgreSQL documentation:
/// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT (`pg_xact_status`)
struct CommitSettlement: Sendable {
  let promotion: Promotion
  let migration: Migration
  /// Whether the transaction wrote the migration's row of the history, which then is the proof.
  let records: Bool
  /// As `pg_current_xact_id()` returned it before COMMIT was sent.
  let transaction: String
  /// Of the backend that the connection was lost to.
  let processID: Int32

  private enum Verdict {
    case committed(Connection)
    case rolledBack
    case unknown(String)
  }

  /// A new worker, when the transaction was committed.
  ///
  /// - Throws: `.connectionLost` when it was rolled back; `.outcomeUnknown` when the target cannot say within
  ///   `settleTimeout`.
  func connectionAfterCommit() async throws(PromotionFailure) -> Connection {
    // Not cancelled with the promotion, for whose end this has to be known. It ends by itself at its deadline.
    let verdict = await Task { await settle() }.value
    switch verdict {
    case .committed(let connection): return connection
    case .rolledBack:
      throw PromotionFailure(
        .connectionLost,
        "The connection to \(promotion.name) was lost at COMMIT. The transaction was rolled back: nothing of it is there.",
        path: migration.path)
    case .unknown(let reason):
      throw PromotionFailure(
        .outcomeUnknown,
        "The connection to \(promotion.name) was lost at COMMIT, and whether it was committed could not be found out: "
          + "\(reason). The next promotion finds out before it does anything.",
        path: migration.path)
    }
  }

  private func settle() async -> Verdict {
    let deadline = ContinuousClock.now + promotion.settings.settleTimeout
    while true {
      let reason: String
      do {
        let connection = try await promotion.openWorker()
        do {
          return try await verdict(on: connection, deadline: deadline)
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        reason = "\(error)"
      }
      guard ContinuousClock.now < deadline else { return .unknown(reason) }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  private func verdict(on connection: Connection, deadline: ContinuousClock.Instant) async throws -> Verdict {
    let patience = ContinuousClock.now + .seconds(5)
    var isTerminated = false
    while true {
      if records, try await History.contains(version: migration.version, on: connection) {
        return .committed(connection)
      }
      let rows = try await connection.query("select pg_xact_status($1::xid8)", [transaction])
      switch try rows[0].decode(String?.self) {
      case "committed": return .committed(connection)
      case "aborted":
        await connection.close()
        return .rolledBack
      case "in progress":
        // Its backend is on its way to one of the two. After a while it is helped along.
        if ContinuousClock.now > patience, !isTerminated {
          try await PromotionTurn.terminate(processID, on: connection)
          isTerminated = true
        }
      case let status:
        await connection.close()
        return .unknown("the target says \(status ?? "nothing") of transaction \(transaction)")
      }
      guard ContinuousClock.now < deadline else {
        await connection.close()
        return .unknown("transaction \(transaction) is still in progress in process \(processID)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
