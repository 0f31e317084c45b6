internal import Postgres

/// The queries over the catalogs that ``AccessCatalog`` is made of.
///
/// `$1` and `$2` are the scope's (``FactQuery/commonTables``), `$3` is NULL, `$4` the names of the API roles. Who has
/// which right is asked of the server's own functions, which know of ownership, memberships and their `INHERIT`, `PUBLIC`,
/// superusers and predefined roles. Access lists are alike by the hundred, so each different one is asked about once.
enum AccessQuery: CaseIterable {
  case principals
  case relations
  case grants
  case columns
  case origins
  case reads
  case policies
  case routines

  func query(scope: Scope, roles: [String]) -> Query {
    Query(
      "with recursive \(FactQuery.commonTables),\n\(Self.tables)\n\(select)",
      scope.parameters + [[Int64]?.none, roles])
  }

  private static let tables = """
    api as materialized (
      select oid, rolname::text as name from pg_roles where rolname = any ($4::text[])
    ),
    subject as materialized (
      -- An extension's tables are served like any other. Of a platform's, those that somebody has written policies for.
      select c.oid
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and (n.nspname !~ $1 or n.nspname ~ $2 and exists (select from pg_policy p where p.polrelid = c.oid))
    ),
    read as materialized (
      -- What a view reads, and what a policy's subqueries do: a table that a policy is for is always among it.
      select w.ev_class as reader, null::oid as policy, d.refobjid as relation, d.refobjsubid as column
      from pg_rewrite w
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> w.ev_class
      -- Nothing of PostgreSQL's own, which has smaller numbers.
      where w.ev_type = '1' and w.ev_class >= 16384
      union all
      select p.polrelid, p.oid, d.refobjid, d.refobjsubid
      from pg_policy p
      join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
    ),
    needed (oid) as (
      select oid from subject
      union
      select r.relation from needed join read r on r.reader = needed.oid
    ),
    class as materialized (
      select
        c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
        -- One for all that have the same owner and the same list.
        min(c.oid::int8) over (partition by c.relowner, c.relacl::text)::oid as sample,
        c.relkind = 'v' and coalesce(
          (select option_value::bool from pg_options_to_table(c.reloptions) where option_name = 'security_invoker'),
          false) as is_invoker
      from needed join pg_class c using (oid)
      where c.relkind in ('r', 'p', 'v', 'm', 'f')
    ),
    principal as materialized (
      select oid from api
      union
      select relowner from class where relkind = 'v' and not is_invoker
    )
    """

