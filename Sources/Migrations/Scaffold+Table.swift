internal import SQL

extension Scaffold {
  /// The table that the description names: `create_customer_invoices_table` → `customer_invoices`.
  var tableName: String {
    if let table = options.table { return table }
    var words = words[...]
    if let verb = words.first, ["create", "add", "new", "make"].contains(verb), words.count > 1 { words.removeFirst() }
    if let kind = words.last, ["table", "junction", "enum", "type"].contains(kind), words.count > 1 {
      words.removeLast()
    }
    if words.count > 1, words.last == "junction" { words.removeLast() }
    return words.joined(separator: "_")
  }

  /// The six steps of a table: keys and timestamps, indexes, foreign keys, row level security with its policies, the
  /// trigger, comments.
  func tableTemplate() -> String {
    let name = tableName
    let table = qualified(name)
    let hasOwner = dialect == .supabase
    var sections = [
      """
      -- \(sentence)

      -- 1. The table: a primary key, the columns of your own, timestamps.
      create table if not exists \(table) (
        id uuid primary key default gen_random_uuid(),
      \(hasOwner ? "  user_id uuid not null,\n" : "")\
        name text not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      """
    ]
    if hasOwner {
      sections += [
        """
        -- 2. Indexes: one for every foreign key and every column that a policy compares, and those your queries need.
        \(indexStatement(table: name, column: "user_id"))
        """,
        """
        -- 3. Foreign keys: each says what happens when the row it points to is deleted.
        \(foreignKeyStatement(table: name, column: "user_id", references: "auth.users (id)"))
        """,
        """
        -- 4. Row level security: without a policy nobody but the owner of the table sees a row.
        \(rowSecurityStatements(table: name))

        \(policyStatements(
          table: name, policy: Self.identifier(name, "owner"), role: "authenticated",
          condition: "(select auth.uid()) = user_id"))
        """,
      ]
    } else {
      sections += [
        """
        -- 2. Indexes: one for every foreign key, and those your queries need.
        \(indexStatement(table: name, column: "created_at"))
        """,
        """
        -- 3. Foreign keys: none yet. Each needs an index and an explicit "on delete".
        """,
        """
        -- 4. Row level security: none. Enable it, and write a policy for each role, where clients reach the table.
        """,
      ]
    }
    sections += [
      """
      -- 5. updated_at follows every change.
      \(updatedAtStatements(table: name))
      """,
      """
      -- 6. Comments: what the table is for.
      comment on table \(table) is \(Quoting.literal(Self.prose(name) + "."));
      """,
    ]
    return sections.joined(separator: "\n\n") + "\n"
  }

  func indexStatement(table: String, column: String) -> String {
    let index = Quoting.identifier(Self.identifier(table, column, "idx"))
    return "create index if not exists \(index) on \(qualified(table)) (\(Quoting.identifier(column)));"
  }

  func foreignKeyStatement(table: String, column: String, references: String) -> String {
    let constraint = Quoting.identifier(Self.identifier(table, column, "fkey"))
    return """
      alter table \(qualified(table))
        drop constraint if exists \(constraint),
        add constraint \(constraint)
          foreign key (\(Quoting.identifier(column))) references \(references) on delete cascade;
      """
  }

  /// Row level security on, the API's rights, and the policy of the service role.
  func rowSecurityStatements(table: String) -> String {
    """
    alter table \(qualified(table)) enable row level security;
    grant select, insert, update, delete on table \(qualified(table)) to authenticated, service_role;

    \(policyStatements(table: table, policy: "service_role_all", role: "service_role", condition: "true"))
    """
  }

  func policyStatements(table: String, policy: String, role: String, condition: String) -> String {
    let policy = Quoting.identifier(policy)
    return """
      drop policy if exists \(policy) on \(qualified(table));
      create policy \(policy) on \(qualified(table))
        for all to \(role)
        using (\(condition))
        with check (\(condition));
      """
  }

  func updatedAtStatements(table: String) -> String {
    let function = qualified("set_updated_at")
    return """
      create or replace function \(function)() returns trigger
      language plpgsql
      set search_path = ''
      as $$
      begin
        new.updated_at := now();
        return new;
      end
      $$;

      create or replace trigger \(Quoting.identifier(Self.identifier(table, "set_updated_at")))
        before update on \(qualified(table))
        for each row execute function \(function)();
      """
  }
}
