/// Languages, access methods, and what leads to data elsewhere.
extension CatalogKind {
  static let language = CatalogKind(
    kind: .language, catalog: .language, name: "o.lanname", owner: "o.lanowner", privileges: ("o.lanacl", "l"),
    definition: """
      format('CREATE %sPROCEDURAL LANGUAGE %I', case when o.lanpltrusted then 'TRUSTED ' end, o.lanname)
        || coalesce(' HANDLER ' || nullif(o.lanplcallfoid, 0)::regproc, '')
        || coalesce(' INLINE ' || nullif(o.laninline, 0)::regproc, '')
        || coalesce(' VALIDATOR ' || nullif(o.lanvalidator, 0)::regproc, '')
      """)

  static let accessMethod = CatalogKind(
    kind: .accessMethod, catalog: .accessMethod, name: "o.amname",
    definition: """
      format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', o.amname,
        case o.amtype when 'i' then 'INDEX' else 'TABLE' end, o.amhandler)
      """)

  static let foreignDataWrapper = CatalogKind(
    kind: .foreignDataWrapper, catalog: .foreignDataWrapper, name: "o.fdwname", owner: "o.fdwowner",
    privileges: ("o.fdwacl", "F"),
    attributes: [("secrets", secrets("o.fdwoptions", of: "o.fdwname"))],
    definition: """
      format('CREATE FOREIGN DATA WRAPPER %I', o.fdwname)
        || coalesce(' HANDLER ' || nullif(o.fdwhandler, 0)::regproc, '')
        || coalesce(' VALIDATOR ' || nullif(o.fdwvalidator, 0)::regproc, '')
        || \(options("o.fdwoptions"))
      """)

  static let foreignServer = CatalogKind(
    kind: .foreignServer, catalog: .foreignServer, name: "o.srvname", owner: "o.srvowner",
    privileges: ("o.srvacl", "S"),
    attributes: [("secrets", secrets("o.srvoptions", of: "o.srvname"))],
    definition: """
      format('CREATE SERVER %I', o.srvname)
        || coalesce(' TYPE ' || quote_literal(o.srvtype), '')
        || coalesce(' VERSION ' || quote_literal(o.srvversion), '')
        || format(' FOREIGN DATA WRAPPER %I', w.fdwname)
        || \(options("o.srvoptions"))
      """,
    joins: "join pg_foreign_data_wrapper w on w.oid = o.srvfdw")

  /// Read from the view over `pg_user_mapping`, which only a superuser may read; to others the view hides options.
  static let userMapping = CatalogKind(
    kind: .userMapping, catalog: .userMapping, view: "pg_user_mappings", number: "o.umid", name: "o.srvname",
    arguments: "o.usename",
    attributes: [("secrets", secrets("o.umoptions", of: "o.srvname, o.usename"))],
    definition: """
      format('CREATE USER MAPPING FOR %s SERVER %I',
        case o.umuser when 0 then 'PUBLIC' else quote_ident(o.usename) end, o.srvname)
        || \(options("o.umoptions"))
      """)
}
