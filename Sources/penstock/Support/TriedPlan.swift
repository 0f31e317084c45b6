import Basics
import Migrations
import Pipeline
import Postgres
import Schema
import Shadow

/// A plan, and what came of trying it.
struct TriedPlan {
  let plan: Plan
  /// Of nothing when there is nothing to do.
  let proof: PlanProof
  /// What a plan never assumes.
  let renames: [String]
  /// What no fact describes, in either schema.
  let unmodelled: [Unmodelled]

  /// Plans what turns one schema into another, and tries it on a copy of the first.
  ///
  /// - Throws: When a schema cannot be read. A plan that cannot be tried is one that is not proved.
  static func make(
    from: SchemaSource, to: SchemaSource, in workspace: Workspace, options: Plan.Options
  ) async throws -> TriedPlan {
    let surroundings = try await Surroundings.of(from, to, in: workspace)
    let major = surroundings.major
    // Two databases can be compared where there is no server to try anything on.
    let server = await Result { try await LocalServer(workspace: workspace).shadow(forMajor: major) }
    let tried = await Result {
      try await SchemaSide.with(from, in: workspace, surroundings, on: server) { before in
        try await SchemaSide.with(to, in: workspace, surroundings, on: server) { after in
          try await make(from: before, to: after, in: workspace, on: server, options: options)
        }
      }
    }
    if case .success(let server) = server { try await server.stop() }
    return try tried.get()
  }

  /// - Throws: `PlanError`.
  static func make(
    from: SchemaSide, to: SchemaSide, in workspace: Workspace, on server: Result<ShadowServer, any Error>,
    options: Plan.Options
  ) async throws -> TriedPlan {
    let plan = try Plan(from: from.state, to: to.state, options: options)
    let difference = Difference(from: from.state.snapshot, to: to.state.snapshot)
    let unmodelled = difference.unmodelled
    var proof = PlanProof()
    if !plan.isEmpty {
      do {
        let ground = ProvingGround(
          on: try server.get(), platform: from.platform, migrations: from.migrations,
          schema: from.isElsewhere ? from.state : nil, scope: workspace.profile.scope)
        let trial = PlanTrial(on: ground, from: from.state, to: to.state, wanted: to.wanted, options: options)
        proof = try await trial.proof(of: plan)
      } catch {
        try Task.checkCancellation()
        proof = PlanTrial.unproved("it could not be tried: \(Failure(describing: error)?.message ?? "\(error)")")
      }
    }
    return TriedPlan(
      plan: plan, proof: proof, renames: difference.possibleRenames,
      unmodelled: unmodelled.from + unmodelled.to.filter { !unmodelled.from.contains($0) })
  }
}

/// One of the two schemas of a plan, while it can be looked at.
struct SchemaSide {
  let state: SchemaState
  let platform: Platform
  /// What leads there from nothing; empty for a database that is elsewhere.
  let migrations: [Migration]
  let isElsewhere: Bool
  let wanted: PlanTrial.Wanted

  /// Runs `body` while the schema's database is there.
  static func with<Value: Sendable>(
    _ source: SchemaSource, in workspace: Workspace, _ surroundings: Surroundings,
    on server: Result<ShadowServer, any Error>, _ body: @Sendable (SchemaSide) async throws -> Value
  ) async throws -> Value {
    switch source {
    case .workTree, .revision:
      let migrations = try await source.migrations(in: workspace)
      return try await with(
        migrations.migrations, in: workspace, surroundings.platform, on: try server.get(), body)
    case .local:
      let local = try await LocalServer(workspace: workspace).development()
      return try await body(
        try await read(local.connection, backing: local.adaptation.backing, wanted: nil, in: workspace))
    case .database(let connection):
      let isPlain = workspace.profile == .postgres
      return try await body(
        try await read(connection, wanted: isPlain ? .database(connection) : .copy, in: workspace))
    }
  }

  /// The same with migrations, on a shadow.
  static func with<Value: Sendable>(
    _ migrations: [Migration], in workspace: Workspace, _ platform: Platform, on server: ShadowServer,
    _ body: @Sendable (SchemaSide) async throws -> Value
  ) async throws -> Value {
    let shadow = try await server.reset(platform: platform, migrations: migrations)
    let value = await Result {
      let scope = workspace.profile.scope
      let state = try await Connection.with(shadow.superuser, as: "penstock") {
        try await SchemaState.read(from: $0, scope: scope, role: platform.migrationRole)
      }
      return try await body(
        SchemaSide(
          state: state, platform: platform, migrations: migrations, isElsewhere: false,
          wanted: .database(shadow.superuser)))
    }
    try await server.release(shadow)
    return try value.get()
  }

  private static func read(
    _ database: ConnectionString, backing: Backing? = nil, wanted: PlanTrial.Wanted?, in workspace: Workspace
  ) async throws -> SchemaSide {
    let scope = workspace.profile.scope
    return try await Connection.with(database, as: "penstock") { connection in
      let surroundings = await Surroundings(connection, backing: backing, in: workspace)
      return SchemaSide(
        state: try await SchemaState.read(from: connection, scope: scope), platform: surroundings.platform,
        migrations: [], isElsewhere: true, wanted: wanted ?? .copy)
    }
  }
}
