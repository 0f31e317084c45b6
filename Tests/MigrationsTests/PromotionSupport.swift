import Migrations
import Postgres
import Synchronization

/// Quick to try again, and quick to give up.
func promotion(
  to target: ConnectionString, instance: String = "one", run: String = "run-1",
  _ change: (inout Promotion.Settings) -> Void = { _ in }
) -> Promotion {
  var settings = Promotion.Settings()
  settings.lockTimeout = .milliseconds(50)
  settings.backoff = .milliseconds(1)
  change(&settings)
  var deployment = Deployment(run: run)
  deployment.branch = "staging"
  return Promotion(to: target, name: "staging", instance: instance, deployment: deployment, settings: settings)
}

/// What a promotion told of itself.
final class Events: Sendable {
  private let list = Mutex<[PromotionEvent]>([])

  var all: [PromotionEvent] { list.withLock(\.self) }

  func append(_ event: PromotionEvent) {
    list.withLock { $0.append(event) }
  }

  func count(where predicate: (PromotionEvent) -> Bool) -> Int {
    all.count(where: predicate)
  }
}

/// Ends the worker of a promotion at one of its COMMITs, just before it is sent.
final class Executioner: Sendable {
  private let state: Mutex<(processID: Int32?, commits: Int)> = Mutex((nil, 0))
  private let victim: Int
  private let target: ConnectionString

  /// - Parameter commit: 1-based.
  init(at commit: Int, of target: ConnectionString) {
    victim = commit
    self.target = target
  }

  var commits: Int { state.withLock(\.commits) }

  func observe(_ event: PromotionEvent) async {
    guard case .committing = event else { return }
    let isDue = state.withLock { state in
      state.commits += 1
      return state.commits == victim
    }
    guard isDue else { return }
    await endWorkers(of: target)
  }
}

/// Ends every worker of a promotion to a database, and waits until they are gone.
func endWorkers(of target: ConnectionString) async {
  do {
    try await Connection.with(target, as: "penstock tests") { connection in
      let workers = "datname = current_database() and application_name like 'penstock promote %'"
      _ = try await connection.query("select pg_terminate_backend(pid) from pg_stat_activity where \(workers)")
      while try await connection.value("select count(*) from pg_stat_activity where \(workers)", as: Int.self) > 0 {}
    }
  } catch {
    preconditionFailure("the workers could not be ended: \(error)")
  }
}
