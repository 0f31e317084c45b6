package import Basics
package import Postgres

/// Penstock's own tables in a target, in the schema `penstock`.
///
/// What was promoted is kept where it was promoted to, in the transaction that promoted it: the daemon's own store can
/// be lost without losing a migration.
package enum PenstockTables {
  static let definition = [
    "create schema if not exists penstock",
    """
    create table if not exists penstock.deployments (
      run text primary key,
      repository text,
      branch text,
      commit text,
      tree text,
      chain text,
      fingerprint_before text,
      fingerprint_after text,
      actor text,
      started_at timestamptz not null default now(),
      finished_at timestamptz,
      outcome text not null default 'promoting'
    )
    """,
    "comment on table penstock.deployments is 'One row for each promotion to this database.'",
    """
    create table if not exists penstock.migrations (
      version text primary key,
      checksum text not null,
      rollback text,
      rollback_proved boolean,
      rollback_loses text[],
      run text references penstock.deployments (run) on delete set null,
      applied_at timestamptz not null default now(),
      duration_ms double precision,
      locks text[]
    )
    """,
    "create index if not exists migrations_run_idx on penstock.migrations (run)",
    "comment on table penstock.migrations is 'What the history table does not say of the migrations applied here.'",
    """
    create table if not exists penstock.journal (
      version text not null,
      statement integer not null,
      checksum text not null,
      intended_at timestamptz not null default now(),
      done_at timestamptz,
      primary key (version, statement)
    )
    """,
    """
    comment on table penstock.journal is
      'Intent and completion of the statements of migrations that cannot be one transaction, so that one can be resumed.'
    """,
    """
    create table if not exists penstock.platform (
      defaults jsonb not null,
      recorded_at timestamptz not null default now()
    )
    """,
    "create unique index if not exists platform_once_idx on penstock.platform ((true))",
    """
    comment on table penstock.platform is
      'Who could use the schema public, and the default privileges, before the first migration: a shadow begins there.'
    """,
    // Only the roles that the platform's API takes on are named; the others have no rights here unless granted.
    """
    do $$
    declare
      name text;
    begin
      revoke all on schema penstock from public;
      revoke all on all tables in schema penstock from public;
      for name in select rolname from pg_catalog.pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on schema penstock from %I', name);
        execute format('revoke all on all tables in schema penstock from %I', name);
      end loop;
    end
    $$
    """,
  ]

  /// Creates what is missing. Complete tables are only looked at.
  package static func ensure(on connection: isolated Connection) async throws(PostgresError) {
    let rows = try await connection.query(
      """
      select to_regclass('penstock.deployments') is not null
        and to_regclass('penstock.migrations') is not null
        and to_regclass('penstock.journal') is not null
        and to_regclass('penstock.platform') is not null
      """)
    if try rows[0].decode(Bool.self) { return }
    _ = try await connection.pipeline(definition.map { Query($0) })
  }

  /// What the first promotion kept of the target's defaults, a JSON object; nil when it kept nothing.
  package static func defaults(from connection: isolated Connection) async throws(PostgresError) -> String? {
    let found = try await connection.query("select to_regclass('penstock.platform') is not null")
    guard try found[0].decode(Bool.self) else { return nil }
    return try await connection.query("select defaults::text from penstock.platform").first?.decode(String.self)
  }

  /// What undoes each migration that was promoted, by version, as it was kept then.
  package static func rollbacks(from connection: isolated Connection) async throws(PostgresError) -> [String: Rollback]
  {
    let found = try await connection.query("select to_regclass('penstock.migrations') is not null")
    guard try found[0].decode(Bool.self) else { return [:] }
    var rollbacks: [String: Rollback] = [:]
    let rows = try await connection.query(
      """
      select version, rollback, coalesce(rollback_proved, false), coalesce(rollback_loses, '{}')
      from penstock.migrations where rollback is not null
      """)
    for row in rows {
      let (version, sql, isProved, loses) = try row.decode(String.self, String.self, Bool.self, [String].self)
      rollbacks[version] = Rollback(sql: sql, isProved: isProved, loses: loses)
    }
    return rollbacks
  }

  /// The SHA-256 of each migration's file as it was promoted, by version; empty when nothing was.
  package static func checksums(from connection: isolated Connection) async throws(PostgresError) -> [String: Digest] {
    let found = try await connection.query("select to_regclass('penstock.migrations') is not null")
    guard try found[0].decode(Bool.self) else { return [:] }
    var checksums: [String: Digest] = [:]
    for row in try await connection.query("select version, checksum from penstock.migrations") {
      let (version, checksum) = try row.decode(String.self, String.self)
      checksums[version] = Digest(hex: checksum)
    }
    return checksums
  }
}
