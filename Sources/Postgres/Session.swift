internal import CLibPQ
internal import Glibc

/// A libpq connection, never blocking in libpq: the owner of its `PGconn`.
///
/// Every exchange with the server is one loop: hand libpq what is to be sent, then `poll` the socket and the interrupt
/// until the answer is complete. The socket is watched for reading even while there is something left to write, because
/// a server that cannot get rid of its answers stops reading.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/libpq-async.html
struct Session: ~Copyable {
  /// Nil before connecting and after closing.
  private var pointer: OpaquePointer?
  private let target: ConnectionString
  private let interrupt: Interrupt
  private let inbox = NoticeInbox()

  init(target: ConnectionString, interrupt: Interrupt) {
    self.target = target
    self.interrupt = interrupt
  }

  deinit {
    PQfinish(pointer)
  }

  mutating func close() {
    PQfinish(pointer)
    pointer = nil
  }

  var isUsable: Bool { pointer != nil && PQstatus(pointer) == CONNECTION_OK }
  var processID: Int32 { PQbackendPID(pointer) }
  var serverVersion: Int { Int(PQserverVersion(pointer)) }
  /// Whether a backslash in a string is a backslash, as the server last reported.
  var hasStandardStrings: Bool {
    PQparameterStatus(pointer, "standard_conforming_strings").map { String(cString: $0) } != "off"
  }

  var transactionStatus: TransactionStatus {
    switch PQtransactionStatus(pointer) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_INTRANS, PQTRANS_ACTIVE: .inTransaction
    case PQTRANS_INERROR: .inFailedTransaction
    default: .unknown
    }
  }

  mutating func takeNotices() -> [Notice] { inbox.take() }
}

// MARK: - Connecting

extension Session {
  /// - Throws: `.connectionFailed`, `.cancelled`.
  mutating func connect(_ options: [String: String], patience: Patience) throws(PostgresError) {
    let keywords = options.keys.sorted()
    let values = keywords.map { options[$0] }
    let pointer = withCStrings(keywords) { keywords in
      withCStrings(values) { values in
        PQconnectStartParams(keywords, values, 0)
      }
    }
    guard let pointer else {
      throw PostgresError(.connectionFailed, "Cannot connect to \(target): libpq is out of memory.")
    }
    self.pointer = pointer
    // So that a refusal begins with its condition code, which libpq keeps nowhere else.
    PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    // The inbox lives as long as the connection: this struct owns both.
    PQsetNoticeReceiver(pointer, { NoticeInbox.receive($0, $1) }, Unmanaged.passUnretained(inbox).toOpaque())

    var state = PGRES_POLLING_WRITING
    while PQstatus(pointer) != CONNECTION_BAD, state != PGRES_POLLING_OK, state != PGRES_POLLING_FAILED {
      switch wait(for: state == PGRES_POLLING_READING ? POLLIN : POLLOUT, patience) {
      case .ready:
        state = PQconnectPoll(pointer)
      case .interrupted:
        close()
        throw PostgresError(.cancelled, "Connecting to \(target) was cancelled.")
      case .wokeUp:
        close()
        throw ConnectionFailure.noAnswer(from: target, within: patience.limit)
      }
    }
    guard state == PGRES_POLLING_OK else {
      let failure = ConnectionFailure.error(
        report: String(cString: PQerrorMessage(pointer)), target: target,
        needsPassword: PQconnectionNeedsPassword(pointer) != 0)
      close()
      throw failure
    }
    PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
    PQsetnonblocking(pointer, 1)
  }
}

// MARK: - Statements

extension Session {
  /// Sends one statement by the extended protocol.
  ///
  /// - Parameters:
  ///   - isRowWise: Whether the rows come one by one, so that they need not all be in memory.
  ///   - use: Called once with all rows, or with each and then with the end; for a statement that fails, not with that.
  mutating func run(
    _ query: Query, isRowWise: Bool = false, patience: inout Patience, use: (borrowing Answer) -> Void
  ) throws(PostgresError) {
    try accept(send(query, try texts(of: query)))
    if isRowWise { PQsetSingleRowMode(pointer) }
    try collect(&patience, use: use)
  }

  /// Sends one or more statements by the simple protocol.
  mutating func run(script: String, patience: inout Patience) throws(PostgresError) -> [CommandTag] {
    try check(noNUL: script)
    try accept(PQsendQuery(pointer, script))
    PQsetSingleRowMode(pointer)
    var tags: [CommandTag] = []
    do {
      try collect(&patience) { answer in
        if !answer.isSingleRow { tags.append(answer.tag) }
      }
    } catch {
      var failure = error
      failure.commits = tags.count { $0.text == "COMMIT" }
      throw failure
    }
    return tags
  }

