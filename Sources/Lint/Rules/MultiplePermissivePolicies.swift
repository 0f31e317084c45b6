internal import SQL
internal import Schema

/// `multiple-permissive-policies`
struct MultiplePermissivePolicies: CatalogRule {
  let about = RuleDescription(
    name: "multiple-permissive-policies",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Two permissive policies for the same role and the same command",
    why: "each row is tried against both, and what a role may see is the sum, which no one line says",
    explanation: """
      Permissive policies are joined with OR. Write one policy for each role and command, or make the one that is meant \
      to narrow `as restrictive`. A policy `for all` counts for every command, one `to public` for every role but \
      those that bypass row security, `service_role` among them.
      """,
    bad: """
      create table public.notes (id bigint primary key, owner uuid, is_public boolean);
      create policy "own" on public.notes for select to authenticated using (owner = (select auth.uid()));
      create policy "public" on public.notes for select to authenticated using (is_public);
      """,
    good: """
      create table public.notes (id bigint primary key, owner uuid, is_public boolean);
      create policy "own or public" on public.notes for select to authenticated
        using (is_public or owner = (select auth.uid()));
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0006_multiple_permissive_policies",
    others: [.splinter: ["0006_multiple_permissive_policies"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    Set(context.changedPolicies.map(\.table)).sorted().compactMap { table in
      let policies = context.shape.policies(on: table).filter { $0.isPermissive && $0.roles != ["service_role"] }
      for (index, second) in policies.enumerated() {
        for first in policies[..<index] where Self.overlap(first, second) {
          let places = [second, first].compactMap {
            context.declared.policyPlaces[PolicyKey(table: table, name: $0.name)]
          }
          guard let place = places.max() else { continue }
          let names = [first, second].map { Quoting.identifier($0.name) }
          return context.issue(
            on: table, at: place, "policies \(names[0]) and \(names[1]) on \(table) are both tried for the same rows",
            fix: .init(text: "make one policy of the two, its conditions joined with or"))
        }
      }
      return nil
    }
  }

  private static func overlap(_ a: PolicyShape, _ b: PolicyShape) -> Bool {
    guard a.command == b.command || a.command == .all || b.command == .all else { return false }
    let (rolesA, rolesB) = (Set(a.roles).subtracting(["service_role"]), Set(b.roles).subtracting(["service_role"]))
    return rolesA.contains("public") || rolesB.contains("public") || !rolesA.isDisjoint(with: rolesB)
  }
}
