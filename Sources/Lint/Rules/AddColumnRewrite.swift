internal import SQL
internal import Schema

/// `add-column-rewrite`
struct AddColumnRewrite: StatementRule {
  let about = RuleDescription(
    name: "add-column-rewrite",
    severity: .warning,
    evidence: [.ast, .trace],
    summary: "New column whose values have to be written into every row",
    why: "the table and all its indexes are written anew under ACCESS EXCLUSIVE",
    explanation: """
      A default that is the same for all rows, `now()` among them, is kept in the catalog and takes no time. What takes \
      a rewrite: a default that is another for each row (`random()`, `gen_random_uuid()`, `nextval()`), `serial`, \
      identity, a stored generated column, and a domain with a constraint, even with a constant default (measured).

      Add the column without a default, set the default for new rows, and fill the old rows in batches. Functions that \
      no file of the repository declares count as volatile unless they are PostgreSQL's own. Tables that the pending \
      migrations create are left alone.
      """,
    bad: """
      alter table public.customers add column if not exists public_id uuid default gen_random_uuid();
      """,
    good: """
      alter table public.customers add column if not exists public_id uuid;
      alter table public.customers alter column public_id set default gen_random_uuid();
      """,
    source: "https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES; measured: rewriting table",
    others: [
      .squawk: ["adding-field-with-default"], .languageServer: ["addSerialColumn", "addingFieldWithDefault"],
      .pgfence: ["add-column-non-constant-default", "add-column-serial", "add-column-stored-generated"],
      .eugene: ["E11"], .atlas: ["PG302", "PG309", "PG310"],
      .strongMigrations: [
        "add_column_auto_incrementing", "add_column_default", "add_column_default_callable",
        "add_column_generated_stored",
      ],
    ]
  )

  var statementKinds: Syntax.Kinds { .alterTable }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .alterTable(let alter) = statement.syntax, alter.kind == .table,
      let table = context.existingTable(alter.name)
    else { return [] }
    return alter.commands.compactMap { command in
      guard case .addColumn(let column, _) = command.action, let reason = reason(column, context) else { return nil }
      let name = Quoting.identifier(column.name)
      return context.issue(
        "column \(name) makes every row of \(table) be written anew: \(reason)",
        at: command.range,
        object: ObjectName(table, part: column.name),
        fix: .init(text: "add it without, set the default for new rows, and fill the old rows in batches"))
    }
  }

  private func reason(_ column: Syntax.ColumnDefinition, _ context: StatementContext) -> String? {
    switch column.generated {
    case .stored: return "it is generated and stored"
    case .identityAlways, .identityByDefault: return "each row gets a number"
    case nil: break
    }
    if let type = column.type {
      if type.isSerial { return "each row gets a number" }
      let domain = context.declared.resolve(type)
      if context.declared.shape.domains[domain] == true { return "its domain has a constraint" }
    }
    guard let value = column.defaultValue, !value.isConstant,
      let function = value.functions.first(where: { isVolatile($0, context) })
    else { return nil }
    return "\(function)() may give each row another value"
  }

  private func isVolatile(_ function: Syntax.QualifiedName, _ context: StatementContext) -> Bool {
    if [nil, "pg_catalog"].contains(function.schema), Self.stable.contains(function.name) { return false }
    if function.schema == "auth", ["uid", "jwt", "role", "email"].contains(function.name) { return false }
    let name = context.declared.resolve(function)
    let declared = context.declared.shape.functions.values.filter { $0.key.name == name }
    return declared.isEmpty || declared.contains(where: \.isVolatile)
  }

  /// Of PostgreSQL's own functions that are not volatile, those that stand in defaults.
  private static let stable: Set = [
    "now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "current_date", "current_time",
    "localtime", "localtimestamp", "current_user", "current_role", "session_user", "user", "current_catalog",
    "current_schema", "current_database", "timezone", "date_trunc", "date_part", "extract", "age", "to_char", "to_date",
    "to_timestamp", "to_number", "make_date", "make_time", "make_timestamp", "make_timestamptz", "make_interval",
    "lower", "upper", "initcap", "trim", "btrim", "ltrim", "rtrim", "concat", "concat_ws", "replace", "substring",
    "substr", "left", "right", "lpad", "rpad", "length", "char_length", "format", "md5", "sha256", "encode", "decode",
    "abs", "ceil", "ceiling", "floor", "round", "trunc", "power", "sqrt", "mod", "div", "pow", "exp", "ln", "pi",
    "jsonb_build_object", "jsonb_build_array", "json_build_object", "json_build_array", "to_json", "to_jsonb",
    "jsonb_set", "array_append", "array_cat", "array_fill", "string_to_array", "array_to_string", "to_tsvector",
    "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "current_setting", "pg_backend_pid",
    "txid_current", "pg_current_xact_id", "point", "box", "int4", "int8", "text", "numeric", "float8", "bool",
    "timestamptz", "date", "inet", "uuid_nil",
  ]
}
