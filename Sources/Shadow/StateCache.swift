internal import Basics
internal import FoundationEssentials
internal import Postgres
internal import SQL

/// The databases of a shadow's server, managed over one connection to its maintenance database.
///
/// Several processes may share a server. A state is complete when it has its name, because it is given that name last:
/// whatever a process that was killed leaves behind is called otherwise, and `sweep` drops it. A state whose dropping
/// was cut short is marked as invalid by the server, and is none.
struct StateCache {
  /// The superuser's, to the maintenance database; for one task at a time, because its locks are the session's.
  let connection: Connection

  /// The first key of all our advisory locks; the second says what is locked.
  static let lockClass: Int32 = 0x5045_4e53
  static let setupLock: Int32 = 0
  /// Shared while a database is being made, whose files nobody must take for rubbish.
  private static let makingLock: Int32 = -3

  // MARK: The server

  /// Makes what the other functions need; once per process.
  func prepare() async throws(PostgresError) -> PlatformKey {
    try await connection.execute("select pg_advisory_lock($1::int, $2::int)", [Self.lockClass, Self.setupLock])
    try await connection.script(
      """
      set client_min_messages = warning;
      create schema if not exists penstock;
      create table if not exists penstock.state (
        name text primary key, bytes bigint not null, emulated text[] not null, last_used timestamptz not null);
      -- Of a database that somebody may be dropping.
      create or replace function penstock.size(database oid) returns bigint language plpgsql
      as $$ begin
        return coalesce(pg_database_size(database), 0);
      exception when invalid_catalog_name or undefined_object or internal_error then
        return 0;
      end $$;
      """)
    try await connection.script(Self.clusterScript)
    try await connection.script(Self.rolesScript)
    let key = try await PlatformKey(of: connection)
    try await connection.execute("select pg_advisory_unlock($1::int, $2::int)", [Self.lockClass, Self.setupLock])
    return key
  }

  /// Marks an owner of drafts and shadows as alive, for as long as the connection is.
  func claim(owner: Int32) async throws(PostgresError) {
    try await connection.execute("select pg_advisory_lock($1::int, $2::int)", [Self.lockClass, owner])
  }

  /// Drops what a process or a server that was killed has left behind.
  func sweep() async throws {
    let rows = try await connection.query("select datname::text from pg_database where datname ~ '^(draft|shadow)_'")
    for row in rows {
      let name = DatabaseName(rawValue: try row.decode(String.self))
      guard let owner = name.owner else { continue }
      let attempt = try await connection.query(
        "select pg_try_advisory_lock($1::int, $2::int)", [Self.lockClass, owner])
      guard try attempt[0].decode(Bool.self) else { continue }
      try await drop(name)
      try await connection.execute("select pg_advisory_unlock($1::int, $2::int)", [Self.lockClass, owner])
    }
    let halves = try await connection.query(
      """
      select datname::text from pg_database where datname ~ '^state_' and datconnlimit = -2
      union all
      select name from penstock.state where not exists (select from pg_database where datname = name)
      """)
    for row in halves { try await forget(DatabaseName(rawValue: try row.decode(String.self))) }
    try await sweepFiles()
  }

  /// Removes the files of databases that the server does not know: it forgets them when it dies while it makes one.
  private func sweepFiles() async throws {
    try await connection.execute("select pg_advisory_lock($1::int, $2::int)", [Self.lockClass, Self.makingLock])
    let folders = try await connection.query(
      """
      select current_setting('data_directory') || '/base/' || name from pg_ls_dir('base') name
      where name ~ '^[0-9]+$' and not exists (select from pg_database where oid::text = name)
      """)
    for folder in folders { try FileManager.default.removeItem(atPath: try folder.decode(String.self)) }
    try await connection.execute("select pg_advisory_unlock($1::int, $2::int)", [Self.lockClass, Self.makingLock])
  }

  // MARK: States

  /// The largest number of migrations whose state is there, and notes that it is used.
  func longestPrefix(of chain: StateChain) async throws(PostgresError) -> Int? {
    let rows = try await connection.query(
      """
      select datname::text from pg_database
      where datname = any ($1) and datconnlimit <> -2 and datdba = current_user::regrole
      """,
      [chain.states.map(\.rawValue)])
    var present: Set<String> = []
    for row in rows { present.insert(try row.decode(String.self)) }
    guard let index = chain.states.lastIndex(where: { present.contains($0.rawValue) }) else { return nil }
    try await touch(chain.states[index])
    return index
  }

  func has(_ state: DatabaseName) async throws(PostgresError) -> Bool {
    try await !connection.query(
      "select from pg_database where datname = $1 and datconnlimit <> -2 and datdba = current_user::regrole",
      [state.rawValue]
    ).isEmpty
  }

  /// Notes that a state is used.
  /// - Returns: Whether it is there.
  @discardableResult
  func touch(_ state: DatabaseName) async throws(PostgresError) -> Bool {
    try await connection.execute(
      "update penstock.state set last_used = clock_timestamp() where name = $1", [state.rawValue])
    return try await has(state)
  }

