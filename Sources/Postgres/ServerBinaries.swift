internal import Glibc
package import SystemPackage

/// An installed PostgreSQL server.
package struct ServerBinaries: Hashable, Sendable {
  package let major: Int
  /// As the server itself says it: `15.18`, `18beta1`.
  package let version: String
  /// Where `postgres` and `initdb` are.
  package let bin: FilePath

  var postgres: FilePath { bin.appending("postgres") }

  package init(major: Int, version: String, bin: FilePath) {
    self.major = major
    self.version = version
    self.bin = bin
  }

  /// The installation in `bin`.
  ///
  /// - Throws: `.noServerBinaries` when `postgres` and `initdb` are not there or do not run.
  package init(bin: FilePath) async throws(PostgresError) {
    guard Self.isExecutable(bin.appending("initdb")), Self.isExecutable(bin.appending("postgres")) else {
      throw PostgresError(
        .noServerBinaries, "There is no PostgreSQL server in \(bin): a folder with postgres and initdb in it is needed."
      )
    }
    let output = try await Tool(path: bin.appending("postgres")).run(["--version"]).output
    // postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    let words = output.split(whereSeparator: \.isWhitespace)
    guard words.count >= 3, let major = Int(words[2].prefix { $0.isNumber }) else {
      throw PostgresError(
        .noServerBinaries, "\(bin)/postgres does not say its version but: \(output.singleLine).")
    }
    self.init(major: major, version: String(words[2]), bin: bin)
  }

  /// The variable that names the folders to look in, instead of the machine's: `FOLDER:FOLDER`.
  package static let variable = "PENSTOCK_POSTGRESQL"

  /// What is installed on this machine, newest first: in Debian's folders, where `pg_config` points, in `$PATH`, or in
  /// place of these in `$PENSTOCK_POSTGRESQL`.
  ///
  /// - Parameter folders: To look in as well.
  package static func installed(besides folders: [FilePath] = []) async -> [ServerBinaries] {
    var found: [ServerBinaries] = []
    var seen: Set<FilePath> = []
    for bin in await folders + candidates() {
      guard let real = bin.resolved, seen.insert(real).inserted else { continue }
      // A folder without a server is the usual case here, not an error.
      guard let binaries = try? await ServerBinaries(bin: bin) else { continue }
      found.append(binaries)
    }
    return found.sorted { ($0.major, $0.minor) > ($1.major, $1.minor) }
  }

  /// The newest installed server of a major version, or the newest of all when that one is not installed.
  ///
  /// - Parameter major: Nil for any.
  /// - Throws: `.noServerBinaries` when no server is installed.
  package static func best(forMajor major: Int? = nil) async throws(PostgresError) -> ServerBinaries {
    try await installed().best(forMajor: major)
  }

  /// As libpq counts versions: 150018 is PostgreSQL 15.18.
  package var number: Int { major * 10_000 + minor }

  private var minor: Int {
    Int(version.drop { $0.isNumber }.dropFirst().prefix { $0.isNumber }) ?? 0
  }

  /// Nil when the variable is not set, or empty.
  private static var namedFolders: [FilePath]? {
    let list = getenv(variable).map { String(cString: $0) } ?? ""
    return list.isEmpty ? nil : folders(in: list)
  }

  fileprivate static var places: String {
    namedFolders.map { "not in \($0.map(\.string).joined(separator: " or ")), where \(variable) points" }
      ?? "neither in /usr/lib/postgresql/*/bin nor where pg_config or $PATH point"
  }

  private static func folders(in list: String) -> [FilePath] {
    list.split(separator: ":").map { FilePath(String($0)) }.filter(\.isAbsolute)
  }

  private static func candidates() async -> [FilePath] {
    if let namedFolders { return namedFolders }
    let debian: FilePath = "/usr/lib/postgresql"
    var folders = debian.entries.map { debian.appending($0).appending("bin") }
    let pathFolders = getenv("PATH").map { Self.folders(in: String(cString: $0)) } ?? []
    if let tool = pathFolders.map({ $0.appending("pg_config") }).first(where: isExecutable),
      let answer = try? await Tool(path: tool).run(["--bindir"]), answer.succeeded
    {
      folders.append(FilePath(answer.output.trimmingNewlines))
    }
    return folders + pathFolders
  }

  private static func isExecutable(_ path: FilePath) -> Bool {
    path.withPlatformString { access($0, X_OK) } == 0
  }
}

extension [ServerBinaries] {
  /// The first of a major version, or the first of all when there is none: of those that are `installed`, the newest.
  ///
  /// - Parameter major: Nil for any.
  /// - Throws: `.noServerBinaries` when there is none at all.
  package func best(forMajor major: Int? = nil) throws(PostgresError) -> ServerBinaries {
    guard let best = first(where: { $0.major == major }) ?? first else {
      throw PostgresError(
        .noServerBinaries,
        """
        No PostgreSQL server is installed: \(ServerBinaries.places). \
        Install one: apt install postgresql\(major.map { "-\($0)" } ?? "").
        """)
    }
    return best
  }
}
