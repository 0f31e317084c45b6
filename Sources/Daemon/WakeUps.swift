internal import ServiceLifecycle
internal import Synchronization

/// Tells a loop to look again. Several calls before it looks are one: what there is to do is in the store, not in the call.
final class WakeUps: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  func wake() { continuation.yield() }

  /// Wakes the loop later. The waiting is given up when this value goes.
  func wake(after pause: Duration) {
    // Ends by itself after the pause; a call that comes when nobody loops any more does nothing.
    Task { [continuation] in
      try? await Task.sleep(for: pause)
      continuation.yield()
    }
  }

  /// No more calls are listened to: the loop ends when it next looks.
  func finish() { continuation.finish() }

  /// Does the work once at first and after every call, until the service group shuts down, the task is cancelled or
  /// `finish` is called. May be called once.
  func forEach(isolation: isolated (any Actor)? = #isolation, _ work: () async -> Void) async {
    wake()
    let continuation = continuation
    await withGracefulShutdownHandler {
      for await _ in stream { await work() }
    } onGracefulShutdown: {
      continuation.finish()
    }
  }
}
