/// What the names of missing objects say: what Supabase's platform has, and what comes with which extension.
enum PlatformNames {
  /// Schemas that are the platform's.
  static let schemas: Set<String> = [
    "_analytics", "_realtime", "_supavisor", "auth", "cron", "extensions", "graphql", "graphql_public", "net",
    "pgbouncer", "pgmq", "pgmq_public", "pgsodium", "pgsodium_masks", "pgtle", "realtime", "storage",
    "supabase_functions", "supabase_migrations", "vault",
  ]

  static func isRole(_ name: String) -> Bool {
    let names: Set<String> = [
      "anon", "authenticated", "authenticator", "dashboard_user", "pgbouncer", "postgres", "service_role",
    ]
    return names.contains(name) || name.hasPrefix("supabase_")
  }

  static func isPlatforms(_ object: NamedObject) -> Bool {
    switch object.kind {
    case .schema: schemas.contains(object.name)
    case .role: isRole(object.name)
    default: object.schema.map(schemas.contains) ?? (object.name == "supabase_realtime")
    }
  }

  /// The extension that an object comes with, where its name tells.
  static func `extension`(of object: NamedObject) -> String? {
    if let schema = object.kind == .schema ? object.name : object.schema, let owner = owners[schema] { return owner }
    switch object.kind {
    case .routine, .type, .other, .relation: break
    default: return nil
    }
    let name = object.name
    return members[name] ?? prefixes.first { name.hasPrefix($0.prefix) }?.owner
  }

  /// By schema.
  private static let owners = [
    "cron": "pg_cron", "net": "pg_net", "pgmq": "pgmq", "graphql": "pg_graphql", "vault": "supabase_vault",
    "pgsodium": "pgsodium", "pgtle": "pg_tle", "topology": "postgis_topology", "tiger": "postgis_tiger_geocoder",
    "partman": "pg_partman", "paradedb": "pg_search", "ag_catalog": "age",
  ]

  private static let prefixes = [
    (prefix: "st_", owner: "postgis"), (prefix: "uuid_generate_v", owner: "uuid-ossp"),
    (prefix: "pgp_", owner: "pgcrypto"),
    (prefix: "pgr_", owner: "pgrouting"), (prefix: "h3_", owner: "h3"), (prefix: "dblink", owner: "dblink"),
    (prefix: "vector_", owner: "vector"), (prefix: "halfvec_", owner: "vector"), (prefix: "http_", owner: "http"),
    (prefix: "levenshtein", owner: "fuzzystrmatch"), (prefix: "bm25", owner: "pg_search"),
  ]

  private static let members: [String: String] = {
    let byOwner: [String: [String]] = [
      "btree_gist": ["gist_uuid_ops", "gist_int4_ops", "gist_text_ops"],
      "citext": ["citext"],
      "cube": ["cube"],
      "earthdistance": ["earth", "earth_box", "earth_distance", "ll_to_earth"],
      "fuzzystrmatch": ["soundex", "metaphone", "dmetaphone", "daitch_mokotoff"],
      "h3": ["h3index"],
      "hstore": ["hstore"],
      "http": ["http"],
      "intarray": ["gin__int_ops", "gist__int_ops", "query_int"],
      "ltree": ["ltree", "lquery", "ltxtquery", "gist_ltree_ops"],
      "moddatetime": ["moddatetime"],
      "pg_hashids": ["id_encode", "id_decode"],
      "pg_jsonschema": ["json_matches_schema", "jsonb_matches_schema"],
      "pg_trgm": ["gin_trgm_ops", "gist_trgm_ops", "similarity", "word_similarity", "show_trgm"],
      "pgcrypto": ["crypt", "gen_salt", "digest", "hmac", "armor", "dearmor", "gen_random_bytes"],
      "pgroonga": ["pgroonga"],
      "plv8": ["plv8"],
      "postgis": ["geometry", "geography", "box2d", "box3d", "raster", "addgeometrycolumn", "spatial_ref_sys"],
      "rum": ["rum", "rum_tsvector_ops"],
      "tablefunc": ["crosstab", "connectby", "normal_rand"],
      "timescaledb": [
        "create_hypertable", "time_bucket", "add_retention_policy", "add_compression_policy",
        "add_continuous_aggregate_policy",
      ],
      "unaccent": ["unaccent"],
      "vector": [
        "vector", "halfvec", "sparsevec", "hnsw", "ivfflat", "cosine_distance", "l2_distance", "inner_product",
      ],
      "xml2": ["xpath_table", "xml_valid"],
    ]
    return Dictionary(byOwner.flatMap { owner, names in names.map { ($0, owner) } }) { first, _ in first }
  }()
}
