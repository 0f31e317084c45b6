internal import Basics
package import Migrations
package import Postgres
internal import SQL
package import SystemPackage

/// A PostgreSQL server on which migrations are tried, and what it remembers of earlier tries.
///
/// A reset is a look-up: a state, that is the database that a list of migrations leads to, is kept under the name of
/// everything that made it (`StateChain`), and what is handed out is a copy. The usual reset costs not even that: a
/// shadow that is given back in the state that is wanted next stands ready. Two processes may each have a shadow server
/// over one detached server, and a kill at any moment leaves nothing that is taken for a state (`StateCache`).
package actor ShadowServer {
  package struct Configuration: Sendable {
    /// For the server's data and its private installation of PostgreSQL. When we are root, PostgreSQL runs as another
    /// user, who must be able to reach it. See also `ShadowDirectory`.
    package var directory: FilePath
    /// Whose server it is, where several share the folder; nil for one that has it alone.
    package var name: String?
    package var binaries: ServerBinaries
    package var lifetime: EmbeddedServer.Lifetime
    /// How much the databases may take together, in bytes; states are dropped for it, not shadows.
    package var cacheLimit: Int
    /// How much one database may grow by while migrations are applied to it, in bytes.
    package var sizeLimit: Int
    /// How much memory one session may take, in bytes. One INSERT of 15 MB takes 500 MB.
    package var memoryLimit: Int
    /// For the migrations' statements.
    package var limits: TimeLimits
    /// Is told, in a sentence, of what went wrong while nobody waited for it: it costs time only.
    package var notice: @Sendable (String) -> Void

    package init(
      directory: FilePath, name: String? = nil, binaries: ServerBinaries, lifetime: EmbeddedServer.Lifetime = .process,
      cacheLimit: Int = 1 << 30, sizeLimit: Int? = nil, memoryLimit: Int = 2 << 30,
      limits: TimeLimits = TimeLimits(statement: .seconds(300)),
      notice: @escaping @Sendable (String) -> Void = { _ in }
    ) {
      self.directory = directory
      self.name = name
      self.binaries = binaries
      self.lifetime = lifetime
      self.cacheLimit = cacheLimit
      self.sizeLimit = sizeLimit ?? Self.sizeLimit(forCacheOf: cacheLimit)
      self.memoryLimit = memoryLimit
      self.limits = limits
      self.notice = notice
    }

    /// What a database may grow by where nothing is said of it, in bytes.
    static func sizeLimit(forCacheOf cacheLimit: Int) -> Int { max(cacheLimit, 256 << 20) }
  }

  package nonisolated let configuration: Configuration
  package nonisolated let server: EmbeddedServer
  /// For nobody in particular; see `PlatformAdaptation.for`.
  var adaptation: PlatformAdaptation
  /// Marks our databases as in use for as long as we live.
  var anchor: Connection
  let owner: Int32
  private var databaseCount = 0
  /// By migration role, the roles that the cluster was last given for it.
  var assertedRoles: [String: String] = [:]
  /// Each of our connections to the maintenance database is a place; making a state takes two more connections.
  private var freePlaces = 4
  private var queue: [CheckedContinuation<Void, Never>] = []
  /// While the server is looked after. Cancelled by `stop`.
  var revival: Task<Result<Bool, any Error>, Never>?
  /// The process of the server that is as `prepare` leaves it.
  var preparedProcess: Int32?
  /// By the state that they are for.
  var chores: [Digest: Chore] = [:]
  /// Shadows that are what they were when they were handed out or brought to a state; the last one used is the last.
  var ready: [ShadowDatabase] = []
  /// By name, the shadows that are handed out, for each of which the anchor holds the roles.
  var held: Set<String> = []

  /// The database in which databases are made and dropped.
  static let maintenance = "postgres"

  /// Starts the server, or takes the one that runs in the folder, and clears away what a killed process left in it.
  package static func start(_ configuration: Configuration) async throws -> ShadowServer {
    let tree = try ServerTree(of: configuration.binaries, in: configuration.directory.appending("installation"))
    let server = try await EmbeddedServer.start(
      .init(
        directory: ShadowServers.folder(
          forMajor: tree.binaries.major, of: configuration.name, in: configuration.directory),
        binaries: tree.binaries, lifetime: configuration.lifetime, isIsolated: true,
        memoryLimit: configuration.memoryLimit,
        // A migration that sorts for ever, or that makes a replication slot, must not fill the disk.
        settings: ["max_connections": "100", "temp_file_limit": "1GB", "max_slot_wal_keep_size": "64MB"]))
    if let exposure = await server.exposure {
      configuration.notice("The shadow can reach the network, and so can what is pushed: \(exposure).")
    }
    let owner = Int32.random(in: 1...Int32.max)
    let (anchor, key) = try await prepare(server, for: owner)
    try await StateCache(connection: anchor).sweep()
    try await StateCache(connection: anchor).removeStrangers()
    return ShadowServer(
      configuration, server: server,
      adaptation: PlatformAdaptation(key: key, standIns: tree.standIns, backing: .nobody),
      anchor: anchor, owner: owner, preparedProcess: await server.processID)
  }

  /// Makes what is needed on the server, and marks what belongs to `owner` as in use for as long as the connection is.
  static func prepare(
    _ server: EmbeddedServer, for owner: Int32
  ) async throws -> (anchor: Connection, key: PlatformKey) {
    let anchor = try await Connection.open(
      server.connectionString(database: maintenance, user: server.configuration.superuser),
      applicationName: "penstock shadow")
    let cache = StateCache(connection: anchor)
    let key = try await cache.prepare()
    try await cache.claim(owner: owner)
    return (anchor, key)
  }

  private init(
    _ configuration: Configuration, server: EmbeddedServer, adaptation: PlatformAdaptation, anchor: Connection,
    owner: Int32, preparedProcess: Int32?
  ) {
    self.configuration = configuration
    self.server = server
    self.adaptation = adaptation
    self.anchor = anchor
    self.owner = owner
    self.preparedProcess = preparedProcess
  }

  /// Stops using the server, and ends it if it is ours alone.
  package func stop() async throws {
    revival?.cancel()
    _ = await revival?.value
    await endChores()
    do {
      try await dismissReady()
    } catch {
      configuration.notice("The shadows could not be cleared away: \(error)")
    }
    await anchor.close()
    if configuration.lifetime == .process { try await server.stop() }
  }
}

