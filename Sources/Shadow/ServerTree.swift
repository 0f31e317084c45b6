internal import Basics
internal import FoundationEssentials
internal import Glibc
internal import Postgres
internal import SystemPackage

/// An installation of PostgreSQL of our own: the machine's, seen through links, with a folder of extensions to which
/// the stand-ins are added and in which everything that the platform lets `postgres` create is marked as trusted.
///
/// PostgreSQL finds its share folder from the path of its executable, links resolved, so the executables are copies
/// and everything else is links. No right of root is needed. (`make_relative_path` in src/port/path.c.)
struct ServerTree: Sendable {
  let binaries: ServerBinaries
  /// The stand-ins that the tree has: those whose real extension is not installed, or could not work here.
  let standIns: Set<String>

  /// Extensions that PostgreSQL gives to superusers only, and the platform to `postgres`.
  private static let trusted: Set<String> = [
    "address_standardizer", "address_standardizer_data_us", "autoinc", "bloom", "dblink", "dict_xsyn",
    "earthdistance", "hypopg", "insert_username", "moddatetime", "pg_buffercache", "pg_hashids", "pg_jsonschema",
    "pg_partman", "pg_prewarm", "pg_stat_statements", "pg_walinspect", "pgmq", "pgrouting", "pgrowlocks",
    "pgstattuple", "pgtap", "plpgsql_check", "postgis", "postgis_raster", "postgis_sfcgal",
    "postgis_tiger_geocoder", "postgis_topology", "postgres_fdw", "refint", "rum", "sslinfo", "tcn", "xml2",
  ]

  /// Makes the tree below `directory`, or takes the one that is there.
  ///
  /// - Throws: `ShadowError`, code `.installation`, when the machine's installation is not laid out in a way that is
  ///   known here, or the disk says no.
  init(of original: ServerBinaries, in directory: FilePath) throws(ShadowError) {
    do {
      try self.init(copying: original, in: directory)
    } catch let error as ShadowError {
      throw error
    } catch {
      throw ShadowError(
        .installation,
        "A private installation of PostgreSQL could not be made in \(directory): "
          + "\(Self.reason(of: error)). It needs 10 MB there, to be read by the user that PostgreSQL runs as.")
    }
  }

  private init(copying original: ServerBinaries, in directory: FilePath) throws {
    let files = FileManager.default
    let bin = original.bin.string
    guard let share = Self.shareFolder(of: original) else {
      throw ShadowError(
        .installation,
        "PostgreSQL \(original.version) in \(bin) has no share folder with extensions where one is expected.")
    }
    let installed = try files.contentsOfDirectory(atPath: share + "/extension").sorted()
    standIns = Set(
      StandIn.all.filter { $0.isPreloaded || !installed.contains("\($0.name).control") }.map(\.name))

    let identity = Digest(of: "\(original.version) \(bin) \(installed) \(StandIn.digest) \(Self.trusted.sorted())")
    let name = "postgresql-\(original.major)-\(identity.hex.prefix(16))"
    let tree = directory.appending(name).string
    binaries = ServerBinaries(major: original.major, version: original.version, bin: FilePath(tree + bin))
    guard !files.fileExists(atPath: tree) else { return }

    // Complete or not there: another process may be making the same tree, and this one may be killed.
    Self.removeDrafts(in: directory)
    let draft = directory.appending("\(name).\(UInt64.random(in: 0...UInt64.max))").string
    try files.createDirectory(atPath: draft + bin, withIntermediateDirectories: true)
    for entry in try files.contentsOfDirectory(atPath: bin) {
      if ["postgres", "initdb", "pg_ctl"].contains(entry) {
        try files.copyItem(atPath: Self.real("\(bin)/\(entry)"), toPath: "\(draft)\(bin)/\(entry)")
      } else {
        try files.createSymbolicLink(atPath: "\(draft)\(bin)/\(entry)", withDestinationPath: "\(bin)/\(entry)")
      }
    }
    let lib = FilePath(bin).removingLastComponent().appending("lib").string
    if files.fileExists(atPath: lib) {
      try files.createSymbolicLink(atPath: draft + lib, withDestinationPath: lib)
    }
    try files.createDirectory(atPath: "\(draft)\(share)/extension", withIntermediateDirectories: true)
    for entry in try files.contentsOfDirectory(atPath: share) where entry != "extension" {
      try files.createSymbolicLink(atPath: "\(draft)\(share)/\(entry)", withDestinationPath: "\(share)/\(entry)")
    }
    try Self.fill("\(draft)\(share)/extension", from: share + "/extension", entries: installed, standIns: standIns)
    do {
      try files.moveItem(atPath: draft, toPath: tree)
    } catch  where files.fileExists(atPath: tree) {
      try files.removeItem(atPath: draft)
    }
  }

  /// What processes that were killed have left; a draft is the work of a second.
  private static func removeDrafts(in directory: FilePath) {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: directory.string)) ?? [] where name.contains(/^postgresql-.*\./)
    {
      let draft = directory.appending(name).string
      guard let made = try? files.attributesOfItem(atPath: draft)[.modificationDate] as? Date,
        made.timeIntervalSinceNow < -600
      else { continue }
      try? files.removeItem(atPath: draft)
    }
  }

  private static func fill(
    _ folder: String, from original: String, entries: [String], standIns: Set<String>
  ) throws {
    let files = FileManager.default
    for entry in entries where !standIns.contains(where: { entry == "\($0).control" }) {
      if entry.hasSuffix(".control"), trusted.contains(String(entry.dropLast(8))) {
        let control = try String(contentsOfFile: "\(original)/\(entry)", encoding: .utf8)
        try (control + "\ntrusted = true\n").write(toFile: "\(folder)/\(entry)", atomically: false, encoding: .utf8)
      } else {
        try files.createSymbolicLink(atPath: "\(folder)/\(entry)", withDestinationPath: "\(original)/\(entry)")
      }
    }
    for standIn in StandIn.all where standIns.contains(standIn.name) {
      try standIn.control.write(toFile: "\(folder)/\(standIn.name).control", atomically: false, encoding: .utf8)
      try Data(standIn.script).write(to: URL(filePath: "\(folder)/\(standIn.scriptName)"))
    }
  }

  /// Debian's `/usr/share/postgresql/15` for `/usr/lib/postgresql/15/bin`; `PREFIX/share/...` for `PREFIX/bin`.
  private static func shareFolder(of binaries: ServerBinaries) -> String? {
    let prefix = binaries.bin.removingLastComponent()
    var candidates = ["share/postgresql/\(binaries.major)", "share/postgresql", "share"].map { prefix.appending($0) }
    if binaries.bin.string.contains("/lib/postgresql/") {
      candidates.insert(
        prefix.removingLastComponent().removingLastComponent().removingLastComponent()
          .appending("share/postgresql/\(binaries.major)"), at: 0)
    }
    return candidates.map(\.string).first {
      FileManager.default.fileExists(atPath: $0 + "/extension/plpgsql.control")
    }
  }

  /// The system's words, where Foundation's error has them.
  private static func reason(of error: any Error) -> String {
    let system = (error as? CocoaError)?.underlying as? POSIXError
    return system.map { "\(Errno(rawValue: $0.code.rawValue))" } ?? "\(error)"
  }

  private static func real(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path
  }
}
