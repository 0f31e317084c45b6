internal import SQL
internal import Schema

/// `replay-not-idempotent`
struct ReplayNotIdempotent: CatalogRule {
  let about = RuleDescription(
    name: "replay-not-idempotent",
    severity: .warning,
    evidence: [.trace, .difference],
    summary: "Migration that cannot be applied a second time",
    why: "after a failure half-way, or on a database that has a part of it, it cannot simply be run again",
    explanation: """
      With `apply: { replay: true }` in the pipeline each pending file that is one transaction is applied to the shadow \
      a second time, and taken back. Reported is the statement that the server refuses then, or what is another schema \
      afterwards. Of much of that `nonidempotent-ddl` warns from the text alone; a second INSERT, or what code in a \
      function does, only this sees.
      """,
    bad: RuleExample(
      files: [(RuleExample.path, "insert into public.kinds (name) values ('letter');")],
      replays: [
        .init(
          path: RuleExample.path, statement: 0,
          message: #"duplicate key value violates unique constraint "kinds_name_key""#)
      ]),
    good: RuleExample(
      files: [(RuleExample.path, "insert into public.kinds (name) values ('letter') on conflict do nothing;")]),
    source: "measured: the file applied twice"
  )

  func check(_ context: CatalogContext) -> [Issue] {
    context.input.replays.compactMap { replay in
      guard let index = context.input.files.firstIndex(where: { $0.path == replay.path && $0.isPending }) else {
        return nil
      }
      let statements = context.input.files[index].statements
      guard let number = replay.statement, statements.indices.contains(number) else {
        return Issue(
          place: Place(file: index, range: statements.first?.range ?? 0..<0),
          message: "applied a second time, it leads to another schema: \(replay.message)", evidence: .difference,
          certainty: .measured)
      }
      return Issue(
        place: Place(file: index, range: statements[number].range),
        message: "fails when the file is applied a second time: \(replay.message)",
        fix: .init(text: "if not exists, or replace, on conflict do nothing, or drop it first"), evidence: .trace,
        certainty: .measured)
    }
  }
}
