internal import Postgres

/// Which versions of the catalogs' rows a snapshot was read from.
///
/// Whatever changes a schema writes new rows into the catalogs, and a row is never written over: two readings that found
/// the same rows found the same schema. A row is told by its place and by the transaction that wrote it (`ctid` and
/// `xmin`), which are the whole server's, so that this also holds between a database and its copies. Rows are folded
/// into one number for each object that a part of a snapshot can be read for.
///
/// What makes a server's numbers worthless, a restore or a copy of its disk, starts the server anew, and that is part of
/// the comparison.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/ddl-system-columns.html
struct CatalogVersions: Sendable {
  /// When the server was started.
  private let server: String
  private let rows: [Key: Int64]

  /// A group of rows: its ``Class`` in the upper half, the object's number in the lower.
  typealias Key = Int64

  private enum Class: Int64 {
    /// A relation with all that belongs to it: columns, indexes, constraints, policies, triggers, comments.
    case relation
    case type
    case routine
    /// What belongs to no relation, and is in no relation's facts either.
    case other
    /// What can be in any fact, or in how the server writes it: schemas, roles, extensions, operators.
    case everything
  }

  /// `hashtidextended` came with version 11, `bit_xor` with 14; older servers are read as a whole.
  static func isSupported(serverVersion: Int) -> Bool { serverVersion >= 140_000 }

  /// - Parameter rows: Of ``query(serverVersion:)``.
  init(_ rows: [Row]) throws(PostgresError) {
    var server = ""
    var versions: [Key: Int64] = [:]
    versions.reserveCapacity(rows.count)
    for row in rows {
      let (key, version, start) = try row.decode(Key.self, Int64.self, String.self)
      versions[key] = version
      server = start
    }
    self.server = server
    self.rows = versions
  }

  /// What a snapshot with other versions has to be read for anew.
  struct Changes {
    /// Relations, types and routines: by catalog and number, those that are gone among them.
    fileprivate(set) var objects: [(catalog: Int64, number: Int64)] = []
    fileprivate(set) var isEmpty = true
    /// Whether nothing has changed that belongs to no relation.
    fileprivate(set) var isOfRelationsOnly = true

    fileprivate mutating func add(_ key: Key) {
      isEmpty = false
      if CatalogVersions.classOf(key) != .relation { isOfRelationsOnly = false }
      guard let catalog = [.relation: 1259, .type: 1247, .routine: 1255][CatalogVersions.classOf(key)] as Int64? else {
        return
      }
      objects.append((catalog, key & 0xffff_ffff))
    }
  }

  /// What has changed since some other versions; nil when it can be anything.
  func changes(since old: CatalogVersions) -> Changes? {
    guard server == old.server else { return nil }
    var changes = Changes()
    for (key, version) in rows where old.rows[key] != version {
      guard Self.classOf(key) != .everything else { return nil }
      changes.add(key)
    }
    for key in old.rows.keys where rows[key] == nil {
      guard Self.classOf(key) != .everything else { return nil }
      changes.add(key)
    }
    return changes
  }

  private static func classOf(_ key: Key) -> Class {
    // What is read with the relations and is no relation's, such as a function's comment, has number 0.
    key == 0 ? .other : Class(rawValue: key >> 32) ?? .everything
  }
}

// MARK: - Reading

extension CatalogVersions {
  /// One row a key: the key, the version, the server's start.
  ///
  /// Objects that `initdb` made are no user's; those of them that a user can change are looked at one by one. Temporary
  /// objects are in no snapshot, and come and go by the minute.
  static func query(serverVersion: Int) -> Query {
    let branches = (sources + (serverVersion >= 150_000 ? [publishedSchemas] : [])).enumerated().map { salt, source in
      // A transaction's number, counted from a fixed one: there is no cast from xid to a number.
      let version =
        source.version
        ?? "hashtidextended(o.ctid, (age('3'::xid)::bigint - age(o.xmin)) # (\(salt)::bigint << 40))"
      return """
        select \(key(source.class, source.number)) as key, \(version) as version
        \(source.rows)
        """
    }
    return Query(
      """
      select key, bit_xor(version), pg_postmaster_start_time()::text
      from (
      \(branches.joined(separator: "\nunion all\n"))
      ) versions
      group by key
      having key not in (
        select \(key(.relation, "oid")) from pg_class where relnamespace in (\(temporarySchemas))
        union all
        select \(key(.type, "oid")) from pg_type where typnamespace in (\(temporarySchemas))
        union all
        select \(key(.routine, "oid")) from pg_proc where pronamespace in (\(temporarySchemas))
      )
      """)
  }

  private static func key(_ class: Class, _ number: String) -> String {
    "(\(`class`.rawValue)::bigint << 32) | (\(number))::bigint"
  }

