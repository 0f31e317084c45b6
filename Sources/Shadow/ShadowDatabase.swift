package import Basics
package import Migrations
package import Postgres

/// A database of one's own, in the state that a list of migrations leads to.
package struct ShadowDatabase: Sendable {
  /// How it came to be in that state.
  package enum Origin: Hashable, Sendable {
    /// It stood ready.
    case ready
    /// It was copied from the cache.
    case copy
  }

  /// What it had before the first migration.
  package let platform: Platform
  /// Of the database, on the shadow's server.
  package let name: String
  /// Stands for everything that made the state that it was handed out in.
  package var identity: Digest
  /// What has been done to it since.
  var use = Use.none
  /// Connects as the role that migrations run as, who is no superuser.
  package let migrationRole: ConnectionString
  /// Connects as the server's superuser: for reading catalogs, never for a migration's statements.
  package let superuser: ConnectionString
  package var origin = Origin.copy
  /// How many migrations were there already.
  package var reused: Int
  /// Those that had to be applied, in order.
  package var applied: [AppliedMigration]
  /// What a further migration's statements go through here.
  package let adaptation: PlatformAdaptation
  /// The extensions that the migrations created and that are stand-ins here, sorted.
  package var emulated: [String]
  /// While it stands ready: the cluster's roles as it has them; see `Resources/cluster_20_roles.sql`.
  var roles: String?

  var state: DatabaseName { DatabaseName(state: identity) }

  /// How many migrations had to be applied.
  package var replayed: Int { applied.count }

  /// What is in a shadow besides the state that it was handed out in.
  enum Use: Sendable {
    /// Nothing.
    case none
    /// These migrations, applied in this order.
    case migrations([Migration])
    /// Nobody knows what.
    case unknown
  }
}

extension ShadowDatabase {
  /// Of the state that further migrations lead to.
  package func identity(after migrations: [Migration]) -> Digest {
    StateChain.links(from: identity, migrations)[migrations.count]
  }

  /// Whether it is what it was when it was handed out.
  package var isUntouched: Bool {
    if case .none = use { true } else { false }
  }

  /// Says that others have been at work in it, so that it is good for nothing afterwards.
  package mutating func noteUse() { use = .unknown }

  /// Tries migrations, and has `body` look at the database when they are applied.
  ///
  /// One that is one transaction is rolled back then, and the shadow stays what it was, whatever became of the try;
  /// anything else is committed step by step.
  ///
  /// - Parameters:
  ///   - isShared: Whether others are to see the migrations, too: then they are committed in any case.
  ///   - observer: Watches the statements.
  ///   - each: Is given the connection when a migration is applied and the next one is not; what it does is undone.
  ///   - body: Is given the connection that the migrations were applied on, as the migration role.
  /// - Throws: `ApplyFailure` when a migration does not apply; what `body` throws.
  package mutating func apply<Value: Sendable>(
    _ applications: [Application], limits: TimeLimits, isShared: Bool = false,
    observer: (any StatementObserver)? = nil,
    each: @Sendable (isolated Connection, Application) async throws -> Void = { _, _ in },
    _ body: @Sendable (isolated Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await Connection.open(migrationRole, applicationName: "penstock apply")
    let before = use
    use = .unknown
    if let only = applications.first, applications.count == 1, only.plan.isTransactional, !isShared {
      let rehearsal = await only.rehearse(on: connection, adaptation: adaptation, limits: limits, observer: observer) {
        @Sendable connection in
        try await each(connection, only)
        return try await body(connection)
      }
      if rehearsal.leavesNothing { use = before }
      if !Self.needsCommit(rehearsal.outcome) {
        await connection.close()
        return try rehearsal.outcome.get()
      }
    }
    use = .unknown
    let outcome = await Result {
      for application in applications {
        try Task.checkCancellation()
        _ = try await application.apply(
          on: connection, adaptation: adaptation, limits: limits, recording: .nothing, observer: observer)
        try await connection.script("reset session authorization; reset role")
        try await each(connection, application)
      }
      return try await body(connection)
    }
    await connection.close()
    let value = try outcome.get()
    if case .none = before { use = .migrations(applications.map(\.migration)) }
    return value
  }

  /// Whether a file turned out to be more than one transaction: it uses a value that it adds to an enum.
  private static func needsCommit<Value>(_ outcome: Result<Value, any Error>) -> Bool {
    guard case .failure(let error as ApplyFailure) = outcome else { return false }
    return error.postgres?.sqlState == .unsafeNewEnumValue
  }
}
