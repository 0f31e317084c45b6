internal import Postgres

/// What the facts of each relation are made of, folded into one number, which two databases can compare.
///
/// To write a schema out is what takes a server its time, and to compare the catalogs' rows is not; but these are full of
/// numbers of objects, which mean another object in another database. Here a number is folded in as it is only where
/// PostgreSQL gives it out by hand (below 10,000), and as the text that the facts have of it elsewhere. So relations with
/// the same digest have the same facts. The reverse need not be true: what has no digest, or another one, is to be read.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/system-catalog-initial-data.html
struct RelationDigests: Sendable {
  /// The relations in scope, by number; nil for one that is always to be read.
  private var relations: [(number: Int64, digest: Int64?)] = []
  /// Of all that belongs to no relation.
  private var others: Int64?

  /// Each version may add columns to the catalogs, which must be folded in: of newer servers everything is read.
  static func isSupported(serverVersion: Int) -> Bool { (140_000..<190_000).contains(serverVersion) }

  /// - Parameter rows: Of ``query(scope:serverVersion:)``.
  init(_ rows: [Row]) throws(PostgresError) {
    relations.reserveCapacity(rows.count)
    for row in rows {
      let (number, digest) = try row.decode(Int64.self, Int64?.self)
      if number == 0 { others = digest } else { relations.append((number, digest)) }
    }
  }

  /// What is to be read of the database for a comparison with another one.
  func part(differingFrom other: RelationDigests) -> Snapshot.Part {
    let known = Set(other.relations.compactMap(\.digest))
    let numbers = relations.filter { relation in relation.digest.map { !known.contains($0) } ?? true }.map(\.number)
    return others != nil && others == other.others ? .relations(numbers) : .relationsAndOthers(numbers)
  }
}

extension RelationDigests {
  /// One row a relation: its number and its digest; one with the number 0 for all that belongs to no relation.
  static func query(scope: Scope, serverVersion: Int) -> Query {
    let parts = [relations] + relationParts(serverVersion: serverVersion) + otherParts
    return Query(
      FactQuery.statement(
        tables: [
          "number as materialized (\n\(number)\n)",
          "part (relation, digest) as (\n\(parts.joined(separator: "\nunion all\n"))\n)",
        ],
        """
        select p.relation, case when \(hasNoRemarks) and count(*) = count(p.digest) then bit_xor(p.digest) end
        from part p
        where p.relation = 0 or p.relation in (select oid from relation)
        group by p.relation
        union all
        -- Tables of a platform's with policies or triggers of a user's.
        select c.oid, null
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname ~ $1 and n.nspname ~ $2
          and (
            exists (select from pg_policy where polrelid = c.oid)
            or exists (select from pg_trigger where tgrelid = c.oid and (not tgisinternal or tgparentid <> 0))
          )
        """),
      scope.parameters + [[Int64]?.none])
  }

  /// What can be said of any object, and is said of few: where it is, nothing has a digest.
  private static let hasNoRemarks = """
    not exists (select from pg_seclabel) and not exists (
      select from pg_extension e
      join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'x'
    )
    """

  /// What tells a tree that speaks of objects by numbers that are not everywhere the same: a long number anywhere, or a
  /// constant whose bytes are an object's number.
  private static let number = """
    select '[0-9]{5}|:consttype (' || string_agg(oid || '|' || typarray, '|') || ') ' as pattern
    from pg_type
    where typnamespace = 'pg_catalog'::regnamespace and (typname like 'reg%' or typname = 'aclitem')
    """

  /// An expression of a row's: its tree (`pg_node_tree`) where that is the same everywhere, or its text.
  ///
  /// Columns are numbers in a tree, whose names are folded in with the columns themselves.
  private static func tree(_ column: String, else text: String) -> String {
    """
    case
      when \(column) is null then null
      when \(column)::text !~ (select pattern from number) then \(column)::text
      else \(text)
    end
    """
  }

  /// - Parameter salt: Tells a row of one catalog from one of another's.
  private static func digest(_ salt: Int, _ cells: [String], if condition: String = "true") -> String {
    """
    case when \(condition) then
      hashint8extended(hash_record_extended((\(cells.joined(separator: ", "))), 0), \(salt))
    end
    """
  }

  /// The relations themselves. Views, whose text has the names of what they read, foreign tables and other kinds that
  /// are rare have no digest.
  private static let relations = """
    select
      c.oid as relation,
      \(digest(
        1,
        [
          "getdatabaseencoding()", "n.nspname", "c.relname", "c.relkind", "c.relpersistence",
          "pg_get_userbyid(c.relowner)", "c.relrowsecurity", "c.relforcerowsecurity", "c.relreplident", "c.reloptions",
          "t.reloptions", "c.relacl::text", "c.relam", tree("c.relpartbound", else: "pg_get_expr(c.relpartbound, c.oid)"),
        ],
        if: "c.relkind in ('r', 'S') and c.reloftype = 0 and c.relam < 10000 and c.reltablespace = 0")) as digest
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    left join pg_class t on t.oid = c.reltoastrelid and t.reloptions is not null
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')
    """

