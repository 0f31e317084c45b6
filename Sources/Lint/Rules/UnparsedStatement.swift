internal import SQL

/// `unparsed-statement`
struct UnparsedStatement: StatementRule {
  let about = RuleDescription(
    name: "unparsed-statement",
    severity: .advice,
    evidence: [.ast],
    summary: "Statement that the parser was not shown, or does not know though the server accepted it",
    why: "rules that read statements have not seen this one; those that ask the server have",
    explanation: """
      The parser knows PostgreSQL 15's grammar. A statement of a newer version is applied as it is, and judged by what \
      it leaves in the shadow's catalog, but not by its text. Without a shadow that accepted it, it is a \
      `syntax-error`. Not shown to it are statements of more than 8 MB, but for INSERTs, and those that are nested too \
      deeply.
      """,
    bad: RuleExample(
      files: [
        (
          RuleExample.path,
          "merge into public.stock s using public.moves m on s.id = m.id\n"
            + "  when matched then delete returning s.id;"
        )
      ],
      isAcceptedByServer: true),
    good: """
      delete from public.stock where id in (select id from public.moves);
      """,
    source: "https://www.postgresql.org/docs/17/sql-merge.html (RETURNING is new in 17)"
  )

  var statementKinds: Syntax.Kinds { .unparsed }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .unparsed(let error) = statement.syntax, context.isAcceptedByServer || error.isLeftToServer else {
      return []
    }
    let what = error.isLeftToServer ? "has not been read" : "is not known to the parser"
    return [context.issue("the statement \(what): \(error.message)", at: statement.range)]
  }
}
