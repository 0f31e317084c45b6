import Basics
import Foundation
import SQL
import Testing

@testable import Lint

/// Files as nobody writes them: the rules' own examples and some hard texts, cut, doubled, nested and spoiled.
///
/// The same inputs each time. `PENSTOCK_MUTATIONS=1000000` tries so many, `PENSTOCK_MUTATIONS_SEED` others; one that
/// ends the process is in the file that `PENSTOCK_MUTATIONS_LOG` names.
@Suite("Mutations")
struct MutationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["PENSTOCK_MUTATIONS"].flatMap { Int($0) } ?? 2_000
  private static let seed = environment["PENSTOCK_MUTATIONS_SEED"].flatMap { UInt64($0) } ?? 1
  private static let log = environment["PENSTOCK_MUTATIONS_LOG"]

  private static let path = RuleExample.path

  private static let configuration = {
    var configuration = LintConfiguration()
    for rule in Rules.all where rule.about.severity == .off { configuration.severities[rule.about.name] = .advice }
    return configuration
  }()

  @Test("no file brings the linter down; findings are in their file, and fixes leave it no worse")
  func mutations() async throws {
    let linter = Linter(Self.configuration)
    let fixer = Fixer(Self.configuration, now: Date(timeIntervalSince1970: 1_800_000_000))
    var mutator = Mutator(corpus: Self.corpus, seed: Self.seed)
    for number in 0..<Self.count {
      let bytes = mutator.next()
      if let log = Self.log { try Data(bytes).write(to: URL(filePath: log)) }
      let file = LintFile(path: Self.path, bytes: bytes, isPending: true)
      let input = LintInput(files: [file])
      let report = await linter.lint(input)

      var mistakes = report.findings.filter { !isInside($0, file) }.map { "\($0.rule) is outside of the file" }
      if number % 16 == 0 { mistakes += ask(file) + render(report, input) }
      if number % 64 == 0 { mistakes += await fix(input, with: fixer) }
      if !mistakes.isEmpty {
        Testing.Issue.record("\(mistakes) with \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        return
      }
    }
  }

  private func isInside(_ finding: Finding, _ file: LintFile) -> Bool {
    func isPlace(_ position: SourcePosition) -> Bool {
      let offset = file.lines.byte(of: position)
      return offset <= file.bytes.count && file.lines.position(ofByte: offset) == position
    }
    let edits = finding.fix?.edits ?? []
    return isPlace(finding.start) && isPlace(finding.end) && finding.start <= finding.end
      && edits.allSatisfy { isPlace($0.start) && isPlace($0.end) && $0.start <= $0.end }
  }

  /// What the rules say of statements that the linter does not show them.
  private func ask(_ file: LintFile) -> [String] {
    var declared = DeclaredSchema()
    declared.beginFile()
    var session = SessionState(beginning: file)
    let search = StatementSearch(file)
    var mistakes: [String] = []
    for (index, statement) in file.statements.enumerated() {
      let context = StatementContext(
        configuration: Self.configuration, file: file, fileIndex: 0, index: index, session: session,
        declared: declared, before: nil, isAcceptedByServer: true, search: search,
        typedColumns: statement.syntax.typedColumns)
      for rule in Rules.checking.lazy.compactMap(\.asStatementRule)
      where !rule.statementKinds.contains(statement.syntax.kind) && !rule.check(statement, in: context).isEmpty {
        mistakes.append("\(rule.about.name) does not see \(statement.text)")
      }
      declared.apply(statement, at: Place(file: 0, range: statement.range), isPending: true)
      session.advance(past: statement, at: index)
    }
    return mistakes
  }

  private func render(_ report: LintReport, _ input: LintInput) -> [String] {
    _ = FindingText(isColored: true, input: input).render(report)
    return LintFormat.allCases.filter { (try? $0.render(report)) == nil }.map { "\($0) cannot be written" }
  }

  private func fix(_ input: LintInput, with fixer: Fixer) async -> [String] {
    func unparsed(_ files: [LintFile]) -> Int {
      files.flatMap(\.statements).count { if case .unparsed = $0.syntax { true } else { false } }
    }
    let outcome = await fixer.fix(input)
    let refused = outcome.input.files.filter { (try? $0.script.get()) == nil }.count
    let refusedBefore = input.files.filter { (try? $0.script.get()) == nil }.count
    return refused > refusedBefore || unparsed(outcome.input.files) > unparsed(input.files)
      ? ["a fix leaves it worse"] : []
  }

  private static let corpus: [[UInt8]] =
    Rules.all.flatMap { [$0.about.bad, $0.about.good] }.flatMap { $0.files.map { Array($0.sql.utf8) } } + hard

  private static let hard = [
    "\u{FEFF}-- supabase:disable-transaction\r\ncreate index concurrently \"Ünïcödé\" on público.\"ä\" (b);\r\n",
    "/* /* nested */ */ select $tag$ ; $tag$, E'a\\'b;', U&'\\0441', $$ $$ -- end",
    "create function f() returns int language sql begin atomic select case when 1 = 1 then 2 end; end;",
    "copy t (a, b) from stdin;\n1\t2\n\\.\nselect 1;",
    "create rule r as on insert to t do also (select 1; select 2);",
    "do $do$ begin execute format('create table %I (a int)', 'x'); perform 1; end $do$;",
    "begin;\nset local lock_timeout = '2s';\nalter table t add column a int, alter b set not null;\ncommit;",
    "-- penstock: ignore drop-table, drop-column because we can\ndrop table t cascade; -- squawk-ignore ban-drop-table\n",
    "-- penstock: ignore-file require-lock-timeout\nalter table t add constraint c check (a > 0) not valid;\n"
      + "alter table t validate constraint c;",
    "create table t (a int generated always as identity, \"B\" varchar(3)[], c numeric(3, 1) default 1.5, "
      + "primary key (a), foreign key (c) references u (v) on delete cascade);",
    "insert into t values ('7c9e6679-7425-40de-944b-e07fc1f90ae7', 'ada@lovelace.org', '+49 170 1234567', 42);",
    "select 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.abcdefghijkl', 'postgres://u:pw@h/d';",
    "\\restrict abc\nselect 1;\n\\unrestrict abc\n",
    "select 1 retruning; select (((1))) from from; create; ;;;",
  ].map { Array($0.utf8) }
}

