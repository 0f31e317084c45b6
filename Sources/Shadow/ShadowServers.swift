internal import Basics
internal import FoundationEssentials
package import Postgres
package import SystemPackage

/// The shadow servers of one folder, or of one name in it: one for each major version of PostgreSQL that somebody asks for.
///
/// A migration means what its target's version makes of it, so it is tried on the same, where that is installed.
package actor ShadowServers {
  package nonisolated let configuration: Configuration
  /// By major version. One that could not be started is not among them.
  private var servers: [Int: Task<ShadowServer, any Error>] = [:]
  /// Told of each server that had died and was started again.
  private let onRevival: @Sendable (EmbeddedServer) -> Void

  package struct Configuration: Sendable {
    /// For the data of all servers; see `ShadowServer.Configuration`.
    package var directory: FilePath
    /// Whose servers they are, where several share the folder; nil for one that has it alone.
    package var name: String?
    /// Those that are installed, newest first.
    package var installed: [ServerBinaries]
    package var lifetime: EmbeddedServer.Lifetime
    /// How much the kept states of each server may take together, in bytes.
    package var cacheLimit: Int
    /// How much one database may grow by, in bytes; nil as in `ShadowServer.Configuration`.
    package var sizeLimit: Int?
    /// Is told, in a sentence, of what went wrong while nobody waited for it: it costs time only.
    package var notice: @Sendable (String) -> Void

    package init(
      directory: FilePath, installed: [ServerBinaries], lifetime: EmbeddedServer.Lifetime = .process,
      cacheLimit: Int = 1 << 30, notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
      self.directory = directory
      self.installed = installed
      self.lifetime = lifetime
      self.cacheLimit = cacheLimit
      self.notice = notice
    }
  }

  /// Starts nothing yet.
  package init(
    _ configuration: Configuration, onRevival: @escaping @Sendable (EmbeddedServer) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.onRevival = onRevival
  }

  /// The server for targets of a major version, running: the newest installed of that version, else the newest of all.
  ///
  /// - Parameter major: Nil for any.
  /// - Throws: `PostgresError` or `ShadowError` when it cannot be started, and the next call tries again.
  package func server(forMajor major: Int? = nil) async throws -> ShadowServer {
    let binaries = try configuration.installed.best(forMajor: major)
    if let running = servers[binaries.major] {
      let server = try await running.value
      if try await server.revive() { onRevival(server.server) }
      return server
    }
    let configuration = ShadowServer.Configuration(
      directory: configuration.directory, name: configuration.name, binaries: binaries,
      lifetime: configuration.lifetime, cacheLimit: configuration.cacheLimit, sizeLimit: configuration.sizeLimit,
      notice: configuration.notice)
    // Not cancelled with whoever asked first: others may be waiting for the same server.
    let start = Task { try await ShadowServer.start(configuration) }
    servers[binaries.major] = start
    do {
      return try await start.value
    } catch {
      if servers[binaries.major] == start { servers[binaries.major] = nil }
      throw error
    }
  }

  /// Stops using the servers, and ends those that are ours alone. One that does not stop dies with the process.
  package func stop() async {
    for server in servers.values { try? await server.value.stop() }
    servers = [:]
  }
}

extension ShadowServers {
  /// The folder of the server of a major version.
  ///
  /// - Parameter name: As in the configuration.
  package static func folder(forMajor major: Int, of name: String? = nil, in directory: FilePath) -> FilePath {
    directory.appending("\(prefix)\(major)\(name.map { "-\(fileName(for: $0))" } ?? "")")
  }

  /// A name as a part of a folder's, which must leave a socket's path short enough.
  private static func fileName(for name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
    }
    return isPlain && name.utf8.count <= 24 ? name : "\(Digest(of: name).hex.prefix(24))"
  }

  private static let prefix = "server-"

  /// Those of servers in a folder, whoever's they are.
  static func folders(in directory: FilePath) -> [FilePath] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.map { directory.appending($0) }
  }

  /// Stops the detached servers that run in a folder, and starts none for it.
  ///
  /// - Returns: Whether there was one.
  /// - Throws: When one belongs to a process that lives.
  package static func stopDetached(in directory: FilePath) async throws -> Bool {
    var hasStopped = false
    for folder in folders(in: directory) {
      if try await EmbeddedServer.stopDetached(in: folder) { hasStopped = true }
    }
    return hasStopped
  }
}
