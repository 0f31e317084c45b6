internal import SQL
internal import Schema

/// `policy-column-unindexed`
struct PolicyColumnUnindexed: CatalogRule {
  let about = RuleDescription(
    name: "policy-column-unindexed",
    severity: .warning,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Column that a policy compares with the user, without an index",
    why: "each query of each user reads the whole table to find that user's rows",
    explanation: """
      Counted are columns of the table itself that a policy compares with `auth.uid()`, outside subqueries that read \
      tables. An index serves when the column is its first, and it has no WHERE clause.
      """,
    bad: """
      create table public.notes (id bigint primary key, owner uuid);
      create policy "own rows" on public.notes to authenticated using (owner = (select auth.uid()));
      """,
    good: """
      create table public.notes (id bigint primary key, owner uuid);
      create index if not exists notes_owner_idx on public.notes (owner);
      create policy "own rows" on public.notes to authenticated using (owner = (select auth.uid()));
      """,
    source: "https://supabase.com/docs/guides/database/postgres/row-level-security#add-indexes"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    var seen: Set<PolicyKey> = []
    return context.changedPolicies.flatMap { table, policy, place -> [Issue] in
      guard policy.command != .insert, context.isJudged(table), let shape = context.shape.tables[table],
        !context.mayBeHidden("index", of: shape), let using = policy.using
      else { return [] }
      return Self.columns(comparedIn: using, of: table.name).compactMap { column in
        guard shape.column(column) != nil, seen.insert(PolicyKey(table: table, name: column)).inserted,
          !shape.indexes.contains(where: { $0.leadingColumns.first == column && !$0.isPartial && $0.findsEquals })
        else { return nil }
        let name = Quoting.identifier(String("\(table.name)_\(column)".prefix(59)) + "_idx")
        let index = "create index if not exists \(name) on \(table) (\(Quoting.identifier(column)));"
        let isNew = context.declared.isCreatedByPendingFiles(table)
        return context.issue(
          on: table, part: column, at: place,
          "policy \(Quoting.identifier(policy.name)) looks for \(Quoting.identifier(column)) of \(table), which has no index",
          fix: .init(
            text: isNew
              ? index : "in a migration of its own: \(index.replacing("index if", with: "index concurrently if"))",
            edits: isNew ? context.insertion(of: index, after: place) : []))
      }
    }
  }

  private static func columns(comparedIn text: String, of table: String) -> [String] {
    let text = text.lowercased()
    guard text.contains("auth.uid()"), !text.contains(" from ") else { return [] }
    let name = #"(?:"?([a-z_][a-z0-9_]*)"?\.)?"?([a-z_][a-z0-9_]*)"?"#
    let user = #"\(*\s*(?:select\s+)?auth\.uid\(\)(?:\s+as\s+uid)?\s*\)*"#
    return [#"\#(name)\)?\s*=\s*\#(user)"#, #"\#(user)\s*=\s*\(?\#(name)"#].flatMap { pattern -> [String] in
      guard let regex = try? Regex(pattern) else { return [] }
      return text.matches(of: regex).compactMap { match in
        if let owner = match.output[1].substring, owner != table { return nil }
        return match.output[2].substring.map(String.init)
      }
    }
  }
}
