internal import Basics

/// A session with a PostgreSQL server.
///
/// The methods are asynchronous because they run on an executor of the connection's own; while they talk to the server
/// they block that executor's thread instead of suspending, so that statements of two tasks never mingle on the wire.
/// Cancelling the task cancels the statement that is running, on the server too, and leaves the connection usable.
///
/// A session has one transaction at a time: two tasks that share a connection share that too.
package actor Connection {
  package nonisolated let target: ConnectionString
  private nonisolated let executor: QueueExecutor
  private nonisolated let interrupt: Interrupt
  private var session: Session

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(target: ConnectionString) throws(PostgresError) {
    self.target = target
    interrupt = try Interrupt()
    executor = QueueExecutor(label: "penstock.postgres")
    session = Session(target: target, interrupt: interrupt)
  }

  /// Connects.
  ///
  /// Looking up a host's name is up to the system's resolver, which neither `timeout` nor cancelling interrupts.
  ///
  /// - Parameters:
  ///   - applicationName: What `pg_stat_activity` shows.
  ///   - settings: Run-time parameters of the session from its start, such as `client_connection_check_interval`.
  /// - Throws: `.connectionFailed`, with `sqlState` when it was the server that refused; `.cancelled`.
  package static func open(
    _ target: ConnectionString, applicationName: String, settings: [String: String] = [:],
    timeout: Duration = .seconds(10)
  ) async throws(PostgresError) -> Connection {
    let connection = try Connection(target: target)
    try await connection.connect(applicationName: applicationName, settings: settings, timeout: timeout)
    return connection
  }

  /// Ends the session; a transaction that is open is rolled back by the server. Closing twice does no harm.
  package func close() {
    session.close()
  }

  /// False when the connection was closed, or was found to be lost.
  package var isUsable: Bool { session.isUsable }

  package var transactionStatus: TransactionStatus { session.transactionStatus }

  /// Of the server's backend, as `pg_backend_pid()` returns it.
  package var processID: Int32 { session.processID }

  /// Major version times 10,000 plus the minor: 150018 for 15.18.
  package var serverVersion: Int { session.serverVersion }
  /// Whether a backslash in a string is a backslash now (`standard_conforming_strings`): a text is read as a whole before
  /// any of it can change that.
  package var hasStandardStrings: Bool { session.hasStandardStrings }

  /// What the server said besides its answers since the last call, oldest first.
  package func takeNotices() -> [Notice] { session.takeNotices() }
}

// MARK: - Statements

extension Connection {
  /// Runs one statement and returns its rows; none for a statement that returns none.
  ///
  /// - Parameters:
  ///   - timeout: After which the server is asked to stop and `.timeout` is thrown. Nil for none.
  ///   - evenIfCancelled: Runs the statement to its end in a cancelled task too: for cleaning up.
  package func query(
    _ sql: String, _ parameters: [any PostgresEncodable] = [], timeout: Duration? = nil, evenIfCancelled: Bool = false
  ) async throws(PostgresError) -> [Row] {
    try await exchange(timeout, evenIfCancelled) { (session, patience) throws(PostgresError) in
      var rows: [Row] = []
      try session.run(Query(sql, parameters), patience: &patience) { rows = $0.table.rows }
      return rows
    }
  }

  /// Runs one statement that may return any number of rows, and returns them.
  ///
  /// - Parameter limit: How much the rows may take, in bytes as they are sent.
  /// - Throws: `.unexpectedAnswer` for more; no more than that is in memory then.
  package func query(_ sql: String, limit: Int) async throws(PostgresError) -> [Row] {
    try await exchange(nil, false) { (session, patience) throws(PostgresError) in
      var rows: [Row] = []
      var size = 0
      try session.run(Query(sql), isRowWise: true, patience: &patience) { answer in
        size += answer.size
        if size <= limit { rows += answer.table.rows }
      }
      guard size <= limit else {
        throw PostgresError(.unexpectedAnswer, "The statement returned more than \(limit >> 20) MB.")
      }
      return rows
    }
  }

