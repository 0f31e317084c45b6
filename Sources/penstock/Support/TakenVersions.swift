import Basics
import Git
import Migrations
import Pipeline

/// The versions that a new migration must not have: those of the work tree, the index, and every local and
/// remote-tracking branch.
struct TakenVersions {
  let workspace: Workspace

  func all() async throws -> Set<String> {
    var versions = Set(try workspace.migrations().migrations.map(\.version))
    guard let repository = workspace.repository else { return versions }
    var entries = try await repository.stagedEntries(under: workspace.directory)
    let branches = try await repository.references(under: "refs/heads/") + repository.references(under: "refs/remotes/")
    for commit in Set(branches.map(\.target)) {
      entries += try await repository.entries(of: commit, under: workspace.directory, recursive: false)
    }
    let order = MigrationLayout.order(of: workspace.directory)
    for entry in entries {
      if let migration = Migration(path: entry.path, bytes: [], order: order) { versions.insert(migration.version) }
    }
    return versions
  }
}
