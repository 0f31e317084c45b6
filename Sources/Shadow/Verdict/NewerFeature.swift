internal import Postgres
internal import SQL

/// What a major version of PostgreSQL has brought, by how an older server refuses it.
///
/// Source: the release notes, <https://www.postgresql.org/docs/release/>, and the errors of PostgreSQL 15.
struct NewerFeature: Sendable {
  let major: Int
  /// As a sentence names it.
  let what: String
  /// What the server quotes in its message, one of these; empty for anything.
  private var near: Set<String> = []
  /// What its message contains.
  private var says = ""
  /// Words that the statement has, in this order, each phrase as it stands.
  private var phrases: [String] = []
  /// A word that the statement does not have.
  private var without: Substring?

  /// The feature for want of which the statement failed on a server of this version; nil when it is none.
  ///
  /// - Parameter isOwn: Whether the files make an object of this name themselves, so that it is not the server's.
  init?(missedBy error: PostgresError, of statement: Statement, serverMajor: Int, isOwn: (String) -> Bool) {
    let found: NewerFeature? =
      switch error.sqlState?.rawValue {
      case "42601": Self.syntax.first { $0.major > serverMajor && $0.matches(error, statement) }
      case "42P01" where error.message.contains("missing FROM-clause entry"):
        Self.returning.first { $0.major > serverMajor && $0.matches(error, statement) }
      case "42704", "3F000", "42883", "42P01", "22023":
        Self.softLookups.first { $0.major > serverMajor && $0.matches(error, statement) }
          ?? Self.named(in: error).flatMap { $0.major > serverMajor && !isOwn($0.what) ? $0 : nil }
      default: nil
      }
    guard let found else { return nil }
    self = found
  }

  private init(
    _ major: Int, _ what: String, near: Set<String> = [], says: String = "", phrases: [String] = [],
    without: Substring? = nil
  ) {
    self.major = major
    self.what = what
    self.near = near
    self.says = says
    self.phrases = phrases
    self.without = without
  }

  private func matches(_ error: PostgresError, _ statement: Statement) -> Bool {
    guard error.message.contains(says) else { return false }
    if !near.isEmpty {
      let quoted = error.message.matches(of: /"([^"]+)"/).map { $0.1.lowercased() }
      guard quoted.contains(where: near.contains) else { return false }
    }
    let words = SQLWords.list(of: statement.text)
    if let without, words.contains(without) { return false }
    var text = (" " + words.joined(separator: " ") + " ")[...]
    for phrase in phrases {
      guard let range = text.firstRange(of: " \(phrase) ") else { return false }
      text = text[text.index(before: range.upperBound)...]
    }
    return true
  }

  private static func named(in error: PostgresError) -> NewerFeature? {
    let quoted = error.message.firstMatch(of: /"([^"]+)"/).map { String($0.1) }
    let names = [NamedObject(namedBy: error)?.name, quoted].compactMap(\.self)
    return names.compactMap { name in versions[name].map { NewerFeature($0, name) } }.first
  }
}

// MARK: - The tables