  /// What belongs to relations, those among them that have no digest or are in no scope included.
  private static func relationParts(serverVersion: Int) -> [String] {
    [columns, defaults, constraints(serverVersion: serverVersion), indexes(serverVersion: serverVersion)]
      + [indexColumns, parents, policies, triggers, rules, sequences, owners, comments]
  }

  private static let columns = """
    select
      r.oid,
      \(digest(
        2,
        [
          "a.attnum", "a.attname", "case when a.atttypid < 10000 then a.atttypid end",
          "case when a.atttypid >= 10000 then format_type(a.atttypid, a.atttypmod) end", "a.atttypmod",
          "case when a.attcollation <> t.typcollation and a.attcollation < 10000 then a.attcollation end",
          "case when a.attcollation <> t.typcollation and a.attcollation >= 10000 then"
            + " (\(FactQuery.collation("a.attcollation"))) end",
          "a.attnotnull", "a.attidentity", "a.attgenerated", "nullif(a.attstorage, t.typstorage)", "a.attcompression",
          "a.attstattarget", FactQuery.attributeOptions("a"), "a.attacl::text", "a.attinhcount", "a.attislocal",
        ]))
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    where r.relkind = 'r'
    """

  private static let defaults = """
    select d.adrelid, \(digest(3, ["d.adnum", tree("d.adbin", else: "pg_get_expr(d.adbin, d.adrelid)")]))
    from pg_attrdef d
    """

  /// A foreign key's names of what it refers to are not among its own relation's.
  private static func constraints(serverVersion: Int) -> String {
    let cells = [
      "k.conname", "k.contype", "k.condeferrable", "k.condeferred", "k.convalidated", "k.connoinherit",
      "k.conislocal", "k.coninhcount", "k.conparentid <> 0", "k.conkey", "k.confupdtype", "k.confdeltype",
      "k.confmatchtype", "nullif(k.confrelid, 0)::regclass::text",
      """
      case array_length(k.confkey, 1)
        when 1 then (select attname::text from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1])
        else case when k.confkey is not null then pg_get_constraintdef(k.oid) end
      end
      """,
      tree("k.conbin", else: "pg_get_constraintdef(k.oid)"),
    ]
    return """
      select
        k.conrelid,
        \(digest(
          4,
          cells + (serverVersion >= 150_000 ? ["k.confdelsetcols"] : [])
            + (serverVersion >= 180_000 ? ["k.conperiod", "k.conenforced"] : []),
          if: "k.contype in ('p', 'u', 'c', 'n') or k.contype = 'f' and k.conparentid = 0"))
      from pg_constraint k
      where k.conrelid <> 0
      """
  }

  private static func indexes(serverVersion: Int) -> String {
    let cells = [
      "c.relname", "c.relkind", "c.reloptions", "i.indnatts", "i.indnkeyatts", "i.indisunique", "i.indisprimary",
      "i.indisvalid", "i.indisreplident", "i.indisclustered", "i.indkey::int2[]", "i.indoption::int2[]", "o.conname",
      "case when s.is_plain then c.relam end", "case when s.is_plain then i.indclass end",
      "case when s.is_plain then i.indcollation end", "case when not s.is_plain then pg_get_indexdef(i.indexrelid) end",
      tree("i.indexprs", else: "pg_get_indexdef(i.indexrelid)"),
      tree("i.indpred", else: "pg_get_indexdef(i.indexrelid)"),
      "case when c.relispartition then (select inhparent::regclass::text from pg_inherits where inhrelid = c.oid) end",
    ]
    return """
      select
        i.indrelid,
        \(digest(
          5, cells + (serverVersion >= 150_000 ? ["i.indnullsnotdistinct"] : []), if: "c.reltablespace = 0"))
      from relation r
      join pg_index i on i.indrelid = r.oid
      join pg_class c on c.oid = i.indexrelid
      left join pg_constraint o
        on o.conindid = i.indexrelid and o.conrelid = i.indrelid and o.contype in ('p', 'u', 'x')
      cross join lateral (
        select
          c.relam < 10000 and 10000 > all (i.indclass::oid[]) and 10000 > all (i.indcollation::oid[]) as is_plain
        offset 0
      ) s
      """
  }

  private static let indexColumns = """
    select i.indrelid, \(digest(6, ["c.relname", "a.attnum", "a.attstattarget", FactQuery.attributeOptions("a")]))
    from pg_attribute a
    join pg_index i on i.indexrelid = a.attrelid
    join pg_class c on c.oid = a.attrelid
    where a.attnum > 0 and (a.attstattarget >= 0 or \(FactQuery.attributeOptions("a")) is not null)
    """

  private static let parents = """
    select h.inhrelid, \(digest(7, ["h.inhseqno", "h.inhparent::regclass::text", "h.inhdetachpending"]))
    from pg_inherits h
    """