  /// Sends all queries at once; one transaction, unless they say otherwise.
  ///
  /// - Parameter dropsRows: Whether none are returned, nor are all in memory at any time.
  mutating func run(
    pipeline queries: [Query], dropsRows: Bool, patience: inout Patience
  ) throws(PostgresError) -> [[Row]] {
    var texts: [[String?]] = []
    for query in queries { texts.append(try self.texts(of: query)) }
    try accept(PQenterPipelineMode(pointer))
    for (query, texts) in zip(queries, texts) { try accept(send(query, texts)) }
    try accept(PQpipelineSync(pointer))

    var results: [[Row]] = []
    results.reserveCapacity(queries.count)
    var rows: [Row] = []
    var failure: PostgresError?
    var isSynchronized = false
    if dropsRows { PQsetSingleRowMode(pointer) }
    while !isSynchronized {
      guard let answer = try nextAnswer(&patience) else {
        guard isUsable else { break }
        results.append(rows)
        rows = []
        if dropsRows { PQsetSingleRowMode(pointer) }  // For each query anew.
        continue
      }
      switch answer.status {
      case PGRES_PIPELINE_SYNC:
        isSynchronized = true
      case PGRES_TUPLES_OK:
        rows = answer.table.rows
      case PGRES_SINGLE_TUPLE, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_ABORTED:
        break
      case PGRES_FATAL_ERROR:
        guard failure == nil else { break }
        failure = answer.error
        failure?.statementIndex = results.count
      default:
        throw abandoned(.unexpectedAnswer, "COPY cannot be part of a pipeline")
      }
    }
    if isSynchronized { try accept(PQexitPipelineMode(pointer)) }
    if let failure { throw judged(failure, patience) }
    return results
  }

  /// Sends a `COPY ... FROM STDIN` and its data.
  mutating func copyIn(_ sql: String, data: [UInt8], patience: inout Patience) throws(PostgresError) -> CommandTag {
    try check(noNUL: sql)
    try accept(PQsendQuery(pointer, sql))
    var tag: CommandTag?
    try collect(&patience, copyData: data) { tag = $0.tag }
    guard let tag, tag.text.hasPrefix("COPY") else {
      throw PostgresError(
        .unexpectedAnswer, "The statement was run, but it does not take data: it is no COPY FROM STDIN.")
    }
    return tag
  }
}

// MARK: - Sending

extension Session {
  private func send(_ query: Query, _ texts: [String?]) -> CInt {
    withCStrings(texts) { values in
      PQsendQueryParams(pointer, query.sql, CInt(query.parameters.count), nil, values, nil, nil, 0)
    }
  }

  /// The texts of a query's parameters, when all of it can be sent.
  private func texts(of query: Query) throws(PostgresError) -> [String?] {
    try check(noNUL: query.sql)
    guard query.parameters.count <= Int(UInt16.max) else {
      throw PostgresError(
        .invalidStatement, "A statement takes at most 65535 parameters, and this one has \(query.parameters.count).")
    }
    // A closure, because a key path to a property of a protocol is looked up anew each time.
    let texts = query.parameters.map { $0.postgresText }
    for (index, text) in texts.enumerated() where text?.containsNUL == true {
      throw PostgresError(
        .invalidStatement, "Parameter $\(index + 1) contains a NUL character, which PostgreSQL's text cannot hold.")
    }
    return texts
  }

  /// What follows a NUL would silently not be sent.
  private func check(noNUL sql: String) throws(PostgresError) {
    guard !sql.containsNUL else {
      throw PostgresError(.invalidStatement, "The statement contains a NUL character, which PostgreSQL cannot read.")
    }
  }

  /// Checks the return value of a libpq function that queues something: it fails only without memory or connection.
  private mutating func accept(_ result: CInt) throws(PostgresError) {
    guard result == 1 else {
      throw abandoned(.connectionLost, String(cString: PQerrorMessage(pointer)).trimmingNewlines)
    }
  }
}

// MARK: - Receiving

