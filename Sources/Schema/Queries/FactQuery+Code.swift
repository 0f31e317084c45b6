/// What runs: policies, triggers, rules, functions, event triggers.
extension FactQuery {
  static let policies = FactQuery(
    objectKind: "'table'", schema: "o.schema", name: "o.table", memberKind: "'policy'", member: "o.name",
    relation: "o.relation", address: (.policy, "o.oid"),
    attributes: [
      "command": """
      case p.polcmd
        when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL'
      end
      """,
      "restrictive": "case when not p.polpermissive then 'yes' end",
      "roles": """
      select string_agg(quote_ident(role), ', ' order by role collate "C")
      from (
        select case oid when 0 then 'public' else pg_get_userbyid(oid)::text end as role from unnest(p.polroles) oid
      ) roles
      """,
      "using": "pg_get_expr(p.polqual, p.polrelid)",
      "with check": "pg_get_expr(p.polwithcheck, p.polrelid)",
    ],
    source: """
      from policy o
      join pg_policy p using (oid)
      """
  )

  static let triggers = FactQuery(
    objectKind: "o.kind", schema: "o.schema", name: "o.table", memberKind: "'trigger'", member: "o.name",
    relation: "o.relation", address: (.trigger, "o.oid"),
    attributes: [
      "function": "o.function",
      "enabled": "case t.tgenabled when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else 'yes' end",
    ],
    definition: "pg_get_triggerdef(t.oid)",
    source: """
      from trigger o
      join pg_trigger t using (oid)
      """
  )

  /// Rules, but for those that make views.
  static let rules = FactQuery(
    objectKind: "r.kind", schema: "r.schema", name: "r.name", memberKind: "'rule'", member: "w.rulename",
    relation: "r.oid", address: (.rule, "w.oid"),
    attributes: [
      "enabled": "case w.ev_enabled when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else 'yes' end"
    ],
    // The server ends it with a semicolon.
    definition: "regexp_replace(pg_get_ruledef(w.oid), ';$', '')",
    source: """
      from pg_rewrite w
      join relation r on r.oid = w.ev_class
      where w.rulename <> '_RETURN'
      """
  )

  /// Functions, procedures and aggregates. Their definition is the whole `CREATE` statement.
  static let routines = FactQuery(
    objectKind: "r.kind", schema: "r.schema", name: "r.name", arguments: "r.arguments",
    address: (.routine, "r.oid"),
    attributes: [
      "owner": "pg_get_userbyid(p.proowner)",
      "language": "l.lanname",
      "returns": "pg_get_function_result(p.oid)",
      "window": "case p.prokind when 'w' then 'yes' end",
      "security definer": "case when p.prosecdef then 'yes' end",
      "volatility": "case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end",
      "configuration": "array_to_string(p.proconfig, E'\\n')",
    ],
    definition: "case p.prokind when 'a' then \(aggregate) else pg_get_functiondef(p.oid) end",
    source: """
      from routine r
      join pg_proc p using (oid)
      join pg_language l on l.oid = p.prolang
      left join pg_aggregate a on a.aggfnoid = p.oid
      """
  )

  /// `CREATE AGGREGATE` as `pg_dump` writes it: no function of the server does.
  private static let aggregate = #"""
    concat_ws(E',\n  ',
      format(E'CREATE AGGREGATE %I.%I(%s) (\n  SFUNC = %s', r.schema, r.name,
        coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'), a.aggtransfn),
      'STYPE = ' || format_type(a.aggtranstype, null),
      'SSPACE = ' || nullif(a.aggtransspace, 0),
      'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc,
      case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
      case when a.aggfinalfn <> 0 then
        'FINALFUNC_MODIFY = ' || case a.aggfinalmodify when 's' then 'SHAREABLE' when 'w' then 'READ_WRITE'
          else 'READ_ONLY' end
      end,
      'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc,
      'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
      'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc,
      'INITCOND = ' || quote_literal(a.agginitval),
      'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc,
      'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
      'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), null),
      'MSSPACE = ' || nullif(a.aggmtransspace, 0),
      'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc,
      case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
      case when a.aggmfinalfn <> 0 then
        'MFINALFUNC_MODIFY = ' || case a.aggmfinalmodify when 's' then 'SHAREABLE' when 'w' then 'READ_WRITE'
          else 'READ_ONLY' end
      end,
      'MINITCOND = ' || quote_literal(a.aggminitval),
      (select format('SORTOP = OPERATOR(%I.%s)', n.nspname, o.oprname)
       from pg_operator o join pg_namespace n on n.oid = o.oprnamespace where o.oid = a.aggsortop),
      'PARALLEL = ' || case p.proparallel when 's' then 'SAFE' when 'r' then 'RESTRICTED' end,
      case a.aggkind when 'h' then 'HYPOTHETICAL' end
    ) || E'\n)'
    """#

  /// Event triggers whose function is in scope: a platform's own watch the user's DDL with the platform's functions.
  static let eventTriggers = FactQuery(
    objectKind: "'event trigger'", name: "e.evtname", address: (.eventTrigger, "e.oid"),
    attributes: [
      "owner": "pg_get_userbyid(e.evtowner)",
      "event": "e.evtevent",
      "tags": "array_to_string(array(select quote_literal(tag) from unnest(e.evttags) tag order by 1), ', ')",
      "function": "format('%I.%I', n.name, f.proname)",
      "enabled": "case e.evtenabled when 'D' then 'no' when 'R' then 'replica' when 'A' then 'always' else 'yes' end",
    ],
    source: """
      from pg_event_trigger e
      join pg_proc f on f.oid = e.evtfoid
      join namespace n on n.oid = f.pronamespace
      where ('pg_event_trigger'::regclass, e.oid) not in (select classid, objid from member)
      """
  )
}
