/// A kind of object that has a catalog of its own, and of which a snapshot says little more than the statement that
/// makes it.
///
/// Each part is SQL, in which `o` is the catalog's row and `n` its schema, in ``FactQuery/commonTables``.
struct CatalogKind: Sendable {
  let kind: Fact.Kind
  let catalog: Fact.Address.Catalog
  /// From what the rows are read, when it is not the catalog; it has the same columns.
  var view: String?
  var number = "o.oid"
  /// The number of the object's schema; nil for a kind whose objects are the database's.
  var schema: String?
  let name: String
  /// What tells apart objects of one name.
  var arguments = "null"
  var owner: String?
  /// The list of grants, and what `acldefault` calls objects of this kind.
  var privileges: (list: String, type: String)?
  var attributes: [(name: String, value: String)] = []
  /// The whole `CREATE` statement as `pg_dump` writes it, without what other facts and ``owner`` say.
  let definition: String
  /// Further joins, and what is in the catalog but no object of a user's.
  var joins = ""
  var condition = "true"

  /// All facts of the kind's objects themselves.
  var query: FactQuery {
    FactQuery(
      objectKind: "'\(kind.rawValue)'", schema: schemaName, name: name, arguments: arguments,
      address: (catalog, number),
      attributes: .init((owner.map { [("owner", "pg_get_userbyid(\($0))")] } ?? []) + attributes),
      definition: definition, source: source)
  }

  /// The objects, one row each: `classid, objid, kind, schema, name, arguments, type, owner, acl`.
  var identities: String {
    """
    select
      '\(catalog.rawValue)'::regclass::oid as classid, \(number) as objid, '\(kind.rawValue)' as kind,
      \(schemaName) as schema, (\(name))::text as name, (\(arguments))::text as arguments,
      \(privileges.map { "'\($0.type)'" } ?? "null")::"char" as type, \(owner ?? "null::oid") as owner,
      \(privileges.map { "coalesce(\($0.list)::text, '')" } ?? "null") as acl
    \(source)
    """
  }

  private var schemaName: String { schema == nil ? "null" : "n.name" }

  /// What `initdb` made and is in no schema has a small number.
  private var source: String {
    """
    from \(view ?? catalog.rawValue) o
    \(schema.map { "join namespace n on n.oid = \($0)" } ?? "")
    \(joins)
    where \(schema == nil ? "\(number) >= 16384" : "true") and (\(condition))
      and ('\(catalog.rawValue)'::regclass, \(number)) not in (select classid, objid from member)
    """
  }

  static func all(serverVersion: Int) -> [CatalogKind] {
    [language, accessMethod, foreignDataWrapper, foreignServer, userMapping, collation(serverVersion: serverVersion)]
      + [conversion, textSearchParser, textSearchTemplate, textSearchDictionary, textSearchConfiguration]
      + [statistics, `operator`, operatorFamily, operatorClass, cast, transform]
  }

  /// A common table expression of all these objects, or of those that can be granted.
  static func table(serverVersion: Int, onlyGrantable: Bool = false) -> String {
    let kinds = all(serverVersion: serverVersion).filter { !onlyGrantable || $0.privileges != nil }
    return """
      other_object as materialized (
      \(kinds.map(\.identities).joined(separator: "\nunion all\n"))
      )
      """
  }
}

// MARK: - Writing statements

extension CatalogKind {
  /// A statement with its parts in parentheses, a line each; those that are NULL are left out.
  static func statement(_ head: String, _ parts: [String]) -> String {
    """
    \(head) || E' (\\n    ' || concat_ws(E',\\n    ', \(parts.joined(separator: ", "))) || E'\\n)'
    """
  }

  /// A function by its name, as it stands in a statement that knows its arguments; NULL for none.
  static func function(_ label: String, _ number: String) -> String {
    "'\(label) = ' || nullif(\(number)::oid, 0)::regproc"
  }

  static func qualified(_ catalog: String, _ prefix: String, _ number: String) -> String {
    """
    (select format('%I.%I', s.nspname, q.\(prefix)name)
    from \(catalog) q join pg_namespace s on s.oid = q.\(prefix)namespace where q.oid = \(number))
    """
  }

  /// `OPTIONS (...)` of a foreign thing after a space, sorted; empty for none.
  static func options(_ column: String, withoutSecrets: Bool = true) -> String {
    """
    coalesce((
      select E' OPTIONS (\\n    '
        || string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), E',\\n    '
          order by option_name collate "C") || E'\\n)'
      from pg_options_to_table(\(column)) where \(withoutSecrets ? "not (\(isSecret))" : "true")
    ), '')
    """
  }

  /// The options that are secrets, each with a digest of its value: enough to tell whether it has changed.
  static func secrets(_ column: String, of object: String) -> String {
    """
    select string_agg(
      quote_ident(option_name) || ' '
        || left(encode(sha256(convert_to(concat_ws(':', \(object), option_name, option_value), 'UTF8')), 'hex'), 16),
      ', ' order by option_name collate "C")
    from pg_options_to_table(\(column)) where \(isSecret)
    """
  }

  /// By the option's name, or by a password within its value, as in a URL.
  private static let isSecret = #"""
    option_name ~* '(pass|secret|token|credential|private|key)' and option_name !~* '(_id|_name)$'
    or option_value ~* '(password|secret)\s*=|://[^/@]*:[^/@]*@'
    """#
}