extension Session {
  /// Reads answers until the server is done with what was sent, then throws the first error among them.
  ///
  /// - Parameter copyData: For a COPY FROM STDIN; without it, one is refused.
  private mutating func collect(
    _ patience: inout Patience, copyData: [UInt8]? = nil, use: (borrowing Answer) -> Void
  ) throws(PostgresError) {
    var failure: PostgresError?
    while let answer = try nextAnswer(&patience) {
      switch answer.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY:
        use(answer)
      case PGRES_COPY_IN:
        try sendCopy(copyData, &patience)
      case PGRES_COPY_OUT:
        try discardCopy(&patience)
      case PGRES_COPY_BOTH:
        throw abandoned(.unexpectedAnswer, "a replication stream began")
      default:
        failure = failure ?? answer.error
      }
    }
    if let failure { throw judged(failure, patience) }
  }

  /// The next result, or nil after the last one of a statement.
  private mutating func nextAnswer(_ patience: inout Patience) throws(PostgresError) -> Answer? {
    var isWriting = PQflush(pointer) == 1
    while PQisBusy(pointer) != 0 {
      try waitForServer(POLLIN | (isWriting ? POLLOUT : 0), &patience)
      guard PQconsumeInput(pointer) == 1 else { break }
      isWriting = PQflush(pointer) == 1
    }
    // Nobody here listens, but what is run may.
    while let notification = PQnotifies(pointer) { PQfreemem(notification) }
    return PQgetResult(pointer).map { Answer($0) }
  }

  private mutating func sendCopy(_ data: [UInt8]?, _ patience: inout Patience) throws(PostgresError) {
    let chunk = 65_536
    var sent = 0
    while let data, sent < data.count, patience.stopReason == nil, isUsable {
      let end = min(sent + chunk, data.count)
      let result = data[sent..<end].withUnsafeBytes {
        PQputCopyData(pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), CInt($0.count))
      }
      guard result >= 0 else { break }
      if result == 1 { sent = end }
      try flush(&patience)
    }
    let reason: String? =
      if data == nil { "no data was given for it" } else if patience.stopReason != nil { "it was stopped" } else { nil }
    while isUsable, PQputCopyEnd(pointer, reason) == 0 { try flush(&patience) }
  }

  private mutating func discardCopy(_ patience: inout Patience) throws(PostgresError) {
    var buffer: UnsafeMutablePointer<CChar>?
    while true {
      let length = PQgetCopyData(pointer, &buffer, 1)
      if length < 0 { return }
      if length > 0 {
        PQfreemem(buffer)
      } else {
        try waitForServer(POLLIN, &patience)
        guard PQconsumeInput(pointer) == 1 else { return }
      }
    }
  }

  private mutating func flush(_ patience: inout Patience) throws(PostgresError) {
    while PQflush(pointer) == 1 {
      try waitForServer(POLLIN | POLLOUT, &patience)
      guard PQconsumeInput(pointer) == 1 else { return }
    }
  }
}

// MARK: - Waiting

extension Session {
  private enum Event {
    case ready
    case interrupted
    /// The patience's next moment has come.
    case wokeUp
  }

  /// Waits for the socket, and asks the server to stop when the task is cancelled or the time is over.
  private mutating func waitForServer(_ events: CInt, _ patience: inout Patience) throws(PostgresError) {
    while true {
      switch wait(for: events, patience) {
      case .ready:
        return
      case .interrupted:
        patience.noteStopRequest(because: .cancelled)
      case .wokeUp:
        if let surrender = patience.surrender, surrender <= .now {
          throw abandoned(.connectionLost, "the server did not answer the request to stop")
        }
        patience.noteStopRequest(because: .timeout)
      }
      requestStop()
    }
  }

  private func wait(for events: CInt, _ patience: Patience) -> Event {
    let heedsInterrupt = patience.heedsCancellation && patience.stopReason == nil
    while true {
      var descriptors = [
        pollfd(fd: PQsocket(pointer), events: Int16(events), revents: 0),
        // A negative descriptor is left out.
        pollfd(fd: heedsInterrupt ? interrupt.descriptor : -1, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&descriptors, 2, patience.pollTimeout)
      if count > 0, descriptors[1].revents != 0 {
        interrupt.reset()
        if Task.isCancelled { return .interrupted }
      }
      if count > 0, descriptors[0].revents != 0 { return .ready }
      if let wakeUp = patience.wakeUp, wakeUp <= .now { return .wokeUp }
    }
  }

  /// Asks the server, over a connection of its own, to stop what it is doing. A request that fails is repeated later.
  private func requestStop() {
    guard let cancel = PQgetCancel(pointer) else { return }
    defer { PQfreeCancel(cancel) }
    var complaint = [CChar](repeating: 0, count: 256)
    PQcancel(cancel, &complaint, CInt(complaint.count))
  }
}

// MARK: - Failing

extension Session {
  /// What the caller is told of an error that the server, or libpq in its place, reported.
  private func judged(_ error: PostgresError, _ patience: Patience) -> PostgresError {
    if !isUsable {
      var lost = lost(.connectionLost, error.message)
      lost.sqlState = error.sqlState
      lost.statementIndex = error.statementIndex
      return lost
    }
    guard patience.stopReason != nil, error.sqlState == .queryCanceled else { return error }
    var stopped = patience.stopError
    stopped.statementIndex = error.statementIndex
    return stopped
  }

  /// Closes a connection that can no longer be made sense of.
  private mutating func abandoned(_ code: PostgresError.Code, _ reason: String) -> PostgresError {
    close()
    return lost(code, reason)
  }

  private func lost(_ code: PostgresError.Code, _ reason: String) -> PostgresError {
    PostgresError(code, "The connection to \(target) was lost: \(Self.inBrief(reason)). Connect again.")
  }

  /// Of what libpq says of a server that is gone, what it knows, and not what it guesses: the guess is indented, and
  /// "invalid socket" only says that the socket is closed by now.
  private static func inBrief(_ reason: String) -> String {
    let lines = reason.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("\t") && $0 != "invalid socket" }
    return lines.isEmpty ? reason.singleLine : lines.joined(separator: " ")
  }
}
