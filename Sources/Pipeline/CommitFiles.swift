package import Basics
package import Git
package import Lint
package import Migrations
package import Shadow

/// The files of a commit that Penstock reads: from git's objects, never from a checkout.
package struct CommitFiles: Sendable {
  /// What a repository asks of the linter.
  package static let configurationFile = "penstock.yaml"

  /// PostgreSQL takes no statement of 1 GB; nobody means to push a migration of this size.
  private static let sizeLimit = 128 << 20

  private let commit: ObjectID
  private let repository: Repository
  private let entries: [TreeEntry]
  /// The folder of the migrations, relative to the repository's root.
  package let directory: String
  /// The blob of each migration, by path.
  package let blobs: [String: ObjectID]

  /// - Throws: `RunFailure` for a symlink or a submodule among the migrations.
  package init(commit: ObjectID, in repository: Repository) async throws {
    self.commit = commit
    self.repository = repository
    var directory = MigrationLayout.folders[0]
    var entries: [TreeEntry] = []
    for folder in MigrationLayout.folders {
      entries = try await repository.entries(of: commit, under: folder, recursive: false)
      directory = folder
      if !entries.isEmpty { break }
    }
    for entry in entries where entry.mode == .symbolicLink || entry.mode == .submodule {
      throw RunFailure(
        "is a \(entry.mode == .symbolicLink ? "symbolic link" : "submodule"), and only files are migrations",
        path: entry.path,
        advice: "Commit the file itself.")
    }
    self.directory = entries.isEmpty ? MigrationLayout.folders[0] : directory
    self.entries = entries
    blobs = Dictionary(entries.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
  }

  /// The commit's migrations; an empty set when it has none.
  package func migrations() async throws -> MigrationSet {
    var files: [(path: String, bytes: [UInt8])] = []
    for entry in entries {
      let isFile = entry.isFile
      let bytes =
        isFile && entry.path.hasSuffix(".sql") ? try await repository.blob(entry.id, limit: Self.sizeLimit) : []
      files.append((path: isFile ? entry.path : entry.path + "/", bytes: bytes))
    }
    return MigrationSet(files: files, directory: directory, order: MigrationLayout.order(of: directory))
  }

  /// The commit's `penstock.yaml`, or what holds without one.
  /// - Throws: `InvalidFile` with every problem of the file.
  package func linting(for profile: Profile) async throws -> LintConfiguration {
    guard let entry = try await repository.entry(at: Self.configurationFile, in: commit) else {
      return LintConfiguration(profile: profile.linting)
    }
    let bytes = try await repository.blob(entry.id, limit: 1 << 20)
    return try LintConfiguration(
      yaml: String(decoding: bytes, as: UTF8.self), file: entry.path, defaultProfile: profile.linting)
  }
}

/// Where migrations are in a repository.
package enum MigrationLayout {
  /// Supabase's folder, and those that plain PostgreSQL projects use; the first that is there counts.
  package static let folders = ["supabase/migrations", "migrations", "db/migrations"]

  /// Supabase's own rule for its folder, numbers elsewhere.
  package static func order(of folder: String) -> VersionOrder {
    folder == folders[0] ? .text : .numeric
  }
}