/// Spoils texts, each in one way or in several.
private struct Mutator {
  let corpus: [[UInt8]]
  private var random: Random

  private static let tokens = [
    ";", "'", "\"", "$$", "$a$", "--", "/*", "*/", "(", ")", "\\.", "\n", "\r\n", "\t", "\0", "\u{FEFF}", "é", "🐘",
    "::",
    "begin;", "commit;", "begin atomic", "end", "case", "E'\\", "U&\"", "null", "cascade", "if not exists",
    "concurrently",
    "create table t (a int);", "alter table t", "drop", "from stdin;", "-- penstock: ignore ", "-- squawk-ignore ",
    "-- penstock: ignore-file ", "{{", "${", "1e", ".5", "$1", "AKIA0123456789ABCDEF", "password '", ",",
  ].map { Array($0.utf8) }

  init(corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus
    random = Random(state: seed)
  }

  mutating func next() -> [UInt8] {
    var bytes = corpus.randomElement(using: &random)!
    for _ in 0..<Int.random(in: 1...4, using: &random) { spoil(&bytes) }
    return bytes
  }

  private mutating func spoil(_ bytes: inout [UInt8]) {
    let at = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
    switch Int.random(in: 0..<10, using: &random) {
    case 0: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
    case 1: if at < bytes.count { bytes[at] = UInt8.random(in: 32...126, using: &random) }
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.removeSubrange(at...)
    case 4: bytes.insert(contentsOf: Self.tokens.randomElement(using: &random)!, at: at)
    case 5: bytes.replaceSubrange(at..<end, with: Self.tokens.randomElement(using: &random)!)
    case 6:
      let part = Array(bytes[at..<end])
      for _ in 0..<Int.random(in: 1...20, using: &random) { bytes.insert(contentsOf: part, at: at) }
    case 7:
      let other = corpus.randomElement(using: &random)!
      bytes.insert(contentsOf: other, at: at)
    case 8:
      let depth = [2, 50, 300].randomElement(using: &random)!
      let marks = [("(", ")"), ("[", "]"), ("case when ", " end"), ("not ", ""), ("/*", "*/"), ("select (", ")")]
      let (opening, closing) = marks.randomElement(using: &random)!
      bytes.insert(contentsOf: String(repeating: closing, count: depth).utf8, at: end)
      bytes.insert(contentsOf: String(repeating: opening, count: depth).utf8, at: at)
    default: bytes += [UInt8(ascii: "\n")] + corpus.randomElement(using: &random)!
    }
  }
}

/// SplitMix64.
private struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
