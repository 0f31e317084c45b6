import Pipeline
import Postgres
import Schema
import Shadow

extension SchemaSource {
  /// Who can do what in one database.
  ///
  /// - Parameter roles: None for those of the API.
  /// - Throws: `Failure` when such a role is not there: nobody is to take its absence for the absence of rights.
  func access(of roles: [String], in workspace: Workspace) async throws -> AccessMatrix {
    let matrix = try await read(in: workspace, Self.reading(roles, workspace))
    try Self.check(roles, in: [matrix])
    return matrix
  }

  /// The same in two.
  static func access(
    from: SchemaSource, to: SchemaSource, of roles: [String], in workspace: Workspace
  ) async throws -> (AccessMatrix, AccessMatrix) {
    let (before, after) = try await read(from, to, in: workspace, reading(roles, workspace))
    try check(roles, in: [before, after])
    return (before, after)
  }

  private static func reading(
    _ roles: [String], _ workspace: Workspace
  ) -> @Sendable (Connection) async throws -> AccessMatrix {
    let scope = workspace.profile.scope
    let roles = roles.isEmpty ? Profile.supabase.apiRoles : roles
    return { try await AccessMatrix.read(from: $0, scope: scope, roles: roles) }
  }

  private static func check(_ roles: [String], in matrices: [AccessMatrix]) throws {
    let present = Set(matrices.flatMap(\.roles).map(\.name))
    if present.isEmpty, roles.isEmpty {
      throw Failure(
        .usage, "there is no role \(Profile.supabase.apiRoles.joined(separator: ", ")): name others with --as")
    }
    if let missing = roles.first(where: { !present.contains($0) }) {
      throw Failure(.usage, "there is no role \(missing)")
    }
  }
}
