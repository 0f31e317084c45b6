import FoundationEssentials
import Glibc
import Migrations
import Pipeline
import Postgres
import Schema
import Shadow
import SystemPackage
import Testing

/// One shadow server for the tests of this target, and a short way to try a plan on it.
enum ProofFixture {
  static func server() async throws -> ShadowServer { try await starting.value }

  // Never cancelled: all tests wait for the same server.
  private static let starting = Task {
    let root = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    return try await ShadowServer.start(
      .init(
        directory: FilePath("\(root)/penstock-proof-tests-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"),
        binaries: ServerBinaries.best()))
  }

  static func migrations(_ sql: String) -> [Migration] {
    let text = "-- \(UInt64.random(in: 0...UInt64.max))\n\(sql)"
    return [Migration(version: "1", name: "step", path: "supabase/migrations/1_step.sql", bytes: Array(text.utf8))]
  }

  /// The plan from one schema to another, each that of a migration, and what came of trying it.
  ///
  /// - Parameter unread: What the second one is given after its facts were read, so that only pg_dump sees it.
  static func prove(
    from: String, to: String, unread: String? = nil, options: Plan.Options = .init()
  ) async throws -> (plan: Plan, proof: PlanProof) {
    let server = try await server()
    let platform = Platform(.postgres)
    let (old, new) = (migrations(from), migrations(to))
    let before = try await server.reset(platform: platform, migrations: old)
    let after = try await server.reset(platform: platform, migrations: new)
    let (source, target) = (try await state(of: before), try await state(of: after))
    if let unread {
      try await Connection.with(after.superuser, as: "tests") { _ = try await $0.script(unread) }
    }
    let plan = try Plan(from: source, to: target, options: options)
    let ground = ProvingGround(on: server, platform: platform, migrations: old, scope: .postgres)
    let trial = PlanTrial(
      on: ground, from: source, to: target, wanted: .database(after.superuser), options: options)
    let proof = try await trial.proof(of: plan)
    try await server.release(before)
    try await server.release(after)
    return (plan, proof)
  }

  static func state(of shadow: ShadowDatabase) async throws -> SchemaState {
    try await Connection.with(shadow.superuser, as: "tests") {
      try await SchemaState.read(from: $0, scope: .postgres, role: shadow.platform.migrationRole)
    }
  }
}