// MARK: - Shadows

extension ShadowServer {
  /// A database of one's own, in the state that `migrations` lead to. Give it back with `giveBack` or `release`.
  ///
  /// - Parameter isSettled: Whether the migrations are a target's own, so that the next reset is to these or to more.
  /// - Throws: `ApplyFailure` when a migration does not apply.
  package func reset(
    platform: Platform, migrations: [Migration], isSettled: Bool = false
  ) async throws -> ShadowDatabase {
    let chain = StateChain(
      serverVersion: configuration.binaries.version, platform: platform, migrations: migrations)
    await chores[chain.links[migrations.count]]?.preparation.value
    if let shadow = try await takeReady(in: chain, for: platform) { return shadow }
    return try await copy(platform: platform, migrations: migrations, chain: chain, isSettled: isSettled)
  }

  /// A copy of the chain's last state, which is made if need be.
  func copy(
    platform: Platform, migrations: [Migration], chain: StateChain, isSettled: Bool
  ) async throws -> ShadowDatabase {
    try await withCache { cache in
      var attempts = 3
      while true {
        do {
          return try await copy(
            platform: platform, migrations: migrations, chain: chain, isSettled: isSettled, cache: cache)
        } catch let error as PostgresError where error.sqlState == .invalidDatabase && attempts > 1 {
          // Another process dropped the state between the look-up and the copy.
          attempts -= 1
        }
      }
    }
  }

