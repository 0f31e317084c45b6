internal import SQL

extension Scaffold {
  /// The two tables that are joined: from the options, else `create customers tags junction table`, else
  /// `link customers to tags`.
  private func joinedTables() throws(ScaffoldError) -> (String, String) {
    if options.joins.count == 2 { return (options.joins[0], options.joins[1]) }
    let links: Set<String> = ["and", "to", "with", "link", "join", "connect", "create", "add", "junction", "table"]
    let tables = words.filter { !links.contains($0) }
    guard options.joins.isEmpty, tables.count == 2 else {
      throw ScaffoldError(
        "\"\(description)\" does not say which two tables are joined: name them, as in \"link customers to tags\"")
    }
    return (tables[0], tables[1])
  }

  func junctionTemplate() throws(ScaffoldError) -> String {
    let (left, right) = try joinedTables()
    let name = options.table ?? Self.identifier(left, right)
    let table = qualified(name)
    let columns = (left: Self.singular(left) + "_id", right: Self.singular(right) + "_id")
    let security =
      dialect == .supabase
      ? """


      -- Row level security: add a policy for each role that may see or change these rows.
      \(rowSecurityStatements(table: name))
      """ : ""
    return """
      -- \(sentence)

      -- Each pair once: the primary key is also the index of the first foreign key.
      create table if not exists \(table) (
        \(Quoting.identifier(columns.left)) uuid not null,
        \(Quoting.identifier(columns.right)) uuid not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (\(Quoting.identifier(columns.left)), \(Quoting.identifier(columns.right)))
      );

      \(indexStatement(table: name, column: columns.right))

      \(foreignKeyStatement(table: name, column: columns.left, references: "\(qualified(left)) (id)"))

      \(foreignKeyStatement(table: name, column: columns.right, references: "\(qualified(right)) (id)"))\(security)

      \(updatedAtStatements(table: name))

      comment on table \(table) is \
      \(Quoting.literal("Which \(Self.prose(left).lowercased()) have which \(Self.prose(right).lowercased())."));

      """
  }
}
