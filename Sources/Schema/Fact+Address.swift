extension Fact {
  /// Where the catalogs have the row of a fact, as `pg_depend` says it.
  struct Address: Hashable, Sendable {
    let catalog: Catalog
    /// The row's `oid`.
    let number: UInt32
    /// A column's number (`pg_attribute.attnum`); 0 for everything else.
    let column: Int32

    init(catalog: Catalog, number: UInt32, column: Int32 = 0) {
      self.catalog = catalog
      self.number = number
      self.column = column
    }

    /// Reads `16385`, or `16385/2` for the second column.
    init(_ catalog: Catalog, _ text: String) {
      let parts = text.split(separator: "/")
      self.init(
        catalog: catalog, number: parts.first.flatMap { UInt32($0) } ?? 0,
        column: parts.count > 1 ? Int32(parts[1]) ?? 0 : 0)
    }

    /// The catalogs that have rows of facts.
    enum Catalog: String, Sendable, CaseIterable {
      case namespace = "pg_namespace"
      case `extension` = "pg_extension"
      /// Tables, views, sequences, composite types, indexes, and the columns of all of them.
      case relation = "pg_class"
      case `default` = "pg_attrdef"
      case constraint = "pg_constraint"
      case policy = "pg_policy"
      case trigger = "pg_trigger"
      case routine = "pg_proc"
      case type = "pg_type"
      case eventTrigger = "pg_event_trigger"
      case publication = "pg_publication"
      case publishedTable = "pg_publication_rel"
      case publishedSchema = "pg_publication_namespace"
      case rule = "pg_rewrite"
      case language = "pg_language"
      case accessMethod = "pg_am"
      case foreignDataWrapper = "pg_foreign_data_wrapper"
      case foreignServer = "pg_foreign_server"
      case userMapping = "pg_user_mapping"
      case collation = "pg_collation"
      case conversion = "pg_conversion"
      case textSearchParser = "pg_ts_parser"
      case textSearchTemplate = "pg_ts_template"
      case textSearchDictionary = "pg_ts_dict"
      case textSearchConfiguration = "pg_ts_config"
      case statistics = "pg_statistic_ext"
      case `operator` = "pg_operator"
      case operatorFamily = "pg_opfamily"
      case operatorClass = "pg_opclass"
      case familyOperator = "pg_amop"
      case familyFunction = "pg_amproc"
      case cast = "pg_cast"
      case transform = "pg_transform"
    }
  }
}
