package import Postgres

extension Application {
  /// Applies migrations one after the other, in a pipeline each. The next one is parsed while the server is at work.
  ///
  /// - Parameters:
  ///   - progress: Told of each before it is applied.
  ///   - applied: Told of each that is applied: of those before the one that failed, too.
  package static func apply(
    _ migrations: some Collection<Migration>, on connection: Connection, adaptation: any Adaptation,
    limits: TimeLimits = TimeLimits(), recording: Recording = .history,
    progress: (Migration) -> Void = { _ in }, applied: (AppliedMigration) -> Void = { _ in }
  ) async throws {
    var rest = Array(migrations)[...]
    var current = try rest.popFirst().map { migration throws(ApplyFailure) in try Application(migration) }
    while let application = current {
      try Task.checkCancellation()
      progress(application.migration)
      let next = rest.popFirst()
      async let parsed = next.map { migration throws(ApplyFailure) in try Application(migration) }
      applied(
        try await application.apply(
          on: connection, adaptation: adaptation, pace: .pipelined, limits: limits, recording: recording))
      current = try await parsed
    }
  }
}