  /// What ``Snapshot`` has to read for some changes: the relations themselves, and those whose facts say something of
  /// what has changed, as the foreign keys to a renamed table do. One row a relation, and one that is NULL when facts
  /// that belong to no relation say something of it, as a publication does of its tables.
  ///
  /// Dependencies are followed to their ends: a default of a composite type's is written with the attributes of each
  /// type within that type. Only a composite type's own relation depends on it, rather than it on its relation.
  static func relations(touchedBy changes: Changes) -> Query {
    Query(
      """
      with recursive touched (classid, objid) as (
        select catalog, number from unnest($1::oid[], $2::oid[]) changed (catalog, number)
        union
        select d.classid, d.objid
        from touched t
        cross join lateral (
          select classid, objid from pg_depend where refclassid = t.classid and refobjid = t.objid
          union all
          select 'pg_type'::regclass, reltype from pg_class
          where t.classid = 'pg_class'::regclass and oid = t.objid and relkind = 'c'
        ) d
      )
      select distinct
        coalesce(
          i.indrelid, k.conrelid, a.adrelid, p.polrelid, g.tgrelid, w.ev_class,
          case t.classid when 'pg_class'::regclass then t.objid end
        )::bigint
      from touched t
      left join pg_index i on t.classid = 'pg_class'::regclass and i.indexrelid = t.objid
      left join pg_constraint k on t.classid = 'pg_constraint'::regclass and k.oid = t.objid and k.conrelid <> 0
      left join pg_attrdef a on t.classid = 'pg_attrdef'::regclass and a.oid = t.objid
      left join pg_policy p on t.classid = 'pg_policy'::regclass and p.oid = t.objid
      left join pg_trigger g on t.classid = 'pg_trigger'::regclass and g.oid = t.objid
      left join pg_rewrite w on t.classid = 'pg_rewrite'::regclass and w.oid = t.objid
      left join pg_type y on t.classid = 'pg_type'::regclass and y.oid = t.objid
      -- Of types, the facts of domains, ranges and base types say what they are made of.
      where y.typtype is null or y.typtype in ('d', 'r')
        or y.typtype = 'b' and y.typsubscript <> 'array_subscript_handler'::regproc
      """, [changes.objects.map(\.catalog), changes.objects.map(\.number)])
  }

  private struct Source {
    let `class`: Class
    /// The object's number; without one, the rows are one group.
    var number = "0"
    /// For rows whose places or writers cannot be read.
    var version: String?
    /// `from` and all that follows it; the catalog is `o`.
    let rows: String
  }

  private static let sources =
    relationSources + [
      Source(
        class: .type, number: "o.oid",
        rows: "from pg_type o where o.oid >= 16384 and o.typrelid = 0 and o.typcategory <> 'A'"),
      // A composite type is both: its columns are a relation's, its grants a type's.
      Source(
        class: .type, number: "o.oid",
        rows: "from pg_type o join pg_class c on c.oid = o.typrelid and c.relkind = 'c' where o.oid >= 16384"),
      Source(class: .type, number: "o.enumtypid", rows: "from pg_enum o"),
      Source(
        class: .type, number: "o.contypid", rows: "from pg_constraint o where o.contypid <> 0 and o.oid >= 16384"),
      Source(class: .routine, number: "o.oid", rows: "from pg_proc o where o.oid >= 16384"),
      Source(class: .routine, number: "o.aggfnoid::oid", rows: "from pg_aggregate o where o.aggfnoid >= 16384"),
      Source(class: .other, rows: "from pg_default_acl o"),
      Source(class: .other, rows: "from pg_event_trigger o where o.oid >= 16384"),
      Source(class: .other, rows: "from pg_publication o"),
      Source(class: .other, rows: "from pg_publication_rel o"),
      // A label's row does not say which relation it is of.
      Source(class: .everything, rows: "from pg_seclabel o"),
      Source(class: .other, rows: "from pg_conversion o where o.oid >= 16384"),
      Source(class: .other, rows: "from pg_foreign_data_wrapper o"),
      Source(class: .other, rows: "from pg_amop o where o.oid >= 16384"),
      Source(class: .other, rows: "from pg_amproc o where o.oid >= 16384"),
      Source(class: .other, rows: "from pg_ts_config_map o where o.mapcfg >= 16384"),
      Source(class: .other, rows: "from pg_statistic_ext o where o.stxnamespace not in (\(temporarySchemas))"),
      Source(class: .other, rows: "from pg_transform o"),
      Source(class: .other, rows: "from pg_ts_parser o where o.oid >= 16384"),
      Source(class: .other, rows: "from pg_ts_template o where o.oid >= 16384"),
      // Of the whole server's, those of this database are counted: one that is made from it has none of them.
      Source(
        class: .other, version: "hash_record_extended((o.setrole, o.setconfig), 1)",
        rows: "from pg_db_role_setting o join pg_database d on d.oid = o.setdatabase and d.datname = current_database()"
      ),
      Source(
        class: .other, version: "hash_record_extended((o.umid, o.srvname, o.usename, o.umoptions), 2)",
        rows: "from pg_user_mappings o"),
      Source(
        class: .other, version: "hash_record_extended((o.oid, o.subname), 3)",
        rows: "from pg_subscription o join pg_database d on d.oid = o.subdbid and d.datname = current_database()"),
      // initdb's objects are in here too, whose writer is no ordinary transaction.
      Source(
        class: .other, version: "hash_record_extended((o.objoid, o.classoid, o.objsubid, o.description), 4)",
        rows: "from pg_description o where o.classoid in (\(smallCatalogs))"),
      Source(
        class: .everything, version: "hash_record_extended((o.oid, o.ctid, o.xmin), 5)",
        rows: "from pg_namespace o where o.oid not in (\(temporarySchemas))"),
      Source(
        class: .everything, version: "hash_record_extended((o.oid, o.ctid, o.xmin), 6)", rows: "from pg_extension o"),
      Source(class: .everything, version: "hash_record_extended((o.oid, o.rolname), 7)", rows: "from pg_roles o"),
      Source(class: .everything, version: "hash_record_extended((o.oid, o.spcname), 8)", rows: "from pg_tablespace o"),
      Source(class: .everything, rows: "from pg_depend o where o.deptype in ('e', 'x') and o.objid >= 16384"),
      Source(class: .everything, rows: "from pg_am o where o.oid >= 16384"),
      // It tells which operator class is a type's own.
      Source(class: .everything, rows: "from pg_cast o where o.oid >= 16384"),
      Source(class: .everything, rows: "from pg_collation o where o.oid >= 16384"),
      // A foreign table's facts name its server.
      Source(class: .everything, rows: "from pg_foreign_server o"),
      // The languages that are there from the beginning can be granted.
      Source(
        class: .everything, version: "hash_record_extended(o.*, 9)",
        rows: "from pg_language o"),
      Source(class: .everything, rows: "from pg_opclass o where o.oid >= 16384"),
      Source(class: .everything, rows: "from pg_operator o where o.oid >= 16384"),
      Source(class: .everything, rows: "from pg_opfamily o where o.oid >= 16384"),
      Source(class: .everything, rows: "from pg_ts_config o where o.oid >= 16384"),
      Source(class: .everything, rows: "from pg_ts_dict o where o.oid >= 16384"),
    ]

