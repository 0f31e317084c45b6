package import Basics
internal import Dispatch
internal import FoundationEssentials
internal import Synchronization

/// The migrations of one folder, in the order in which they apply.
///
/// Made from paths and bytes, whoever read them: a commit's tree, a folder, the index. The rules are those of the
/// Supabase CLI: only files directly in the folder count, a file name is `<version>_<name>.sql`, and versions are
/// compared as text. See `VersionOrder` for the one choice.
package struct MigrationSet: Sendable {
  /// The folder, relative to the repository's root.
  package let directory: String
  package let order: VersionOrder
  /// Sorted by version, then by the bytes of the file name. Holds every file of a duplicated version.
  package let migrations: [Migration]
  /// The versions that more than one file has, in order.
  package let duplicates: [Duplicate]
  /// What is in the folder and is not applied, sorted by path.
  package let skipped: [SkippedFile]

  /// The `.sql` files among ``skipped`` whose names are no migrations' names.
  package var misnamed: [String] {
    skipped.filter { if case .badName = $0.reason { true } else { false } }.map(\.path)
  }

  /// A version that more than one file has.
  package struct Duplicate: Hashable, Sendable {
    package let version: String
    /// Two or more, in order of file name.
    package let paths: [String]
  }

  /// - Parameters:
  ///   - files: In any order, with paths relative to the repository's root. Those outside `directory` are not the
  ///     set's business and are passed over in silence.
  ///   - directory: The migrations' folder.
  package init(
    files: [(path: String, bytes: [UInt8])],
    directory: String = "supabase/migrations",
    order: VersionOrder = .text
  ) {
    let folder = directory.isEmpty || directory.hasSuffix("/") ? directory : directory + "/"
    let files = files.filter { $0.path.hasPrefix(folder) }.sorted { $0.path.bytesPrecede($1.path) }
    let ways = Ways(files.map(\.path), order: order)

    var migrations: [Migration] = []
    var skipped: [SkippedFile] = []
    for (index, file) in files.enumerated() {
      if let reason = SkippedFile.Reason(
        of: file.path.dropFirst(folder.count), isFirst: index == 0, order: order, up: ways.up(for: file.path))
      {
        skipped.append(SkippedFile(path: file.path, reason: reason, bytes: file.bytes))
      } else if let migration = Migration(path: file.path, bytes: file.bytes, order: order) {
        migrations.append(migration)
      }
    }
    migrations.sort { a, b in
      if order.precedes(a.version, b.version) { return true }
      if order.precedes(b.version, a.version) { return false }
      return a.path.bytesPrecede(b.path)
    }

    self.directory = directory
    self.order = order
    self.migrations = migrations
    self.duplicates = Self.duplicates(in: migrations, order: order)
    self.skipped = skipped
  }

  /// The set of a folder on disk. A folder that is missing is an empty set.
  ///
  /// - Parameters:
  ///   - root: The repository's root; paths in the set are relative to it.
  /// - Throws: Foundation's error when a file or the folder cannot be read.
  package static func read(
    root: String, directory: String = "supabase/migrations", order: VersionOrder = .text
  ) throws -> MigrationSet {
    let folder = root + "/" + directory
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder) else { return MigrationSet(files: [], directory: directory, order: order) }
    let names = try manager.contentsOfDirectory(atPath: folder)
    let slice = 64
    let read = Mutex<Result<[(path: String, bytes: [UInt8])], any Error>>(.success([]))
    DispatchQueue.concurrentPerform(iterations: (names.count + slice - 1) / slice) { number in
      let files = Result {
        try names[number * slice..<min((number + 1) * slice, names.count)].map { name in
          try file(name, in: folder, of: directory)
        }
      }
      read.withLock { read in read = Result { try read.get() + files.get() } }
    }
    return MigrationSet(files: try read.withLock { try $0.get() }, directory: directory, order: order)
  }

  private static func file(
    _ name: String, in folder: String, of directory: String
  ) throws -> (path: String, bytes: [UInt8]) {
    let path = folder + "/" + name
    var isDirectory = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if isDirectory { return (path: "\(directory)/\(name)/", bytes: []) }
    return (path: "\(directory)/\(name)", bytes: Array(try Data(contentsOf: URL(filePath: path))))
  }

  /// One link a migration: each binds the migration's file name and bytes, and every link before it.
  ///
  /// Equal links mean equal histories, up to and including that migration.
  package func chain(from seed: Digest) -> [Digest] {
    Migration.chain(migrations, from: seed)
  }

  private static func duplicates(in migrations: [Migration], order: VersionOrder) -> [Duplicate] {
    var duplicates: [Duplicate] = []
    var rest = migrations[...]
    while let first = rest.first {
      let same = rest.prefix { !order.precedes(first.version, $0.version) }
      if same.count > 1 {
        duplicates.append(Duplicate(version: first.version, paths: same.map(\.path)))
      }
      rest = rest.dropFirst(same.count)
    }
    return duplicates
  }
}

/// The `.up.sql` files of a folder, by version.
private struct Ways {
  private let order: VersionOrder
  private var ups: [String: String] = [:]

  init(_ paths: [String], order: VersionOrder) {
    self.order = order
    for path in paths where path.hasSuffix(".up.sql") {
      guard let version = order.parse(path.lastComponent)?.version else { continue }
      ups[version] = path
    }
  }

  /// For a `.down.sql`, the `.up.sql` of the same version, if there is one.
  func up(for path: String) -> String? {
    guard path.hasSuffix(".down.sql"), let version = order.parse(path.lastComponent)?.version else { return nil }
    return ups[version]
  }
}

extension Migration {
  /// The chain of some migrations in the order given. See `MigrationSet.chain(from:)`.
  package static func chain(_ migrations: [Migration], from seed: Digest) -> [Digest] {
    var link = seed
    return migrations.map { migration in
      link = Digest(chaining: link, Digest(of: migration.fileName), migration.checksum)
      return link
    }
  }
}

extension String {
  func bytesPrecede(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