  /// The stand-ins that a state's migrations created.
  func emulated(in state: DatabaseName) async throws(PostgresError) -> [String] {
    let rows = try await connection.query("select emulated from penstock.state where name = $1", [state.rawValue])
    return try rows.first?.decode([String].self) ?? []
  }

  /// Does something when nobody else makes or drops this state, and keeps others from doing so meanwhile.
  func withLock<Value>(on state: DatabaseName, _ body: () async throws -> Value) async throws -> Value {
    try await connection.execute("select pg_advisory_lock(hashtextextended($1, 0))", [state.rawValue])
    let result = await Result(body)
    try await connection.execute(
      "select pg_advisory_unlock(hashtextextended($1, 0))", [state.rawValue], evenIfCancelled: true)
    return try result.get()
  }

  /// Turns a draft, to which nobody is connected any more, into a state, which nobody has made yet.
  ///
  /// - Parameter roles: The roles that it has; nil for those that the cluster has now.
  func keep(_ draft: DatabaseName, as state: DatabaseName, emulated: [String], roles: String? = nil) async throws {
    try await removeStrangers()  // One of them may have the name.
    try await drop(state)  // So may an invalid one.
    try await connection.transaction { connection in
      try await connection.execute(
        """
        insert into penstock.state (name, bytes, emulated, last_used, roles)
        values (
          $1, pg_database_size($2::text::name), $3, clock_timestamp(),
          coalesce($4::jsonb, penstock.roles($2::text::name)))
        on conflict (name) do update
          set bytes = excluded.bytes, emulated = excluded.emulated, last_used = excluded.last_used,
            roles = excluded.roles
        """, [state.rawValue, draft.rawValue, emulated, roles])
      try await connection.execute("alter database \(draft.rawValue) owner to current_user")
      try await connection.execute("alter database \(draft.rawValue) with allow_connections false")
      try await connection.execute("alter database \(draft.rawValue) rename to \(state.rawValue)")
    }
  }

  /// Drops the states that were used longest ago, until the rest and what is in use is within the limit.
  ///
  /// - Parameter limit: In bytes.
  func evict(toFit limit: Int, sparing spared: DatabaseName) async throws {
    let rows = try await connection.query(
      """
      select d.datname::text, coalesce(s.bytes, penstock.size(d.oid))
      from pg_database d left join penstock.state s on s.name = d.datname
      where d.datname ~ '^(shadow|state)_'
      order by d.datname ~ '^shadow_' desc, s.last_used desc nulls last
      """)
    var total = 0
    for row in rows {
      let (name, bytes) = try row.decode(String.self, Int.self)
      total += bytes
      if total > limit, name.hasPrefix("state_"), name != spared.rawValue {
        try await forget(DatabaseName(rawValue: name))
        total -= bytes
      }
    }
  }

  private func forget(_ state: DatabaseName) async throws {
    try await withLock(on: state) {
      try await drop(state)
      try await connection.execute("delete from penstock.state where name = $1", [state.rawValue])
    }
  }

  // MARK: Databases

  /// - Parameters:
  ///   - source: A state; nil for PostgreSQL's own pristine template.
  ///   - owner: Nil for the superuser.
  /// - Throws: With `sqlState` `.invalidDatabase` when the state has just been dropped by another process.
  func create(_ name: DatabaseName, from source: DatabaseName?, owner: String?) async throws {
    // Copying files beats writing every block to the log, as soon as the log is not wanted anyway.
    let strategy = await connection.serverVersion >= 150_000 ? " strategy file_copy" : ""
    let owner = owner.map { " owner \(Quoting.identifier($0))" } ?? ""
    try await drop(name)  // Numbers can be guessed, and a migration may make a database.
    let key: [any PostgresEncodable] = [Self.lockClass, Self.makingLock]
    try await connection.execute("select pg_advisory_lock_shared($1::int, $2::int)", key)
    let result = await Result {
      try await connection.execute(
        "create database \(name.rawValue)\(owner) template \(source?.rawValue ?? "template0")\(strategy)")
    }
    try await connection.execute(
      "select pg_advisory_unlock_shared($1::int, $2::int)", key, evenIfCancelled: true)
    _ = try result.get()
    if let source { try await restoreSettings(of: source, on: name) }
  }

  /// Drops a database if it is there, also one that its owner has declared a template.
  func drop(_ name: DatabaseName) async throws(PostgresError) {
    let templates = try await connection.query(
      "select from pg_database where datname = $1 and datistemplate", [name.rawValue], evenIfCancelled: true)
    if !templates.isEmpty {
      try await connection.execute(
        "alter database \(Quoting.identifier(name.rawValue)) is_template false", evenIfCancelled: true)
    }
    try await connection.execute(
      "drop database if exists \(Quoting.identifier(name.rawValue)) with (force)", evenIfCancelled: true)
  }
}
