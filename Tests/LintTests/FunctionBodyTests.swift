import Basics
import Schema
import Testing

@testable import Lint

@Suite("What plpgsql_check says, as findings")
struct FunctionBodyTests {
  private func problem(
    _ name: String, line: Int? = nil, word: String? = nil, _ change: (inout BodyProblem) -> Void = { _ in }
  ) -> BodyProblem {
    var problem = BodyProblem(
      function: QualifiedName(schema: "public", name: name), arguments: "", level: .error, message: "it is wrong")
    (problem.line, problem.word) = (line, word)
    change(&problem)
    return problem
  }

  private func findings(_ sql: String, _ problems: BodyProblem...) async -> [Finding] {
    var input = input([("m/20250101000000_a.sql", sql)])
    input.bodies = BodyReport(problems: problems)
    return await Linter(LintConfiguration()).lint(input).of("function-body-error")
  }

  private static let function = """
    -- Says what is so.
    create or replace function f() returns int
      language plpgsql as $body$
    begin
      perform a(), b  -- what
        from c;
      return b;
    end $body$;

    """

  @Test(
    "the line of the body is the file's, and the word is found in the statement that begins there",
    arguments: [
      (2, nil, 4, 1, 6), (3, "b", 5, 16, 17), (3, "c", 6, 10, 11), (3, "return", 5, 3, 26), (5, "b", 7, 10, 11),
      (99, nil, 8, 1, 4),
    ] as [(Int, String?, Int, Int, Int)])
  func place(_ line: Int, _ word: String?, _ fileLine: Int, _ column: Int, _ endColumn: Int) async {
    let findings = await findings(Self.function, problem("f", line: line, word: word))

    #expect(findings.map(\.start.line) == [fileLine])
    #expect(findings.map(\.start.column) == [column])
    #expect(findings.map(\.end.column) == [endColumn])
    #expect(findings.first?.certainty == .measured)
  }

  @Test("a body in single quotes has its lines as well")
  func quoted() async {
    let findings = await findings(
      "create function f() returns int language plpgsql as '\nbegin\n  return ''a'';\nend';", problem("f", line: 3))

    #expect(findings.map(\.start.line) == [3])
  }

  @Test("a function of an older migration is reported at the statement that broke it, or at the trigger that is new")
  func elsewhere() async {
    let findings = await findings(
      "alter table t drop column c;\ncreate trigger g before update on t for each row execute function old();",
      problem("other") { $0.cause = .init(path: "m/20250101000000_a.sql", statement: 0) },
      problem("old") { $0.trigger = .init(name: "g", table: QualifiedName(schema: "public", name: "t")) })

    #expect(findings.map(\.start.line) == [1, 2])
    #expect(findings.first?.message.contains("no longer works") == true)
  }

  @Test("what a stand-in may leave out is a warning, and the same line is reported once")
  func weights() async {
    let missing = problem("f", line: 5) { $0.standIn = "vector" }

    let findings = await findings(Self.function, missing, missing, problem("unknown", line: 1))

    #expect(findings.map(\.severity) == [.warning])
    #expect(findings.first?.message.hasSuffix("vector is a stand-in on the shadow") == true)
  }

  @Test("without the extension, that is said once")
  func obstacle() async {
    var input = input([("m/20250101000000_a.sql", Self.function)])
    input.bodies = BodyReport(
      obstacle: .init(function: QualifiedName(schema: "public", name: "f"), reason: "not there", advice: "Get it."))

    let report = await Linter(LintConfiguration()).lint(input)

    #expect(report.of("function-body-unchecked").map(\.severity) == [.advice])
    #expect(report.of("function-body-error").isEmpty)
  }
}