  /// Runs one statement and returns its tag; rows are dropped. The parameters are those of `query`.
  @discardableResult
  package func execute(
    _ sql: String, _ parameters: [any PostgresEncodable] = [], timeout: Duration? = nil, evenIfCancelled: Bool = false
  ) async throws(PostgresError) -> CommandTag {
    try await exchange(timeout, evenIfCancelled) { (session, patience) throws(PostgresError) in
      var tag = CommandTag(text: "")
      try session.run(Query(sql, parameters), isRowWise: true, patience: &patience) { tag = $0.tag }
      return tag
    }
  }

  /// Runs any number of statements by the simple protocol and returns their tags; rows are dropped.
  ///
  /// The server stops at the first error. Outside a transaction, all the statements are one, unless they say otherwise.
  /// A server that has the statements runs them to the end even if this process dies: promote with `execute` instead.
  @discardableResult
  package func script(
    _ sql: String, timeout: Duration? = nil, evenIfCancelled: Bool = false
  ) async throws(PostgresError) -> [CommandTag] {
    try await exchange(timeout, evenIfCancelled) { (session, patience) throws(PostgresError) in
      try session.run(script: sql, patience: &patience)
    }
  }

  /// Sends all queries in one go and returns the rows of each, in order.
  ///
  /// Outside a transaction, they are one: either all of them take effect or none.
  ///
  /// - Parameter dropsRows: Whether no rows are returned: for statements of which nobody knows how many they have.
  /// - Throws: The first error, with its `statementIndex`.
  package func pipeline(
    _ queries: [Query], dropsRows: Bool = false, timeout: Duration? = nil
  ) async throws(PostgresError) -> [[Row]] {
    try await exchange(timeout, false) { (session, patience) throws(PostgresError) in
      try session.run(pipeline: queries, dropsRows: dropsRows, patience: &patience)
    }
  }

  /// Runs a `COPY ... FROM STDIN` with `data` in the format that it names; returns `COPY` and the number of rows.
  @discardableResult
  package func copyIn(
    _ sql: String, data: [UInt8], timeout: Duration? = nil
  ) async throws(PostgresError) -> CommandTag {
    try await exchange(timeout, false) { (session, patience) throws(PostgresError) in
      try session.copyIn(sql, data: data, patience: &patience)
    }
  }
}

// MARK: - Exchanges

extension Connection {
  private func connect(
    applicationName: String, settings: [String: String], timeout: Duration
  ) async throws(PostgresError) {
    let options = target.connectOptions(applicationName: applicationName, settings: settings)
    let patience = Patience(limit: timeout, heedsCancellation: true)
    try await cancellable { () throws(PostgresError) in
      try session.connect(options, patience: patience)
    }
  }

  private func exchange<Value>(
    _ timeout: Duration?, _ evenIfCancelled: Bool,
    _ body: (inout Session, inout Patience) throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    guard session.isUsable else {
      throw PostgresError(.closed, "The connection to \(target) is closed. Connect again.")
    }
    var patience = Patience(limit: timeout, heedsCancellation: !evenIfCancelled)
    guard patience.heedsCancellation else { return try body(&session, &patience) }
    guard !Task.isCancelled else {
      throw PostgresError(.cancelled, "The statement was not sent, because the task was cancelled.")
    }
    return try await cancellable { () throws(PostgresError) in
      try body(&session, &patience)
    }
  }

  /// Runs `body`, whose waiting the cancellation of the task interrupts.
  private func cancellable<Value>(
    _ body: () throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    interrupt.reset()
    // A Result, because withTaskCancellationHandler would forget the error's type.
    return try await withTaskCancellationHandler {
      outcome(of: body)
    } onCancel: { [interrupt] in
      interrupt.ring()
    }.get()
  }

  /// A method, because a closure stays on this actor's thread only if it uses the actor; elsewhere it would block one
  /// of the few threads that all tasks share.
  private func outcome<Value>(of body: () throws(PostgresError) -> Value) -> Result<Value, PostgresError> {
    Result { () throws(PostgresError) in try body() }
  }
}
