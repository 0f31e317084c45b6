extension Connection {
  /// Runs `body` in a transaction: commits when it returns, rolls back when it throws or the task is cancelled.
  ///
  /// COMMIT is sent alone, and is waited for even if the task is cancelled then.
  ///
  /// - Throws: What `body` throws; `.transactionState` when a transaction was open before, or when `body` returned from
  ///   one that a failed statement had broken or another had ended; `.commitUnknown` when the connection was lost while
  ///   COMMIT was on its way; otherwise what the server reports at COMMIT, when nothing was committed.
  package func transaction<Value: Sendable>(
    _ options: TransactionOptions = TransactionOptions(),
    _ body: @Sendable (isolated Connection) async throws -> Value
  ) async throws -> Value {
    guard transactionStatus == .idle || !isUsable else {
      throw PostgresError(.transactionState, "A transaction is open on this connection already.")
    }
    try await execute(options.begin)
    let value: Value
    do {
      value = try await body(self)
      try Task.checkCancellation()
      try checkOpen()
    } catch {
      await rollBack()
      throw error
    }
    try await commit()
    return value
  }

  private func checkOpen() throws(PostgresError) {
    switch transactionStatus {
    case .inTransaction, .unknown:
      return
    case .inFailedTransaction:
      throw PostgresError(.transactionState, "The transaction was rolled back, because a statement in it failed.")
    case .idle:
      throw PostgresError(.transactionState, "A statement ended the transaction that it was part of.")
    }
  }

  private func commit() async throws(PostgresError) {
    do {
      try await execute("COMMIT", evenIfCancelled: true)
    } catch {
      guard error.code == .connectionLost else { throw error }
      throw PostgresError(
        .commitUnknown,
        "The connection to \(target) was lost while COMMIT was on its way: it may have been committed or not.",
        sqlState: error.sqlState)
    }
  }

  /// Leaves no transaction open, if need be by closing the connection. The error that led here is what matters, so
  /// there is none to throw.
  package func rollBack() async {
    guard isUsable, transactionStatus != .idle else { return }
    do {
      try await execute("ROLLBACK", timeout: .seconds(30), evenIfCancelled: true)
    } catch {
      close()
    }
  }
}
