/// How text is compared, converted and searched, and what is counted over a table's columns.
extension CatalogKind {
  /// Where a collation keeps an ICU locale has changed twice.
  static func collation(serverVersion: Int) -> CatalogKind {
    let locale =
      switch serverVersion {
      case ..<150_000: "null::text"
      case ..<170_000: "o.colliculocale"
      default: "o.colllocale"
      }
    return CatalogKind(
      kind: .collation, catalog: .collation, schema: "o.collnamespace", name: "o.collname", owner: "o.collowner",
      definition: statement(
        "format('CREATE COLLATION %I.%I', n.name, o.collname)",
        [
          "case o.collprovider when 'c' then 'provider = libc' when 'i' then 'provider = icu'"
            + " when 'b' then 'provider = builtin' else 'provider = default' end",
          "case when not o.collisdeterministic then 'deterministic = false' end",
          "'locale = ' || quote_literal(coalesce(\(locale), case when o.collcollate = o.collctype then o.collcollate end))",
          "case when \(locale) is null and o.collcollate <> o.collctype"
            + " then 'lc_collate = ' || quote_literal(o.collcollate) end",
          "case when \(locale) is null and o.collcollate <> o.collctype"
            + " then 'lc_ctype = ' || quote_literal(o.collctype) end",
        ] + (serverVersion >= 160_000 ? ["'rules = ' || quote_literal(o.collicurules)"] : [])),
      condition: "o.collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))")
  }

  static let conversion = CatalogKind(
    kind: .conversion, catalog: .conversion, schema: "o.connamespace", name: "o.conname", owner: "o.conowner",
    definition: """
      format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s', case when o.condefault then 'DEFAULT ' end, n.name,
        o.conname, pg_encoding_to_char(o.conforencoding), pg_encoding_to_char(o.contoencoding), o.conproc)
      """)

  static let textSearchParser = CatalogKind(
    kind: .textSearchParser, catalog: .textSearchParser, schema: "o.prsnamespace", name: "o.prsname",
    definition: statement(
      "format('CREATE TEXT SEARCH PARSER %I.%I', n.name, o.prsname)",
      [
        function("START", "o.prsstart"), function("GETTOKEN", "o.prstoken"), function("END", "o.prsend"),
        function("HEADLINE", "o.prsheadline"), function("LEXTYPES", "o.prslextype"),
      ]))

  static let textSearchTemplate = CatalogKind(
    kind: .textSearchTemplate, catalog: .textSearchTemplate, schema: "o.tmplnamespace", name: "o.tmplname",
    definition: statement(
      "format('CREATE TEXT SEARCH TEMPLATE %I.%I', n.name, o.tmplname)",
      [function("INIT", "o.tmplinit"), function("LEXIZE", "o.tmpllexize")]))

  static let textSearchDictionary = CatalogKind(
    kind: .textSearchDictionary, catalog: .textSearchDictionary, schema: "o.dictnamespace", name: "o.dictname",
    owner: "o.dictowner",
    definition: statement(
      "format('CREATE TEXT SEARCH DICTIONARY %I.%I', n.name, o.dictname)",
      ["'TEMPLATE = ' || \(qualified("pg_ts_template", "tmpl", "o.dicttemplate"))", "o.dictinitoption"]))

  /// Without its mappings, which are its members (``FactQuery/mappings``).
  static let textSearchConfiguration = CatalogKind(
    kind: .textSearchConfiguration, catalog: .textSearchConfiguration, schema: "o.cfgnamespace", name: "o.cfgname",
    owner: "o.cfgowner",
    definition: statement(
      "format('CREATE TEXT SEARCH CONFIGURATION %I.%I', n.name, o.cfgname)",
      ["'PARSER = ' || \(qualified("pg_ts_parser", "prs", "o.cfgparser"))"]))

  static let statistics = CatalogKind(
    kind: .statistics, catalog: .statistics, schema: "o.stxnamespace", name: "o.stxname", owner: "o.stxowner",
    attributes: [
      ("table", qualified("pg_class", "rel", "o.stxrelid")),
      ("target", "case when o.stxstattarget >= 0 then o.stxstattarget end"),
    ],
    definition: "pg_get_statisticsobjdef(o.oid)")
}
