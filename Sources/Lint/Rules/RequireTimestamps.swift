/// `require-timestamps`
struct RequireTimestamps: CatalogRule {
  let about = RuleDescription(
    name: "require-timestamps",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Table without created_at and updated_at",
    why: "when a row came and when it last changed cannot be found out later",
    explanation: """
      Every table has `created_at` and `updated_at`, both `timestamptz not null default now()`. `timestamp` without a \
      time zone means another moment on every server; a column that may be NULL, or has no default, will be.

      Adding the two to a table that is already there rewrites nothing: the default is computed once and kept in the \
      catalog (measured). `updated_at` needs a trigger to follow changes: `extensions.moddatetime(updated_at)`.
      """,
    bad: """
      create table public.customers (
        id bigint primary key,
        created_at timestamp default now()
      );
      """,
    good: """
      create table public.customers (
        id bigint primary key,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      """,
    source: "https://www.postgresql.org/docs/15/datatype-datetime.html"
  )

  private static let names = ["created_at", "updated_at"]
  private static let definition = "timestamptz not null default now()"

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard !table.isPartition else { return nil }
      let missing = Self.names.filter { table.column($0) == nil }
      let wrong = Self.names.compactMap { table.column($0) }.compactMap(Wrong.init)
      guard !wrong.isEmpty || !missing.isEmpty && !table.mayHaveMoreColumns,
        !context.mayBeHidden("_at", of: table)
      else { return nil }
      let faults = missing.map { "\($0) is missing" } + wrong.map(\.description)
      return context.issue(
        on: table, at: place, "timestamps of table \(table.name): \(faults.joined(separator: "; "))",
        fix: fix(table, missing, wrong, place, context))
    }
  }

  /// A column that is there but not as it should be.
  private struct Wrong: CustomStringConvertible {
    var column: ColumnShape
    var isOfRightType: Bool

    init?(_ column: ColumnShape) {
      self.column = column
      isOfRightType = column.type.hasPrefix("timestamp") && column.type.hasSuffix("with time zone")
      if isOfRightType, column.isNotNull, column.hasDefault { return nil }
    }

    var description: String {
      var faults: [String] = []
      if !isOfRightType { faults.append("is \(column.type)") }
      if !column.isNotNull { faults.append("may be NULL") }
      if !column.hasDefault { faults.append("has no default") }
      return "\(column.name) \(faults.joined(separator: ", "))"
    }
  }

  private func fix(
    _ table: TableShape, _ missing: [String], _ wrong: [Wrong], _ place: Place, _ context: CatalogContext
  ) -> Issue.Fix {
    var actions = missing.map { "add column \($0) \(Self.definition)" }
    for wrong in wrong {
      let alter = "alter column \(wrong.column.name)"
      if !wrong.isOfRightType { actions.append("\(alter) type timestamptz") }
      if !wrong.column.hasDefault { actions.append("\(alter) set default now()") }
      if !wrong.column.isNotNull { actions.append("\(alter) set not null") }
    }
    let statement = "alter table \(table.name)\n  \(actions.joined(separator: ",\n  "));"
    // Changing columns that may hold rows already is for a person to weigh; adding some is not.
    return .init(text: statement, edits: wrong.isEmpty ? context.insertion(of: statement, after: place) : [])
  }
}