  private var select: String {
    switch self {
    case .principals:
      """
      select
        r.oid::int8, r.rolname::text, r.oid in (select oid from api), r.rolsuper or r.rolbypassrls,
        array(
          select o.relowner::int8 from (select distinct relowner from class) o
          where pg_has_role(r.oid, o.relowner, 'USAGE')),
        array(
          select n.oid::int8 from pg_namespace n
          where n.oid in (select relnamespace from class) and has_schema_privilege(r.oid, n.oid, 'USAGE'))
      from principal join pg_roles r using (oid)
      """
    case .relations:
      """
      select
        c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relnamespace::int8, c.relowner::int8,
        c.relrowsecurity, c.relforcerowsecurity, c.is_invoker, c.sample::int8,
        case when c.relkind in ('v', 'f') then pg_relation_is_updatable(c.oid, true) when c.relkind = 'm' then 0 else 28 end,
        (
          -- INSTEAD OF triggers and rules, in the bits of pg_relation_is_updatable.
          select coalesce(bit_or(code.events), 0)
          from (
            select case t.tgtype & 4 when 0 then 0 else 8 end | case t.tgtype & 8 when 0 then 0 else 16 end
              | case t.tgtype & 16 when 0 then 0 else 4 end
            from pg_trigger t where t.tgrelid = c.oid and t.tgtype & 64 <> 0
            union all
            select case w.ev_type when '2' then 4 when '3' then 8 when '4' then 16 end
            from pg_rewrite w
            where w.ev_class = c.oid and w.is_instead and w.ev_type <> '1' and w.ev_enabled not in ('D', 'R')
          ) code (events)
        ),
        c.oid in (select oid from subject)
      from class c join pg_namespace n on n.oid = c.relnamespace
      """
    case .grants:
      """
      select
        p.oid::int8, s.sample::int8, has_table_privilege(p.oid, s.sample, 'SELECT'),
        has_table_privilege(p.oid, s.sample, 'INSERT'), has_table_privilege(p.oid, s.sample, 'UPDATE'),
        has_table_privilege(p.oid, s.sample, 'DELETE')
      from principal p cross join (select distinct sample from class) s
      """
    case .columns:
      """
      select
        p.oid::int8, a.attrelid::int8, a.attnum::int8, a.attname::text,
        has_column_privilege(p.oid, a.attrelid, a.attnum, 'SELECT'),
        has_column_privilege(p.oid, a.attrelid, a.attnum, 'INSERT'),
        has_column_privilege(p.oid, a.attrelid, a.attnum, 'UPDATE')
      from principal p
      cross join pg_attribute a
      where a.attnum > 0 and not a.attisdropped
        and a.attrelid in (select c.oid from class c join pg_attribute l on l.attrelid = c.oid where l.attacl is not null)
      """
    case .origins:
      // A view's columns that are a column of a table, which is what can be written through it, and whether the view reads
      // that table a second time. They are in the view's tree: the list of a query's targets comes after its subqueries,
      // and is the last that has a number.
      """
      select distinct on (c.oid, a.attnum)
        c.oid::int8, a.attnum::int8, a.attname::text, o.relation::int8, o.column::int8,
        length(t.tree) - length(replace(t.tree, r.mention, '')) > length(r.mention)
      from class c
      join pg_rewrite w on w.ev_class = c.oid and w.ev_type = '1'
      cross join lateral (select w.ev_action::text) t (tree)
      cross join lateral unnest(string_to_array(t.tree, ':resno ')) with ordinality e (entry, position)
      cross join lateral (
        select
          split_part(split_part(e.entry, ':resorigtbl ', 2), ' ', 1),
          split_part(split_part(e.entry, ':resorigcol ', 2), ' ', 1)
      ) o (relation, "column")
      cross join lateral (select ':rtekind 0 :relid ' || o.relation || ' ') r (mention)
      join pg_attribute a on a.attrelid = c.oid
        and a.attnum = case when e.position > 1 then split_part(e.entry, ' ', 1)::int2 end
      where c.relkind = 'v' and e.position > 1 and e.entry like '%:resjunk false}%'
        and pg_relation_is_updatable(c.oid, true) & 28 <> 0
      order by c.oid, a.attnum, e.position desc
      """
    case .reads:
      """
      select r.reader::int8, r.policy::int8, r.relation::int8, array_agg(r.column::int8)
      from read r
      where r.reader in (select oid from class) and r.relation in (select oid from class)
      group by r.reader, r.policy, r.relation
      """
    case .policies:
      """
      select
        p.oid::int8, p.polrelid::int8, p.polname::text, p.polcmd::text, p.polpermissive,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
        array(
          select o.oid::int8 from principal o
          where 0 = any (p.polroles) or exists (
            select from unnest(p.polroles) r (oid) where r.oid <> 0 and pg_has_role(o.oid, r.oid, 'USAGE'))),
        array(
          select api.oid || ' ' || d.refobjid::regprocedure
          from pg_depend d
          cross join api
          where d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
            and not has_function_privilege(api.oid, d.refobjid, 'EXECUTE'))
      from pg_policy p
      where p.polrelid in (select oid from class)
      """
    case .routines:
      """
      , callable as materialized (
        select
          r.schema, r.name, r.kind, r.arguments, p.pronamespace, p.prosecdef, p.proowner,
          min(p.oid::int8) over (partition by p.proowner, p.proacl::text)::oid as sample
        from routine r
        join pg_proc p using (oid)
        where p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
          and 'internal'::regtype <> all (p.proargtypes)
      ),
      caller as materialized (
        select s.sample, n.oid as schema, array_agg(api.name order by api.name) as roles
        from (select distinct sample from callable) s
        cross join api
        join pg_namespace n on has_schema_privilege(api.oid, n.oid, 'USAGE')
        where has_function_privilege(api.oid, s.sample, 'EXECUTE')
          and n.oid in (select pronamespace from callable)
        group by s.sample, n.oid
      )
      select
        c.schema, c.name, c.kind, c.arguments,
        case when c.prosecdef then pg_get_userbyid(c.proowner)::text end, coalesce(o.roles, '{}')
      from callable c
      left join caller o on o.sample = c.sample and o.schema = c.pronamespace
      """
    }
  }
}
