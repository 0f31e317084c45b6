internal import Glibc
package import SystemPackage

/// An installed PostgreSQL server.
package struct ServerBinaries: Hashable, Sendable {
  package let major: Int
  /// As the server itself says it: `15.18`, `18beta1`.
  package let version: String
  /// Where `postgres` and `initdb` are.
  package let bin: FilePath

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

  /// What is installed on this machine, newest first: Debian's folders, then `pg_config --bindir`, then `$PATH`.
  package static func installed() async -> [ServerBinaries] {
    var found: [ServerBinaries] = []
    var seen: Set<FilePath> = []
    for bin in await candidates() {
      guard let real = bin.resolved, seen.insert(real).inserted else { continue }
      // A folder without a server is the usual case here, not an error.
      guard let binaries = try? await ServerBinaries(bin: bin) else { continue }
      found.append(binaries)
    }
    return found.sorted { ($0.major, $0.minor) > ($1.major, $1.minor) }
  }

  /// The newest installed server of a major version, or the newest of all when that one is not installed.
  ///
  /// - Parameter forMajor: Nil for any.
  /// - Throws: `.noServerBinaries` when no server is installed.
  package static func best(forMajor major: Int? = nil) async throws(PostgresError) -> ServerBinaries {
    let installed = await installed()
    guard let best = installed.first(where: { $0.major == major }) ?? installed.first else {
      throw PostgresError(
        .noServerBinaries,
        """
        No PostgreSQL server is installed: neither in /usr/lib/postgresql/*/bin nor where pg_config or $PATH point. \
        Install one: apt install postgresql\(major.map { "-\($0)" } ?? "").
        """)
    }
    return best
  }

  private var minor: Int {
    Int(version.drop { $0.isNumber }.dropFirst().prefix { $0.isNumber }) ?? 0
  }

  private static func candidates() async -> [FilePath] {
    let debian: FilePath = "/usr/lib/postgresql"
    var folders = debian.entries.map { debian.appending($0).appending("bin") }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    let pathFolders = path.split(separator: ":").map { FilePath(String($0)) }.filter(\.isAbsolute)
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
