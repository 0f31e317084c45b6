extension Task where Failure == Never {
  /// What the task comes to, for one of several who wait for it; nil when the caller is cancelled first. The task does
  /// not notice that: others may be waiting still.
  package var valueUnlessCancelled: Success? {
    get async {
      let (values, continuation) = AsyncStream<Success>.makeStream()
      // Ends with the task, and keeps nobody waiting.
      Task<Void, Never> {
        continuation.yield(await value)
        continuation.finish()
      }
      return await values.first { _ in true }
    }
  }
}
