/// `security-definer-executable`
struct SecurityDefinerExecutable: CatalogRule {
  let about = RuleDescription(
    name: "security-definer-executable",
    severity: .warning,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "SECURITY DEFINER function in an API schema that clients may call",
    why: "it does for anybody what its owner may do, past all policies",
    explanation: """
      Functions can be executed by everyone unless that is revoked, and the API offers those of its schemas to clients. \
      Revoke it, or move the function to a schema that the API does not serve. Functions for triggers cannot be called \
      and are left alone; without a shadow, so are those that any file revokes something of.
      """,
    bad: """
      create function public.delete_notes() returns void language sql security definer set search_path = ''
        as $$ delete from public.notes where true $$;
      """,
    good: """
      create function public.delete_notes() returns void language sql security definer set search_path = ''
        as $$ delete from public.notes where true $$;
      revoke execute on function public.delete_notes() from public, anon, authenticated;
      """,
    source: "https://supabase.com/docs/guides/database/functions#security-definer-vs-invoker",
    others: [
      .splinter: [
        "0028_anon_security_definer_function_executable", "0029_authenticated_security_definer_function_executable",
      ]
    ]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedFunctions.compactMap { function, place in
      guard function.isSecurityDefiner, !function.isForTriggers,
        context.isOpenToClients(function.key.name, function.isOpen)
      else { return nil }
      let signature = "\(function.key.name)(\(function.key.arguments))"
      let kind = function.isProcedure ? "procedure" : "function"
      let statement = "revoke execute on \(kind) \(signature) from public, anon, authenticated;"
      return context.issue(
        on: function.key.name, at: place, "\(kind) \(signature) runs with its owner's rights for any client",
        fix: .init(text: statement, edits: context.insertion(of: statement, after: place)))
    }
  }
}
