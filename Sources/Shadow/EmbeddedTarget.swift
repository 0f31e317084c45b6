internal import Basics
package import Postgres
package import SystemPackage

/// A PostgreSQL of Penstock's own to promote to, with what a profile's platform has: for trying out, for demonstrations
/// and as the local database of a developer.
///
/// It is durable, and stays what it is between starts; nothing of it is a shadow's.
package struct EmbeddedTarget: Sendable {
  package let profile: Profile
  package let server: EmbeddedServer
  /// Connects as the role that migrations run as.
  package let connection: ConnectionString
  /// What a migration's statements go through here: it does on their behalf what the platform would.
  package let adaptation: PlatformAdaptation

  private static let database = "target"
  private static let maintenance = "postgres"

  /// The major version of the one that is in a folder; nil when there is none.
  package static func major(in directory: FilePath) -> Int? {
    EmbeddedServer.major(ofDataIn: server(in: directory))
  }

  private static func server(in directory: FilePath) -> FilePath { directory.appending("server") }

  /// Starts the server in a folder, and sets its database up when it is new.
  ///
  /// - Parameters:
  ///   - installed: The servers that are installed, newest first.
  ///   - major: The version that a new one gets, if it is installed. One that is there stays what it is.
  /// - Throws: `ShadowError` or `PostgresError`, when there is no server to be had or the profile cannot be installed.
  package static func start(
    in directory: FilePath, installed: [ServerBinaries], major: Int? = nil, profile: Profile,
    lifetime: EmbeddedServer.Lifetime
  ) async throws -> EmbeddedTarget {
    let binaries = try installed.best(forMajor: self.major(in: directory) ?? major)
    let tree = try ServerTree(of: binaries, in: directory.appending("installation"))
    let server = try await EmbeddedServer.start(
      .init(directory: self.server(in: directory), binaries: tree.binaries, durable: true, lifetime: lifetime))
    let superuser = server.connectionString(database: maintenance, user: server.configuration.superuser)
    let key = try await Connection.with(superuser, as: "penstock target") { connection in
      let key = try await StateCache(connection: connection).prepare()
      try await setUp(profile, on: server, maintenance: connection)
      return key
    }
    return EmbeddedTarget(
      profile: profile, server: server,
      connection: server.connectionString(database: database, user: Profile.migrationRole)
        .with("options", profile.sessionOptions),
      adaptation: PlatformAdaptation(key: key, standIns: tree.standIns, backing: Backing(of: profile)))
  }

  /// Throws away the database and sets it up again, with nothing but its profile. Whoever is connected is thrown out.
  package func rebuild() async throws {
    let superuser = server.connectionString(database: Self.maintenance, user: server.configuration.superuser)
    try await Connection.with(superuser, as: "penstock target") { connection in
      try await connection.execute("drop database if exists \(Self.database) with (force)")
      try await Self.setUp(profile, on: server, maintenance: connection)
    }
  }

  /// The database gets its name when it is complete, so that one that was cut off half-way is begun anew. Of several
  /// processes, one makes it: the lock is the connection's, which its owner closes.
  private static func setUp(_ profile: Profile, on server: EmbeddedServer, maintenance: Connection) async throws {
    try await maintenance.execute(
      "select pg_advisory_lock($1::int, $2::int)", [StateCache.lockClass, StateCache.setupLock])
    guard try await maintenance.query("select from pg_database where datname = $1", [database]).isEmpty else { return }
    let draft = "\(database)_draft"
    try await maintenance.execute("drop database if exists \(draft) with (force)")
    try await maintenance.execute("create database \(draft) template template0")
    try await Platform(profile).install(
      superuser: server.connectionString(database: draft, user: server.configuration.superuser))
    try await maintenance.execute("alter database \(draft) owner to \(Profile.migrationRole)")
    try await maintenance.execute("alter database \(draft) rename to \(database)")
  }
}