  /// An index is its table's, and a TOAST table too, which keeps some of its table's options.
  private static let relationSources = [
    Source(
      class: .relation, number: "coalesce(i.indrelid, t.oid, o.oid)",
      rows: """
        from pg_class o
        left join pg_index i on i.indexrelid = o.oid
        left join pg_class t on o.relkind = 't' and t.reltoastrelid = o.oid
        where o.oid >= 16384
        """),
    Source(
      class: .relation, number: "coalesce(i.indrelid, o.attrelid)",
      rows: """
        from pg_attribute o
        left join pg_index i on i.indexrelid = o.attrelid
        where o.attrelid >= 16384 and o.attnum > 0
        """),
    Source(class: .relation, number: "o.adrelid", rows: "from pg_attrdef o where o.oid >= 16384"),
    Source(
      class: .relation, number: "o.conrelid", rows: "from pg_constraint o where o.conrelid <> 0 and o.oid >= 16384"),
    Source(class: .relation, number: "o.indrelid", rows: "from pg_index o where o.indexrelid >= 16384"),
    Source(
      class: .relation, number: "coalesce(i.indrelid, o.inhrelid)",
      rows: "from pg_inherits o left join pg_index i on i.indexrelid = o.inhrelid"),
    Source(class: .relation, number: "o.polrelid", rows: "from pg_policy o"),
    Source(class: .relation, number: "o.tgrelid", rows: "from pg_trigger o where o.oid >= 16384"),
    Source(class: .relation, number: "o.ev_class", rows: "from pg_rewrite o where o.oid >= 16384"),
    Source(class: .relation, number: "o.seqrelid", rows: "from pg_sequence o"),
    Source(class: .relation, number: "o.ftrelid", rows: "from pg_foreign_table o"),
    // The column that a sequence belongs to.
    Source(
      class: .relation, number: "o.objid",
      rows: """
        from pg_depend o
        where o.classid = 'pg_class'::regclass and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0
          and o.deptype in ('a', 'i') and o.objid in (select seqrelid from pg_sequence)
        """),
    Source(
      class: .relation,
      number: """
        coalesce(i.indrelid, nullif(k.conrelid, 0), p.polrelid, g.tgrelid, w.ev_class,
          case o.classoid when 'pg_class'::regclass then o.objoid else 0 end)
        """,
      rows: """
        from pg_description o
        left join pg_index i on o.classoid = 'pg_class'::regclass and i.indexrelid = o.objoid
        left join pg_constraint k on o.classoid = 'pg_constraint'::regclass and k.oid = o.objoid
        left join pg_policy p on o.classoid = 'pg_policy'::regclass and p.oid = o.objoid
        left join pg_trigger g on o.classoid = 'pg_trigger'::regclass and g.oid = o.objoid
        left join pg_rewrite w on o.classoid = 'pg_rewrite'::regclass and w.oid = o.objoid
        where o.objoid >= 16384 and o.classoid not in (\(smallCatalogs))
        """),
  ]

  private static let publishedSchemas = Source(class: .other, rows: "from pg_publication_namespace o")

  private static let temporarySchemas = "select oid from pg_namespace where nspname ~ '^pg_(toast_)?temp_'"

  /// Those whose comments may be on objects that initdb made.
  private static let smallCatalogs = "'pg_namespace'::regclass, 'pg_extension'::regclass"
}