  /// Drops a shadow, whoever is still connected to it; in a cancelled task, too.
  package func release(_ shadow: ShadowDatabase) async throws {
    let result = await Result { try await discard(shadow) }
    try await letGoOfRoles(of: shadow.name)
    try result.get()
  }

  /// Drops a shadow that nobody uses; in a cancelled task, too.
  func discard(_ shadow: ShadowDatabase) async throws {
    // A task of its own is not cancelled with ours.
    try await Task {
      try await withCache { cache in
        try await cache.drop(DatabaseName(rawValue: shadow.name))
        try await cache.removeStrangers()
      }
    }.value
  }

  private func copy(
    platform: Platform, migrations: [Migration], chain: StateChain, isSettled: Bool, cache: StateCache
  ) async throws -> ShadowDatabase {
    var reached = try await beginRoles(of: platform, chain: chain, cache: cache)
    var applied: [AppliedMigration] = []
    for milestone in chain.milestones(after: reached, isSettled: isSettled) {
      applied += try await make(
        milestone, from: reached, platform: platform, migrations: migrations, chain: chain, cache: cache)
      reached = milestone
    }
    let state = chain.states[migrations.count]
    let name = DatabaseName(shadow: nextNumber(), of: owner)
    do {
      try await cache.create(name, from: state, owner: platform.migrationRole)
      try await cache.evict(toFit: configuration.cacheLimit, sparing: state)
      try await acknowledgeRoles(of: platform, in: name)
      let shadow = ShadowDatabase(
        platform: platform, name: name.rawValue, identity: chain.links[migrations.count],
        migrationRole: migrationRole(of: name, platform: platform), superuser: superuser(of: name),
        reused: migrations.count - applied.count, applied: applied,
        adaptation: adaptation.for(platform),
        emulated: try await cache.emulated(in: state))
      try await holdRoles(of: shadow.name)
      return shadow
    } catch {  // Nobody else knows of it yet.
      try await cache.drop(name)
      throw error
    }
  }
}

// MARK: - Making states

extension ShadowServer {
  /// Makes the state after `goal` migrations out of the one after `start`, unless another has made it meanwhile.
  ///
  /// - Parameter start: Nil for nothing: then `goal` is 0.
  private func make(
    _ goal: Int, from start: Int?, platform: Platform, migrations: [Migration], chain: StateChain, cache: StateCache
  ) async throws -> [AppliedMigration] {
    let state = chain.states[goal]
    return try await cache.withLock(on: state) {
      guard try await !cache.has(state) else { return [] }
      let draft = DatabaseName(draft: nextNumber(), of: owner)
      do {
        try await cache.create(
          draft, from: start.map { chain.states[$0] }, owner: start == nil ? nil : platform.migrationRole)
        guard let start else {
          try await platform.install(
            superuser: server.connectionString(database: draft.rawValue, user: server.configuration.superuser))
          try await keepRoles(of: draft, cache: cache)
          try await keep(draft, as: state, profile: platform.profile, cache: cache)
          return []
        }
        var applied: [AppliedMigration] = []
        do {
          try await replay(migrations[start..<goal], on: draft, platform: platform, applied: &applied)
        } catch let failure as ApplyFailure where !applied.isEmpty {
          // The next try most likely differs only from here on. What a lost connection leaves, nobody knows.
          let count = start + applied.count
          let isKnown = failure.postgres.map { $0.code == .server } ?? true
          if isKnown, Self.leavesNothing(migrations[count]), try await !cache.has(chain.states[count]) {
            try await keep(draft, as: chain.states[count], profile: platform.profile, cache: cache)
          }
          throw failure
        }
        try await keep(draft, as: state, profile: platform.profile, cache: cache)
        return applied
      } catch {
        try await cache.drop(draft)
        throw error
      }
    }
  }

