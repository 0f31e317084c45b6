/// `function-search-path-mutable`
struct FunctionSearchPathMutable: CatalogRule {
  let about = RuleDescription(
    name: "function-search-path-mutable",
    severity: .warning,
    evidence: [.catalog, .ast],
    summary: "Function whose names mean what the caller's search_path says",
    why: "a caller who may create objects can put their own in the place of those that it names",
    explanation: """
      Give the function `set search_path = ''` and write names with their schema. Above all for SECURITY DEFINER \
      functions, which lend the caller their owner's rights.

      Left alone are functions with an SQL-standard body, whose names were settled when they were made; and functions \
      in SQL that are not SECURITY DEFINER and not volatile, which a setting would keep from being inlined.
      """,
    bad: """
      create function public.note_count() returns bigint language plpgsql security definer
        as $$ begin return (select count(*) from notes); end $$;
      """,
    good: """
      create function public.note_count() returns bigint language plpgsql security definer set search_path = ''
        as $$ begin return (select count(*) from public.notes); end $$;
      """,
    source: "https://www.postgresql.org/docs/15/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY",
    others: [.splinter: ["0011_function_search_path_mutable"]]
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedFunctions.compactMap { function, place in
      guard !function.hasSearchPath, !function.isBoundEarly, ["sql", "plpgsql"].contains(function.language),
        function.isSecurityDefiner || function.language != "sql" || function.isVolatile
      else { return nil }
      let kind = function.isProcedure ? "procedure" : "function"
      let signature = "\(function.key.name)(\(function.key.arguments))"
      return context.issue(
        on: function.key.name, at: place, "\(kind) \(signature) has no search_path of its own",
        fix: .init(text: "alter \(kind) \(signature) set search_path = '';, once its body names schemas"))
    }
  }
}