  private static let policies = """
    select
      p.polrelid,
      \(digest(
        8,
        [
          "p.polname", "p.polcmd", "p.polpermissive",
          """
          case when p.polroles <> '{0}' then (
            select string_agg(case oid when 0 then 'public' else quote_ident(pg_get_userbyid(oid)) end, ', ')
            from unnest(p.polroles) oid
          ) end
          """,
          tree("p.polqual", else: "pg_get_expr(p.polqual, p.polrelid)"),
          tree("p.polwithcheck", else: "pg_get_expr(p.polwithcheck, p.polrelid)"),
        ]))
    from pg_policy p
    """

  /// Those of constraints, and a partition's copies of its parent's, have no digest where they are facts.
  private static let triggers = """
    select
      g.tgrelid,
      \(digest(
        9,
        [
          "g.tgname", "g.tgtype", "g.tgenabled", "g.tgattr::text", "encode(g.tgargs, 'hex')",
          "g.tgfoid::regprocedure::text", "g.tgoldtable", "g.tgnewtable",
          tree("g.tgqual", else: "pg_get_triggerdef(g.oid)"),
        ],
        if: "g.tgparentid = 0 and g.tgconstraint = 0"))
    from pg_trigger g
    where not g.tgisinternal or g.tgparentid <> 0
    """

  private static let rules = "select w.ev_class, null from pg_rewrite w where w.rulename <> '_RETURN'"

  private static let sequences = """
    select
      q.seqrelid,
      \(digest(
        10, ["q.seqtypid", "q.seqstart", "q.seqincrement", "q.seqmax", "q.seqmin", "q.seqcache", "q.seqcycle"]))
    from pg_sequence q
    """

  /// The columns that sequences belong to.
  private static let owners = """
    select q.seqrelid, \(digest(11, ["d.deptype", "d.refobjid::regclass::text", "a.attname"]))
    from pg_sequence q
    join pg_depend d
      on d.classid = 'pg_class'::regclass and d.objid = q.seqrelid and d.objsubid = 0
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    """

  private static let comments = """
    select
      coalesce(i.indrelid, nullif(k.conrelid, 0), p.polrelid, g.tgrelid, o.objoid),
      \(digest(
        12,
        [
          "o.classoid", "o.objsubid", "coalesce(c.relname, k.conname, p.polname, g.tgname)", "o.description",
        ]))
    from pg_description o
    left join (pg_index i join pg_class c on c.oid = i.indexrelid)
      on o.classoid = 'pg_class'::regclass and i.indexrelid = o.objoid
    left join pg_constraint k on o.classoid = 'pg_constraint'::regclass and k.oid = o.objoid
    left join pg_policy p on o.classoid = 'pg_policy'::regclass and p.oid = o.objoid
    left join pg_trigger g on o.classoid = 'pg_trigger'::regclass and g.oid = o.objoid
    where o.objoid >= 16384
      and o.classoid in (
        'pg_class'::regclass, 'pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass
      )
    """

  /// What belongs to no relation has a digest where there is nothing but schemas and extensions.
  private static let otherParts =
    [
      """
      select 0::oid, \(digest(13, ["getdatabaseencoding()", "n.nspname", "pg_get_userbyid(n.nspowner)", "n.nspacl::text"]))
      from pg_namespace n join namespace using (oid)
      """,
      """
      select 0::oid, \(digest(14, ["e.extname", "n.nspname", "e.extversion"]))
      from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      """,
      """
      select 0::oid, \(digest(15, ["o.classoid", "coalesce(n.nspname, e.extname)", "o.description"]))
      from pg_description o
      left join pg_namespace n on o.classoid = 'pg_namespace'::regclass and n.oid = o.objoid
      left join pg_extension e on o.classoid = 'pg_extension'::regclass and e.oid = o.objoid
      where o.classoid in ('pg_namespace'::regclass, 'pg_extension'::regclass)
      """,
      "select 0::oid, null from pg_language where lanacl is not null",
      "select 0::oid, null from pg_user_mappings",
      "select 0::oid, null from relation where relkind = 'c'",
      "select 0::oid, null from pg_type o where o.typrelid = 0 and o.typcategory <> 'A' and \(isNoMember("pg_type"))",
      "select 0::oid, null from pg_proc o where \(isNoMember("pg_proc"))",
    ]
    + [
      "pg_collation", "pg_conversion", "pg_operator", "pg_opclass", "pg_opfamily", "pg_amop", "pg_amproc",
      "pg_statistic_ext", "pg_ts_config", "pg_ts_dict", "pg_ts_parser", "pg_ts_template", "pg_am", "pg_cast",
      "pg_foreign_data_wrapper", "pg_foreign_server", "pg_language", "pg_transform", "pg_event_trigger",
      "pg_publication", "pg_default_acl",
    ]
    .map { "select 0::oid, null from \($0) where oid >= 16384" }

  private static func isNoMember(_ catalog: String) -> String {
    "o.oid >= 16384 and ('\(catalog)'::regclass, o.oid) not in (select classid, objid from member)"
  }
}