  /// Applies migrations to a draft and disconnects from it.
  ///
  /// - Parameter applied: Gets those that were applied before a throw, too.
  func replay(
    _ migrations: ArraySlice<Migration>, on draft: DatabaseName, platform: Platform, applied: inout [AppliedMigration]
  ) async throws {
    let adaptation = adaptation.for(platform)
    try await watching(draft, configuration.limits) {
      try await Connection.with(migrationRole(of: draft, platform: platform), as: "penstock shadow replay") {
        connection in
        try await Application.apply(
          migrations, on: connection, adaptation: adaptation, limits: configuration.limits, recording: .nothing,
          applied: { applied.append($0) })
      }
    }
  }

  /// Turns a draft into a state, with a note of the stand-ins that are in it besides the profile's own.
  private func keep(
    _ draft: DatabaseName, as state: DatabaseName, profile: Profile, cache: StateCache
  ) async throws {
    try await cache.keep(draft, as: state, emulated: try await standIns(in: draft, profile: profile))
  }

  /// The stand-ins that are in a database besides the profile's own, sorted.
  func standIns(in database: DatabaseName, profile: Profile) async throws -> [String] {
    let names = adaptation.standIns.subtracting(profile.preinstalled).sorted()
    return try await Connection.with(superuser(of: database), as: "penstock shadow") { connection in
      let rows = try await connection.query(
        "select extname::text from pg_extension where extname = any ($1) order by extname", [names])
      return try rows.map { try $0.decode(String.self) }
    }
  }

  /// Whether a migration that failed left the database as it was.
  ///
  /// One that adds a value to an enum may have been begun anew in several steps.
  private static func leavesNothing(_ migration: Migration) -> Bool {
    guard let application = try? Application(migration), application.plan.isTransactional else { return false }
    return !application.script.statements.contains { if case .alterEnum = $0.syntax { true } else { false } }
  }
}

// MARK: - Connections

extension ShadowServer {
  func nextNumber() -> Int {
    databaseCount += 1
    return databaseCount
  }

  /// For a database that migrations have been at: nothing that they set there holds for this session.
  nonisolated func superuser(of database: DatabaseName) -> ConnectionString {
    server.connectionString(database: database.rawValue, user: server.configuration.superuser)
      .with("options", Self.aloof)
  }

  /// The owner of a database sets what its sessions begin with. The search path would be the worst of it: with another's
  /// schema before PostgreSQL's own, the superuser's next statement would call functions of that schema. And an event
  /// trigger, be it ON LOGIN, would run with the superuser's rights.
  private static let aloof = [
    "search_path=pg_catalog", "session_replication_role=replica", "local_preload_libraries=", "role=none",
    "default_transaction_read_only=off", "default_transaction_isolation=read\\ committed", "statement_timeout=0",
    "lock_timeout=0", "idle_in_transaction_session_timeout=0", "idle_session_timeout=0",
  ].map { "-c \($0)" }.joined(separator: " ")

  private nonisolated func migrationRole(of database: DatabaseName, platform: Platform) -> ConnectionString {
    server.connectionString(database: database.rawValue, user: platform.migrationRole)
      .with("options", platform.profile.sessionOptions)
  }

  /// Runs `body` with a connection of its own to the maintenance database, when there is a place for it.
  func withCache<Value: Sendable>(_ body: (StateCache) async throws -> Value) async throws -> Value {
    await takePlace()
    defer { leavePlace() }
    return try await Connection.with(
      superuser(of: DatabaseName(rawValue: Self.maintenance)), as: "penstock shadow cache"
    ) { connection in
      let result = await Result { try await body(StateCache(connection: connection)) }
      // The server would do it a moment after the connection is closed, when the next to ask may have asked.
      _ = try? await connection.execute("select pg_advisory_unlock_all()", evenIfCancelled: true)
      return try result.get()
    }
  }
}

// MARK: - Places

extension ShadowServer {
  /// Waits for a place, in the order of asking. The places are few, as are the server's connections and the cores.
  private func takePlace() async {
    if freePlaces > 0 {
      freePlaces -= 1
    } else {
      await withCheckedContinuation { queue.append($0) }
    }
  }

  private func leavePlace() {
    if queue.isEmpty {
      freePlaces += 1
    } else {
      queue.removeFirst().resume()
    }
  }
}
