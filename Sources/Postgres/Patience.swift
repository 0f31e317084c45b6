internal import Basics

/// How long one exchange with the server may take, and what has been done about it.
struct Patience {
  typealias Instant = ContinuousClock.Instant

  /// As the caller gave it, for the message.
  let limit: Duration?
  let deadline: Instant?
  /// Whether cancelling the task ends the exchange.
  let heedsCancellation: Bool
  /// Why the server was asked to stop, if it was: `.cancelled` or `.timeout`.
  private(set) var stopReason: PostgresError.Code?
  /// When to ask the server again, and when to believe that it does not hear.
  private(set) var nextRequest: Instant?
  private(set) var surrender: Instant?
  private var interval: Duration = .milliseconds(100)

  /// - Parameter limit: Nil for as long as it takes.
  init(limit: Duration?, heedsCancellation: Bool) {
    self.limit = limit
    self.heedsCancellation = heedsCancellation
    deadline = limit.map { .now + $0 }
  }

  /// The next moment at which there is something to do besides waiting for the server.
  var wakeUp: Instant? { stopReason == nil ? deadline : nextRequest }

  /// `wakeUp` as `poll` takes it: milliseconds, rounded up; -1 for no end.
  var pollTimeout: CInt {
    guard let wakeUp else { return -1 }
    let milliseconds = max(0, (wakeUp - .now).milliseconds.rounded(.up))
    return CInt(min(milliseconds, 3_600_000))
  }

  /// Notes that the server is being asked to stop.
  ///
  /// A request is lost when it overtakes the statement that it means, so it is repeated until an answer comes.
  mutating func noteStopRequest(because reason: PostgresError.Code) {
    if stopReason == nil {
      stopReason = reason
      surrender = .now + .seconds(15)
    }
    nextRequest = .now + interval
    interval = min(interval * 2, .seconds(2))
  }

  /// The error of a statement that was stopped.
  var stopError: PostgresError {
    if stopReason == .timeout, let limit {
      return PostgresError(
        .timeout, "The statement was stopped because it took longer than \(limit.text).", sqlState: .queryCanceled)
    }
    return PostgresError(.cancelled, "The statement was cancelled.", sqlState: .queryCanceled)
  }
}
