internal import Pipeline
internal import ServiceLifecycle

/// Tells systemd that the daemon is at work: its queue is read for every beat, so that a daemon that hangs falls silent.
struct Heartbeat: Service {
  let notify: ServiceNotify
  let store: RunStore
  let scheduler: Scheduler
  let repositories: Int
  /// How long the stop may take.
  let stopLimit: Duration

  /// How often the status line is renewed when nobody waits for a beat.
  private static let interval = Duration.seconds(30)

  func run() async {
    let interval = notify.watchdogInterval.map { $0 / 3 } ?? Self.interval
    await cancelWhenGracefulShutdown {
      repeat {
        await scheduler.answer()
        if let runs = try? await store.unfinishedRuns() {  // No beat otherwise: a store that cannot be read is no life.
          notify.ping()
          notify.status(words(for: runs))
        }
      } while (try? await Task.sleep(for: interval)) != nil
    }
    notify.stopping(within: stopLimit, "stopping: promotions under way may end")
  }

  private func words(for runs: [RunSummary]) -> String {
    let queued = runs.count { $0.result == .queued }
    let places = "\(repositories) repositor\(repositories == 1 ? "y" : "ies")"
    return "watching \(places), \(runs.count - queued) under way, \(queued) queued"
  }
}
