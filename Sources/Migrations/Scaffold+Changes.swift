internal import SQL

/// The templates that change what is there.
extension Scaffold {
  /// The table that a change is made to: from the options, else what follows `to`, `on`, `of`, `for` or `from`.
  private func changedTable() throws(ScaffoldError) -> String {
    if let table = options.table { return table }
    let link = words.lastIndex { ["to", "on", "of", "for", "from", "in"].contains($0) }
    var table = link.map { words[($0 + 1)...] } ?? []
    if table.count > 1, table.last == "table" { table.removeLast() }
    guard !table.isEmpty else {
      throw ScaffoldError("\"\(description)\" does not say which table: name it, as in \"add status to invoices\"")
    }
    return table.joined(separator: "_")
  }

  /// The column that is added or changed: from the options, else the words between the verb and the link.
  private func changedColumn() throws(ScaffoldError) -> String {
    if let column = options.column { return column }
    let verbs: Set<String> = ["add", "change", "alter", "create", "new", "the", "type", "of", "column", "set"]
    let column = words.prefix { !["to", "on", "for", "from", "in"].contains($0) }.filter { !verbs.contains($0) }
    guard !column.isEmpty, column.count < words.count else {
      throw ScaffoldError("\"\(description)\" does not say which column: name it, as in \"add status to invoices\"")
    }
    return column.joined(separator: "_")
  }

  func columnTemplate() throws(ScaffoldError) -> String {
    let table = qualified(try changedTable())
    let column = try changedColumn()
    return """
      -- \(sentence)

      -- Without "not null" this neither scans nor rewrites the table. A column that must have a value is added so,
      -- filled, and made "not null" in a later migration.
      alter table \(table) add column if not exists \(Quoting.identifier(column)) \(options.type);

      comment on column \(table).\(Quoting.identifier(column)) is \(Quoting.literal(Self.prose(column) + "."));

      """
  }

  func policyTemplate() throws(ScaffoldError) -> String {
    let table = try changedTable()
    let (role, condition) =
      dialect == .supabase ? ("authenticated", "(select auth.uid()) = user_id") : ("current_user", "true")
    return """
      -- \(sentence)

      alter table \(qualified(table)) enable row level security;

      -- "using" chooses the rows that are seen, "with check" those that may be written.
      \(policyStatements(table: table, policy: Self.identifier(name), role: role, condition: condition))

      """
  }

  func enumTemplate() -> String {
    let type = qualified(tableName)
    let labels = options.values.map(Quoting.literal).joined(separator: ", ")
    return """
      -- \(sentence)

      -- A label can be added later, but neither removed nor used in the migration that adds it.
      do $$
      begin
        if to_regtype(\(Quoting.literal(type))) is null then
          create type \(type) as enum (\(labels));
        end if;
      end
      $$;

      comment on type \(type) is \(Quoting.literal(Self.prose(tableName) + "."));

      """
  }

  /// Expand and contract: a new column beside the old one, kept in step, filled; the swap is a migration of its own.
  func typeChangeTemplate() throws(ScaffoldError) -> String {
    let name = try changedTable()
    let table = qualified(name)
    let column = try changedColumn()
    let old = Quoting.identifier(column)
    let new = Quoting.identifier(Self.identifier(column, "new"))
    let sync = Self.identifier(name, column, "sync")
    return """
      -- \(sentence)
      --
      -- Changing a column's type in place rewrites the table under a lock that nobody can read behind. This adds a
      -- column of the new type, keeps it in step, and fills it. The swap is the next migration, when every row is filled.

      -- 1. The new column.
      alter table \(table) add column if not exists \(new) \(options.type);
      comment on column \(table).\(new) is \(Quoting.literal("Takes the place of \(column)."));

      -- 2. Every write fills it.
      create or replace function \(qualified(sync))() returns trigger
      language plpgsql
      set search_path = ''
      as $$
      begin
        new.\(new) := new.\(old)::\(options.type);
        return new;
      end
      $$;

      create or replace trigger \(Quoting.identifier(sync))
        before insert or update on \(table)
        for each row execute function \(qualified(sync))();

      -- 3. The rows that are there. A large table is filled in batches instead, outside a migration.
      update \(table) set \(new) = \(old)::\(options.type) where \(new) is null and \(old) is not null;

      -- 4. The next migration:
      --   drop trigger if exists \(Quoting.identifier(sync)) on \(table);
      --   alter table \(table) rename column \(old) to \(Quoting.identifier(Self.identifier(column, "old")));
      --   alter table \(table) rename column \(new) to \(old);
      -- and the one after that, when nothing reads the old column any more:
      --   alter table \(table) drop column if exists \(Quoting.identifier(Self.identifier(column, "old")));
      --   drop function if exists \(qualified(sync))();

      """
  }

  func rollbackTemplate() throws(ScaffoldError) -> String {
    guard let version = options.version ?? words.first(where: { $0.allSatisfy(\.isNumber) }) else {
      throw ScaffoldError("\"\(description)\" does not say which migration: give its version")
    }
    return """
      -- \(sentence)
      --
      -- Undoes \(version). A migration that has been applied is never edited or deleted: this one goes the way back.
      -- Undo its statements from the last to the first, each so that it can be run twice:
      --   create table      drop table if exists ...
      --   add column        alter table ... drop column if exists ...
      --   create policy     drop policy if exists ... on ...
      --   create function   create or replace function ... (as it was before)
      -- What cannot come back, such as the data of a dropped column, is said here.

      """
  }
}
