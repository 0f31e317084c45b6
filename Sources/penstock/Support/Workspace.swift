import Configuration
import Foundation
import Git
import Lint
import Migrations
import Pipeline
import Shadow
import SystemPackage

/// The repository, or plain folder, that the user stands in.
struct Workspace {
  /// The top of the work tree, or the folder itself where there is no repository.
  let root: FilePath
  /// The root, and where that is a folder of a repository's work tree, the top of this.
  private let top: FilePath
  /// Nil outside a git repository.
  let repository: Repository?
  let profile: Profile
  /// The folder of the migrations, relative to the root.
  let directory: String

  /// - Parameter isNested: Whether a folder below the root counts as the root of its own migrations, where it has such,
  ///   as one application of several in a repository does.
  init(from folder: String, profile: Profile?, isNested: Bool = false) async throws {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Failure(.usage, "there is no folder \(folder)")
    }
    let start = FilePath(URL(filePath: folder).resolvingSymlinksInPath().path)
    let found = try await Self.repository(around: start)
    top = found?.workTree ?? start
    let root = isNested ? Self.application(at: start, below: top) ?? top : top
    let hasSupabase = FileManager.default.fileExists(atPath: root.appending("supabase").string)
    self.root = root
    self.repository = found
    self.profile = profile ?? (hasSupabase ? .supabase : .postgres)
    directory =
      Self.migrationFolder(in: root)
      ?? (self.profile == .supabase ? MigrationLayout.folders[0] : MigrationLayout.folders[1])
  }

  /// Where Penstock keeps what is of this checkout only: the local server.
  var stateFolder: FilePath { top.appending(".penstock") }

  /// Makes the state folder, which git ignores even where nobody has run `penstock init`: a database in a commit, and a
  /// checkout over a running one, help nobody.
  func makeStateFolder() throws {
    let ignore = stateFolder.appending(".gitignore").string
    guard !FileManager.default.fileExists(atPath: ignore) else { return }
    try FileManager.default.createDirectory(atPath: stateFolder.string, withIntermediateDirectories: true)
    try Data("*\n".utf8).write(to: URL(filePath: ignore))
  }

  /// The migrations of the work tree.
  func migrations() throws -> MigrationSet {
    try MigrationSet.read(root: root.string, directory: directory, order: MigrationLayout.order(of: directory))
  }

  /// What to do where there are none.
  var whereMigrationsAre: String {
    let folders = MigrationLayout.folders
    return
      "No migrations in \(root): they are looked for in \(folders.dropLast().joined(separator: ", ")) and "
      + "\(folders.last ?? ""), the first that is there, by names such as 20251108120000_orders.sql. Where they are deeper, "
      + "name the folder above with -C; penstock new makes the first."
  }

  /// The repository, for a command that needs one.
  func requiredRepository() throws -> Repository {
    guard let repository else {
      throw Failure(.usage, "\(root) is not in a git repository: run the command in one, or name it with -C")
    }
    return repository
  }

  /// The linter's configuration from the work tree's `penstock.yaml`.
  func linting() throws -> LintConfiguration {
    let path = root.appending(CommitFiles.configurationFile).string
    guard FileManager.default.fileExists(atPath: path) else { return LintConfiguration(profile: profile.linting) }
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    return try LintConfiguration(yaml: text, file: CommitFiles.configurationFile, defaultProfile: profile.linting)
  }

  /// The path of a file as the repository names it, or nil when the file is elsewhere.
  func relativePath(of file: String) -> String? {
    let full = URL(filePath: file).resolvingSymlinksInPath().path
    let prefix = root.string.hasSuffix("/") ? root.string : root.string + "/"
    return full.hasPrefix(prefix) ? String(full.dropFirst(prefix.count)) : nil
  }

  /// The root of the migrations that a folder below the top has. From within `supabase` or `db`, that is the folder above,
  /// whose migrations they are.
  private static func application(at start: FilePath, below top: FilePath) -> FilePath? {
    guard start != top, let folder = migrationFolder(in: start) else { return nil }
    let above = start.removingLastComponent()
    let isPart = migrationFolder(in: above).map { above.appending($0) } == start.appending(folder)
    return isPart ? above : start
  }

  private static func migrationFolder(in root: FilePath) -> String? {
    MigrationLayout.folders.first { FileManager.default.fileExists(atPath: root.appending($0).string) }
  }

  private static func repository(around folder: FilePath) async throws -> Repository? {
    do {
      return try await Repository.discover(from: folder)
    } catch let error where error.code == .notFound {
      return nil
    }
  }
}
