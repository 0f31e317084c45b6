internal import Basics
package import Migrations
package import Postgres
package import SQL
internal import Synchronization

/// Reads what the statements of migrations do to a shadow, one by one, while the transaction that they are in is open.
///
/// Locks are read on a connection of its own, which sees the database without the migrations, so that only relations
/// count that were there before; files and scans on the migrations' own. What only messages tell is read from
/// PostgreSQL's debug messages, as its own regression tests read it: they are the server's `lc_messages`, C.
///
/// A statement outside a transaction has let go of its locks when it is done: of it, there is only the time.
package final class StatementTracer: StatementObserver {
  private let watcher: Connection
  private let state = Mutex(State())

  private struct State {
    var traces: [String: [StatementTrace]] = [:]
    /// The file and the step of it that is being applied.
    var step: Step?
    /// The relations that may be locked and were there before; nil for all that the watcher sees.
    var known: Set<Int>?
    var held: [Int: Held] = [:]
    /// The file of each index, and of each table, that a strong lock is held on, by the table.
    var files: [Int: TableFiles] = [:]
    var start = ContinuousClock.now
    var isVerbose = false
    /// What the transaction had created and altered before a statement that runs code.
    var changedBefore: Set<CatalogRow>?
  }

  private struct Step: Hashable {
    let path: String
    let number: Int
  }

  private struct Held {
    let relation: StatementTrace.Relation
    var mode: LockMode
  }

  private struct TableFiles {
    var table: Int
    /// By index.
    var indexes: [Int: Int]
    var scans: Int?
  }

  private struct CatalogRow: Hashable {
    let catalog: String
    let oid: Int
    let version: String
  }

  private init(watcher: Connection) {
    self.watcher = watcher
  }

  /// - Parameter isFirst: Whether nothing will be committed before all that is traced, so that what the tracer's own
  ///   connection sees is always what was there before.
  ///   The other files' relations are left out by their numbers then.
  package static func with<Value>(
    _ shadow: ShadowDatabase, isFirst: Bool, _ body: (StatementTracer) async throws -> Value
  ) async throws -> Value {
    let tracer = try await open(on: shadow, isFirst: isFirst)
    do {
      let value = try await body(tracer)
      await tracer.watcher.close()
      return value
    } catch {
      await tracer.watcher.close()
      throw error
    }
  }

  private static func open(
    on shadow: ShadowDatabase, isFirst: Bool
  ) async throws(PostgresError) -> StatementTracer {
    let watcher = try await Connection.open(shadow.superuser, applicationName: "penstock trace")
    let tracer = StatementTracer(watcher: watcher)
    // Planning it anew for each statement would cost as much as the answer.
    try await watcher.script("set plan_cache_mode = force_generic_plan;" + locksStatement)
    if !isFirst {
      let oids = try await watcher.query("select oid::int8 from pg_class where oid >= 16384").map {
        row throws(PostgresError) in try row.decode(Int.self)
      }
      tracer.state.withLock { $0.known = Set(oids) }
    }
    return tracer
  }

  /// Of each file, by its path, the statements that were run, in order.
  package var traces: [String: [StatementTrace]] { state.withLock { $0.traces } }
}

// MARK: - Around a statement

extension StatementTracer {
  package func willRun(
    _ index: Int, of application: Application, on connection: isolated Connection
  ) async throws(PostgresError) {
    begin(Self.step(of: index, in: application), index)
    defer { state.withLock { $0.start = .now } }
    guard connection.transactionStatus == .inTransaction else { return }
    if !state.withLock({ $0.isVerbose }) {
      try await connection.execute("set local client_min_messages = debug1")
      state.withLock { $0.isVerbose = true }
    }
    let runsCode = application.script.statements[index].syntax.runsCode
    let rows = runsCode ? Set(try await Self.changes(on: connection).map(\.row)) : nil
    _ = connection.takeNotices()
    state.withLock { $0.changedBefore = rows }
  }

  package func didRun(
    _ index: Int, of application: Application, on connection: isolated Connection
  ) async throws(PostgresError) {
    let time = state.withLock { ContinuousClock.now - $0.start }
    let isInTransaction = connection.transactionStatus == .inTransaction
    var trace = StatementTrace(
      statement: index, transaction: isInTransaction ? Self.step(of: index, in: application).number : nil,
      milliseconds: time.milliseconds)
    if isInTransaction {
      let messages = connection.takeNotices()
      let syntax = application.script.statements[index].syntax
      try await readLocks(of: connection.processID, into: &trace)
      if syntax.mayChangeFiles || messages.contains(where: Self.isAboutFiles) {
        try await readFiles(syntax, messages, on: connection, into: &trace)
      }
      trace.cascades = messages.flatMap(Self.victims)
      if let before = state.withLock({ $0.changedBefore }) {
        trace.hidden = try await Self.changes(on: connection).filter { !before.contains($0.row) }.map(\.identity)
      }
      if case .setParameter(let set) = syntax, ["client_min_messages", ""].contains(set.name) {
        state.withLock { $0.isVerbose = false }
      }
    }
    state.withLock { [trace] in $0.traces[application.migration.path, default: []].append(trace) }
  }