extension NewerFeature {
  private static let syntax = [
    NewerFeature(18, "a virtual generated column", near: ["virtual"], phrases: ["generated always as"]),
    NewerFeature(
      18, "a virtual generated column", near: [",", ")"], phrases: ["generated always as"], without: "stored"),
    NewerFeature(18, "RETURNING WITH (OLD AS ...)", near: ["with"], phrases: ["returning with"]),
    NewerFeature(18, "NOT NULL as a constraint of the table", near: ["not"], phrases: ["add", "not null"]),
    NewerFeature(18, "NOT ENFORCED", near: ["enforced"], phrases: ["not enforced"]),
    NewerFeature(18, "WITHOUT OVERLAPS", near: ["without"], phrases: ["without overlaps"]),
    NewerFeature(18, "COPY ... REJECT_LIMIT", near: ["reject_limit"], phrases: ["copy"]),
    NewerFeature(17, "MERGE ... RETURNING", near: ["returning"], phrases: ["merge into", "returning"]),
    NewerFeature(17, "WHEN NOT MATCHED BY", near: ["by"], phrases: ["merge into", "not matched by"]),
    NewerFeature(17, "JSON_TABLE", phrases: ["json_table"]),
    NewerFeature(17, "JSON_VALUE", phrases: ["json_value"]),
    NewerFeature(17, "JSON_QUERY", phrases: ["json_query"]),
    NewerFeature(17, "JSON_EXISTS", phrases: ["json_exists"]),
    NewerFeature(17, "SET EXPRESSION", near: ["expression"], phrases: ["set expression"]),
    NewerFeature(17, "the privilege MAINTAIN", near: ["maintain"], phrases: ["maintain"]),
    NewerFeature(17, "AT LOCAL", near: ["local"], phrases: ["at local"]),
    NewerFeature(17, "COPY ... ON_ERROR", near: ["on_error"], phrases: ["copy"]),
    NewerFeature(17, "an event trigger on login", near: ["login"], phrases: ["event trigger"]),
    NewerFeature(16, "a subquery in FROM without a name", says: "in FROM must have an alias"),
    NewerFeature(16, "a number written with underscores or as 0x", says: "trailing junk after numeric literal"),
    NewerFeature(16, "IS JSON", near: ["json"], phrases: ["is json"]),
    NewerFeature(16, "IS JSON", near: ["json"], phrases: ["is not json"]),
    NewerFeature(16, "JSON_OBJECT with keys and values", near: [":", "value"], phrases: ["json_object"]),
    NewerFeature(16, "JSON_ARRAYAGG", phrases: ["json_arrayagg"]),
    NewerFeature(16, "JSON_OBJECTAGG", phrases: ["json_objectagg"]),
    NewerFeature(16, "JSON_ARRAY", phrases: ["json_array"]),
    NewerFeature(16, "GRANT role ... WITH INHERIT", near: ["inherit"], phrases: ["grant", "with inherit"]),
    NewerFeature(16, "GRANT role ... WITH SET", near: ["set"], phrases: ["grant", "with set"]),
    NewerFeature(16, "GRANT role ... WITH ADMIN", near: ["true", "false"], phrases: ["grant", "with admin"]),
    NewerFeature(16, "STORAGE in CREATE TABLE", near: ["storage"], phrases: ["create table", "storage"]),
    NewerFeature(15, "NULLS NOT DISTINCT", near: ["nulls"], phrases: ["nulls not distinct"]),
    NewerFeature(15, "MERGE", near: ["merge"], phrases: ["merge into"]),
    NewerFeature(15, "FOR TABLES IN SCHEMA", near: ["tables"], phrases: ["publication", "tables in schema"]),
    NewerFeature(15, "a publication with WHERE or columns", near: ["where", "("], phrases: ["publication", "table"]),
    NewerFeature(15, "SET NULL of some columns", near: ["("], phrases: ["on delete set null"]),
    NewerFeature(14, "CREATE OR REPLACE TRIGGER", near: ["trigger"], phrases: ["create or replace trigger"]),
    NewerFeature(14, "a function body in SQL's own words", near: ["begin"], phrases: ["begin atomic"]),
    NewerFeature(14, "COMPRESSION", near: ["compression"], phrases: ["compression"]),
  ]

  private static let returning = [
    NewerFeature(18, "OLD and NEW in RETURNING", near: ["old", "new"], phrases: ["returning"])
  ]

  /// Since 16 they return NULL for whatever there is not, also for a type among the arguments of a function.
  private static let softLookups = ["to_regprocedure", "to_regtype", "to_regproc", "to_regoperator", "to_regoper"].map {
    NewerFeature(16, "\($0)() of a name that there is not", phrases: [$0])
  }

  /// Functions, settings, options, views and roles, with the version that brought them.
  private static let versions: [String: Int] = {
    let byMajor: [Int: [String]] = [
      18: [
        "uuidv7", "uuidv4", "casefold", "crc32", "crc32c", "array_reverse", "array_sort", "gamma", "lgamma",
        "pg_get_acl", "has_largeobject_privilege", "pg_get_process_memory_contexts", "pg_aios",
        "pg_signal_autovacuum_worker", "extension_control_path", "io_method",
      ],
      17: [
        "random", "to_bin", "to_oct", "uuid_extract_timestamp", "uuid_extract_version", "xmltext", "unicode_assigned",
        "pg_basetype", "json_value", "json_query", "json_exists", "json_scalar", "json_serialize", "json",
        "transaction_timeout", "event_triggers", "allow_alter_system", "pg_maintain", "pg_stat_checkpointer",
        "pg_wait_events", "pg_column_toast_chunk_id", "to_regtypemod",
      ],
      16: [
        "any_value", "array_sample", "array_shuffle", "random_normal", "erf", "erfc", "json_array", "json_arrayagg",
        "json_objectagg", "pg_input_is_valid", "pg_input_error_info", "date_add", "date_subtract",
        "createrole_self_grant", "pg_stat_io", "pg_create_subscription", "pg_use_reserved_connections",
        "pg_split_walfile_name", "system_user", "icu_validation_level",
      ],
      15: [
        "security_invoker", "regexp_count", "regexp_instr", "regexp_like", "regexp_substr", "pg_checkpoint",
        "has_parameter_privilege",
      ],
      14: [
        "date_bin", "bit_xor", "string_to_table", "trim_array", "unistr", "bit_count", "idle_session_timeout",
        "default_toast_compression", "pg_read_all_data", "pg_write_all_data", "pg_database_owner",
      ],
    ]
    return Dictionary(byMajor.flatMap { major, names in names.map { ($0, major) } }) { first, _ in first }
  }()
}
