internal import Basics

/// The time that a run may take, used up by one piece of work after another.
struct TimeBudget {
  private let limit: Duration
  private var left: Duration

  init(_ limit: Duration) {
    self.limit = limit
    left = limit
  }

  /// Does some work, and cancels it when the time is up.
  ///
  /// The work has ended when this returns, whatever happens: nothing is left running behind.
  /// - Returns: What the work gave, and the complaint if it was cancelled because the time was up.
  mutating func spend<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value
  ) async -> (value: Value, overrun: RunFailure?) {
    let clock = ContinuousClock()
    let start = clock.now
    defer { left = max(.zero, left - (clock.now - start)) }
    let deadline = start + left
    return await withTaskGroup(of: Value?.self) { group in
      group.addTask { await work() }
      group.addTask {
        try? await clock.sleep(until: deadline)  // Fails only when cancelled, and then nobody asks.
        return nil
      }
      let isOverrun: Bool
      var value = await group.next() ?? nil
      isOverrun = value == nil && !Task.isCancelled
      group.cancelAll()
      if value == nil { value = await group.next() ?? nil }
      guard let value else {
        preconditionFailure("one of the group's two tasks is the work, which always gives a value")
      }
      return (value, isOverrun ? timeIsUp : nil)
    }
  }

  private var timeIsUp: RunFailure {
    RunFailure(
      "the run took longer than the pipeline's timeout of \(limit.text)",
      advice: "Raise timeout in the pipeline file if the migrations need more.")
  }
}
