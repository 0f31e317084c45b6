import Foundation
import Git
import Lint
import Migrations
import Pipeline
import SystemPackage

/// Which migrations a command looks at: those that nobody has applied yet, as far as git knows.
struct PendingFiles {
  enum Selection {
    /// The whole history.
    case all
    /// What is staged for the next commit.
    case staged
    /// What the work tree adds to or changes in a revision; nil for the merge base with the default branch.
    case since(String?)
    /// Files that the user named, wherever they are.
    case files([String])
  }

  let workspace: Workspace

  /// The migrations that the default branch has: others may have applied them, whatever this work tree is about.
  func published() async throws -> Set<String> {
    guard let repository = workspace.repository, let branch = try await repository.defaultBranch(),
      let tip = try await repository.target(of: branch)
    else { return [] }
    let commits = [tip, try await baseCommit(nil, in: repository)].compactMap(\.self)
    var paths: Set<String> = []
    for commit in Set(commits) {
      paths.formUnion(
        try await repository.entries(of: commit, under: workspace.directory, recursive: false).map(\.path))
    }
    return paths
  }

  private typealias Sources = [(path: String, bytes: [UInt8], isPending: Bool)]

  /// Every migration, with the selected ones marked pending.
  func input(_ selection: Selection) async throws -> LintInput {
    let order = MigrationLayout.order(of: workspace.directory)
    var input = LintInput(files: await LintFile.parse(try await sources(selection)), order: order)
    input.changedFiles = try await changedFiles(among: input)
    return input
  }

  /// The selected files that the default branch has otherwise.
  private func changedFiles(among input: LintInput) async throws -> Set<String> {
    guard let published = try await base(nil) else { return [] }
    return Set(
      input.files.filter { file in
        file.isPending && !file.bytes.isEmpty && published[file.path].map { $0 != file.bytes } == true
      }.map(\.path))
  }

  private func sources(_ selection: Selection) async throws -> Sources {
    switch selection {
    case .all:
      return Self.sources(try workspace.migrations()) { _, _ in true }
    case .files(let files):
      return try named(files)
    case .staged:
      return try await staged()
    case .since(let revision):
      let base = try await base(revision)
      return Self.sources(try workspace.migrations()) { path, bytes in
        guard let base else { return true }
        return bytes.map { base[path] != $0 } ?? (base[path] == nil)
      }
    }
  }

  /// - Parameter isPending: Whether a file is selected; without bytes, whether one is that is passed over for its name.
  private static func sources(
    _ set: MigrationSet, isPending: (_ path: String, _ bytes: [UInt8]?) -> Bool
  ) -> Sources {
    set.migrations.map { ($0.path, $0.bytes, isPending($0.path, $0.bytes)) }
      + set.misnamed.filter { isPending($0, nil) }.map { ($0, [], true) }
  }

  private func named(_ files: [String]) throws -> Sources {
    var named: [String: [UInt8]] = [:]
    for file in files {
      do {
        named[workspace.relativePath(of: file) ?? file] = Array(try Data(contentsOf: URL(filePath: file)))
      } catch {
        throw Failure(reading: file, error)
      }
    }
    let known = try workspace.migrations().migrations.map {
      (path: $0.path, bytes: $0.bytes, isPending: named[$0.path] != nil)
    }
    let elsewhere = named.filter { path, _ in !known.contains { $0.path == path } }.sorted { $0.key < $1.key }
    return known + elsewhere.map { (path: $0.key, bytes: $0.value, isPending: true) }
  }

  private func staged() async throws -> Sources {
    let repository = try workspace.requiredRepository()
    let index = ProcessInfo.processInfo.environment["GIT_INDEX_FILE"].map { FilePath($0) }
    let entries = try await repository.stagedEntries(under: workspace.directory, indexFile: index)
    let committed = try await blobs(of: "HEAD", in: repository) ?? [:]
    var files: [(path: String, bytes: [UInt8])] = []
    for entry in entries where entry.isFile {
      files.append((path: entry.path, bytes: try await repository.blob(entry.id, limit: 128 << 20)))
    }
    let ids = Dictionary(entries.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
    let set = MigrationSet(
      files: files, directory: workspace.directory, order: MigrationLayout.order(of: workspace.directory))
    return Self.sources(set) { path, _ in committed[path] != ids[path] }
  }

  /// The migrations' bytes in the revision to compare with; nil when there is nothing to compare with.
  private func base(_ revision: String?) async throws -> [String: [UInt8]]? {
    guard let repository = workspace.repository else {
      if revision != nil { _ = try workspace.requiredRepository() }
      return nil
    }
    guard let commit = try await baseCommit(revision, in: repository) else { return nil }
    var files: [String: [UInt8]] = [:]
    for entry in try await repository.entries(of: commit, under: workspace.directory, recursive: false)
    where entry.isFile {
      files[entry.path] = try await repository.blob(entry.id, limit: 128 << 20)
    }
    return files
  }

  private func baseCommit(_ revision: String?, in repository: Repository) async throws -> ObjectID? {
    if let revision { return try await repository.resolve(revision) }
    guard let branch = try await repository.defaultBranch(), let head = try? await repository.resolve("HEAD") else {
      return nil
    }
    guard let tip = try await repository.target(of: branch) else { return nil }
    return try await repository.mergeBase(tip, head)
  }

  private func blobs(of revision: String, in repository: Repository) async throws -> [String: ObjectID]? {
    guard let commit = try? await repository.resolve(revision) else { return nil }
    let entries = try await repository.entries(of: commit, under: workspace.directory, recursive: false)
    return Dictionary(entries.map { ($0.path, $0.id) }, uniquingKeysWith: { first, _ in first })
  }
}
