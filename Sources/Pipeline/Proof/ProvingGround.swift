package import Migrations
internal import Postgres
package import Schema
package import Shadow

/// Where plans are tried: copies of a schema, on a shadow.
package struct ProvingGround: Sendable {
  package let server: ShadowServer
  package let platform: Platform
  /// What a copy has.
  package let migrations: [Migration]
  /// What a copy is made into then: the schema of a database that is elsewhere. Nil for what the migrations lead to.
  package let schema: SchemaState?
  package let scope: Scope

  package init(
    on server: ShadowServer, platform: Platform, migrations: [Migration], schema: SchemaState? = nil, scope: Scope
  ) {
    self.server = server
    self.platform = platform
    self.migrations = migrations
    self.schema = schema
    self.scope = scope
  }

  /// Runs `body` with a copy of one's own.
  func withCopy<Value: Sendable>(
    _ body: @Sendable (ShadowDatabase) async throws -> Value
  ) async throws -> Value {
    let copy = try await server.reset(platform: platform, migrations: migrations)
    do {
      if let schema { try await build(schema, in: copy) }
      let value = try await body(copy)
      try await server.release(copy)
      return value
    } catch {
      try await server.release(copy)
      throw error
    }
  }

  /// The same with another schema.
  func holding(_ schema: SchemaState) -> ProvingGround {
    ProvingGround(on: server, platform: platform, migrations: [], schema: schema, scope: scope)
  }

  /// - Parameter known: As for ``SchemaState/read(from:scope:known:role:)``.
  func state(of copy: ShadowDatabase) async throws -> SchemaState {
    let (scope, role) = (scope, platform.migrationRole)
    return try await Connection.with(copy.superuser, as: "penstock proof") {
      try await SchemaState.read(from: $0, scope: scope, role: role)
    }
  }

  private func build(_ schema: SchemaState, in copy: ShadowDatabase) async throws {
    let plan = try Plan(from: try await state(of: copy), to: schema)
    do {
      _ = try await PlanRun(plan, in: copy, on: server).run()
    } catch let failure as StepFailure {
      throw Unproved("the database could not be copied to a shadow: \(failure)")
    }
    let left = Difference(from: try await state(of: copy).snapshot, to: schema.snapshot)
    guard left.isEmpty else { throw Unproved("a copy of the database on a shadow differs from it: \(left.excerpt)") }
  }
}

/// Thrown when a plan cannot be proved: why, as half a sentence.
struct Unproved: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

extension Difference {
  /// The first lines of its text, in one.
  var excerpt: String {
    let lines = DifferenceText(self).text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    return lines.prefix(4).joined(separator: "; ") + (lines.count > 4 ? "; ..." : "")
  }
}