  private func begin(_ step: Step, _ index: Int) {
    state.withLock { state in
      // A file that is tried again, in other steps.
      if let last = state.traces[step.path]?.last, last.statement >= index { state.traces[step.path] = [] }
      guard state.step != step else { return }
      state.step = step
      state.held = [:]
      state.files = [:]
      state.isVerbose = false
    }
  }

  private static func step(of index: Int, in application: Application) -> Step {
    let number = application.plan.steps.firstIndex { $0.statements.contains(index) } ?? 0
    return Step(path: application.migration.path, number: number)
  }
}

// MARK: - Locks

extension StatementTracer {
  /// Functions and not views, whose joins would cost more than the answer.
  private static let locksStatement = #"""
    prepare penstock_locks(int) as
    select c.oid::int8, l.mode, c.relkind::text, n.nspname::text, c.relname::text
    from pg_catalog.pg_lock_status() l
    join pg_catalog.pg_class c on c.oid = l.relation
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where l.pid = $1 and l.locktype = 'relation' and l.granted and l.mode <> 'AccessShareLock'
      and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
      and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
    """#

  private func readLocks(of process: Int32, into trace: inout StatementTrace) async throws(PostgresError) {
    let known = state.withLock { $0.known }
    var held: [Int: Held] = [:]
    for row in try await watcher.query("execute penstock_locks(\(process))") {
      let (oid, mode, kind, schema, name) = try row.decode(Int.self, String.self, String.self, String.self, String.self)
      guard let mode = LockMode(catalog: mode), let kind = StatementTrace.Relation.Kind(catalog: kind),
        known?.contains(oid) != false
      else { continue }
      let relation = StatementTrace.Relation(schema: schema, name: name, kind: kind)
      held[oid] = Held(relation: relation, mode: max(mode, held[oid]?.mode ?? mode))
    }
    let before = state.withLock { state in
      defer { state.held = held }
      return state.held
    }
    trace.locks = held.filter { oid, lock in before[oid].map { $0.mode < lock.mode } ?? true }
      .map { StatementTrace.Lock(relation: $1.relation, mode: $1.mode) }
      .sorted { a, b in
        a.mode == b.mode
          ? (a.relation.schema, a.relation.name) < (b.relation.schema, b.relation.name) : a.mode > b.mode
      }
  }
}

// MARK: - Files, scans, indexes

extension StatementTracer {
  private static let filesQuery = """
    select c.oid::int8, 0::int8, c.relfilenode::int8, pg_catalog.pg_stat_get_xact_numscans(c.oid)
    from pg_catalog.pg_class c where c.oid = any ($1::oid[])
    union all
    select c.oid::int8, i.indrelid::int8, c.relfilenode::int8, 0
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid = any ($1::oid[])
    """

  /// The files of tables and their indexes; a table that is gone is left out.
  private static func files(
    of tables: [Int], on connection: isolated Connection
  ) async throws(PostgresError) -> [Int: TableFiles] {
    guard !tables.isEmpty else { return [:] }
    let list = "{\(tables.map(String.init).joined(separator: ","))}"
    var files: [Int: TableFiles] = [:]
    var indexes: [(table: Int, index: Int, file: Int)] = []
    for row in try await connection.query(filesQuery, [list]) {
      let (oid, table, file, scans) = try row.decode(Int.self, Int.self, Int.self, Int.self)
      if table == 0 {
        files[oid] = TableFiles(table: file, indexes: [:], scans: scans)
      } else {
        indexes.append((table, oid, file))
      }
    }
    for entry in indexes { files[entry.table]?.indexes[entry.index] = entry.file }
    return files
  }

  /// Whatever is done to a table's files is done under a lock that keeps other such work away.
  private func readFiles(
    _ syntax: Syntax, _ messages: [Notice], on connection: isolated Connection, into trace: inout StatementTrace
  ) async throws(PostgresError) {
    let (held, known) = state.withLock { state in
      (state.held.filter { $1.mode >= .shareUpdateExclusive && $1.relation.kind != .sequence }, state.files)
    }
    guard !held.isEmpty else { return }
    let new = held.keys.filter { known[$0] == nil }.sorted()
    let before = known.merging(try await Self.files(of: new, on: watcher)) { $1 }
    let after = try await Self.files(of: held.keys.sorted(), on: connection)
    state.withLock { $0.files = after }

    let rewritten = Self.names(in: messages, after: "rewriting table ")
    let verified = Self.names(in: messages, after: "verifying table ")
    for (oid, lock) in held.sorted(by: { $0.value.relation.name < $1.value.relation.name }) {
      guard lock.relation.kind != .index, let old = before[oid] else { continue }
      guard let now = after[oid] else {
        if lock.mode == .accessExclusive { trace.dropped.append(lock.relation) }
        continue
      }
      let isNewFile = old.table != now.table && !syntax.runsCode
      if syntax.isTruncate {
        // All files are new, and empty.
      } else if isNewFile || rewritten.contains(lock.relation.name) {
        trace.rewritten.append(lock.relation)
      } else if now.indexes.contains(where: { old.indexes[$0] != $1 && !old.indexes.values.contains($1) }) {
        trace.indexed.append(lock.relation)
      }
      // The scan for a domain's constraint says nothing. Such a table is locked for nothing else; one that was locked
      // before is known by its scans. (PostgreSQL 14 counts those only where it reaches itself through the network.)
      let isScanned =
        if case .alterDomain = syntax {
          trace.locks.contains { $0.relation == lock.relation } || (now.scans ?? 0) > (known[oid]?.scans ?? 0)
        } else { false }
      if verified.contains(lock.relation.name) || isScanned { trace.scanned.append(lock.relation) }
    }
  }

  private static func isAboutFiles(_ notice: Notice) -> Bool {
    notice.severity == "DEBUG" && (notice.message.hasPrefix("rewriting ") || notice.message.hasPrefix("verifying "))
  }

  /// `"orders"` in `verifying table "orders"`, without its quotes.
  private static func names(in messages: [Notice], after words: String) -> Set<String> {
    Set(
      messages.compactMap { notice in
        guard notice.severity == "DEBUG", notice.message.hasPrefix(words + "\"") else { return nil }
        return String(notice.message.dropFirst(words.count + 1).prefix { $0 != "\"" })
      })
  }

  /// What `drop cascades to view totals`, or the lines of that kind in a detail, name.
  private static func victims(of notice: Notice) -> [String] {
    guard notice.severity == "NOTICE" else { return [] }
    return [notice.message, notice.detail ?? ""].flatMap { $0.split(separator: "\n") }.compactMap { line in
      let words = "drop cascades to "
      guard line.hasPrefix(words), !line.hasSuffix(" other objects") else { return nil }
      return String(line.dropFirst(words.count))
    }
  }
}

// MARK: - What code has done

extension StatementTracer {
  /// What the transaction has created and altered so far and is still there: rows of a transaction that has not
  /// committed are visible to nobody but itself, so that a row as young as it is its own.
  private static let changesQuery = """
    select o.catalog::text, o.oid::int8, o.version, (pg_catalog.pg_identify_object(o.catalog, o.oid, 0)).*
    from (
      select 'pg_catalog.pg_class'::pg_catalog.regclass as catalog, oid, xmin::text as version
      from pg_catalog.pg_class where relkind in ('r', 'p', 'v', 'm', 'f')
      union all select 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, xmin::text from pg_catalog.pg_proc
      union all select 'pg_catalog.pg_policy'::pg_catalog.regclass, oid, xmin::text from pg_catalog.pg_policy
      union all select 'pg_catalog.pg_trigger'::pg_catalog.regclass, oid, xmin::text
      from pg_catalog.pg_trigger where not tgisinternal
      union all select 'pg_catalog.pg_type'::pg_catalog.regclass, oid, xmin::text
      from pg_catalog.pg_type where typtype in ('d', 'e')
      union all select 'pg_catalog.pg_namespace'::pg_catalog.regclass, oid, xmin::text from pg_catalog.pg_namespace
    ) o
    where o.oid >= 16384
      and o.version::int8 >= pg_catalog.mod(
        pg_catalog.pg_current_xact_id_if_assigned()::text::numeric, 4294967296)::int8
    order by o.oid
    """

  private static func changes(
    on connection: isolated Connection
  ) async throws(PostgresError) -> [(row: CatalogRow, identity: String)] {
    var changes: [(row: CatalogRow, identity: String)] = []
    for row in try await connection.query(changesQuery) {
      let (catalog, oid, version) = try row.decode(String.self, Int.self, String.self)
      let name = [row["type"], row["identity"]].compactMap(\.self).joined(separator: " ")
      changes.append((CatalogRow(catalog: catalog, oid: oid, version: version), name))
    }
    return changes
  }
}

extension StatementTrace.Relation.Kind {
  /// As `pg_class.relkind` says it; nil for what nobody locks by name.
  fileprivate init?(catalog: String) {
    switch catalog {
    case "r", "p": self = .table
    case "i", "I": self = .index
    case "S": self = .sequence
    case "v": self = .view
    case "m": self = .materializedView
    case "f": self = .foreignTable
    default: return nil
    }
  }
}

extension Syntax {
  /// Whether it runs code that may do anything.
  fileprivate var runsCode: Bool {
    switch self {
    case .doBlock, .call, .unparsed: true
    case .select(let select): !select.functions.isEmpty
    default: false
    }
  }

  /// Whether the statement may do anything to a table that was there before but lock it and change its rows; what it
  /// reads of one, PostgreSQL says.
  fileprivate var mayChangeFiles: Bool {
    let harmless: Kinds = [
      .createTable, .createTrigger, .createRule, .createView, .createSequence, .alterSequence, .createFunction,
      .alterFunction, .createType, .alterEnum, .createSchema, .rename, .setSchema, .changeOwner, .comment,
      .createPolicy,
      .alterPolicy, .grant, .grantRole, .alterDefaultPrivileges, .insert, .copy, .setParameter, .transaction, .lock,
    ]
    return !harmless.contains(kind)
  }

  fileprivate var isTruncate: Bool { if case .truncate = self { true } else { false } }
}
