internal import Basics
internal import SQL

/// `syntax-error`
struct SyntaxErrorRule: FileRule {
  let about = RuleDescription(
    name: "syntax-error",
    severity: .error,
    evidence: [.ast, .file],
    summary: "Statement that PostgreSQL's parser refuses, or file that is no SQL",
    why: "the migration fails at this place",
    explanation: """
      The parser is PostgreSQL's own, of version 15. A statement of a newer version's grammar is an error as long as \
      only this parser has seen it; when a shadow of the target's version has applied it, it is reported as \
      `unparsed-statement` instead. The other statements of the file are judged as usual.

      A file that cannot be split into statements is reported once, with the place: it is not UTF-8, a string or \
      comment never ends, or it holds a command of psql that a server does not know.
      """,
    bad: """
      create tabel public.customers (id bigint primary key);
      """,
    good: """
      create schema if not exists billing;
      """,
    source: "https://www.postgresql.org/docs/15/sql-commands.html",
    others: [.squawk: ["syntax-error"]]
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    switch file.script {
    case .failure(let error):
      let offset = file.lines.byte(of: error.position)
      return [context.issue(error.message, at: offset..<offset)]
    case .success(let script):
      guard !context.isAcceptedByServer else { return [] }
      return script.statements.compactMap { statement in
        guard case .unparsed(let error) = statement.syntax, !error.isLeftToServer else { return nil }
        let word = file.words(of: statement, from: error.location).first
        let range = word.map(\.range).flatMap { $0.lowerBound == error.location ? $0 : nil }
        var issue = context.issue(error.message, at: range ?? error.location..<error.location)
        issue.evidence = .ast
        return issue
      }
    }
  }
}
