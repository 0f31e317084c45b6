package import Pipeline

/// What happens in the runs that are queued or under way, for those who watch them.
///
/// Whoever comes late is told what has happened so far. Nobody who watches holds up a run: a watcher who is hundreds of
/// events behind misses the oldest of them.
package actor RunFeed {
  private var histories: [RunID: [RunEvent]] = [:]
  private var watchers: [RunID: [Int: AsyncStream<RunEvent>.Continuation]] = [:]
  private var watcherCount = 0

  /// Tells all who watch the run. The event `finished` is the last one: the feed forgets the run then.
  package func publish(_ event: RunEvent) {
    let run = event.run
    histories[run, default: []].append(event)
    for watcher in watchers[run, default: [:]].values { watcher.yield(event) }
    if case .finished = event { forget(run) }
  }

  /// Forgets what happened in a run that goes back into the queue; those who watch it go on watching.
  package func restart(_ run: RunID) {
    histories[run] = nil
  }

  /// What has happened in a run and what will, ending after its end.
  ///
  /// A run that has ended before gives nothing, for ever: look into the store after calling this.
  package func events(of run: RunID) -> AsyncStream<RunEvent> {
    let (stream, continuation) = AsyncStream.makeStream(of: RunEvent.self, bufferingPolicy: .bufferingNewest(512))
    for event in histories[run, default: []] { continuation.yield(event) }
    let watcher = watcherCount
    watcherCount += 1
    watchers[run, default: [:]][watcher] = continuation
    continuation.onTermination = { [weak self] _ in
      // Ends by itself: it only waits for its turn.
      Task { [weak self] in await self?.remove(watcher, from: run) }
    }
    return stream
  }

  /// Ends every watcher's stream: the daemon stops.
  package func close() {
    for run in watchers.keys { forget(run) }
  }

  private func forget(_ run: RunID) {
    histories[run] = nil
    for watcher in watchers.removeValue(forKey: run, default: [:]).values { watcher.finish() }
  }

  private func remove(_ watcher: Int, from run: RunID) {
    watchers[run]?[watcher] = nil
    if watchers[run]?.isEmpty == true { watchers[run] = nil }
  }
}

extension Dictionary {
  fileprivate mutating func removeValue(forKey key: Key, default value: Value) -> Value {
    removeValue(forKey: key) ?? value
  }
}
