internal import SQL
internal import Schema

/// `function-body-unchecked`
struct FunctionBodyUnchecked: CatalogRule {
  let about = RuleDescription(
    name: "function-body-unchecked",
    severity: .advice,
    evidence: [.catalog],
    summary: "Functions in PL/pgSQL that nobody has looked into",
    why: "a name that is wrong in a body shows only when the function is called",
    explanation: """
      Where the extension plpgsql_check is installed with the PostgreSQL that the shadow runs on, Penstock has it look at \
      each function that pending migrations make (`function-body-error` and its kin). The target needs nothing. Where \
      it is not, this is said once a run, at the first such function.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, Self.function)],
      bodies: BodyReport(
        obstacle: .init(
          function: QualifiedName(schema: "public", name: "answer"),
          reason: "plpgsql_check is not installed with this machine's PostgreSQL 15",
          advice: "In Debian: apt install postgresql-15-plpgsql-check."))),
    good: RuleExample(files: [(RuleExample.path, Self.function)], bodies: BodyReport()),
    source: "https://github.com/okbob/plpgsql_check"
  )

  private static let function = """
    create or replace function public.answer() returns int language plpgsql immutable set search_path = '' as $$
    begin
      return 42;
    end $$;
    """

  func check(_ context: CatalogContext) -> [Issue] {
    guard let obstacle = context.input.bodies?.obstacle,
      let place = context.declared.firstPlace(ofFunction: obstacle.function)
        ?? context.declared.placeOfHiddenStatement(about: obstacle.function)
    else { return [] }
    return [
      Issue(
        place: place, object: ObjectName(obstacle.function),
        message: "nobody has looked into the body of \(obstacle.function): \(obstacle.reason)",
        fix: .init(text: obstacle.advice), evidence: .catalog, certainty: .measured)
    ]
  }
}
