import Basics
import SQL
import Schema
import Testing

@testable import Lint

@Suite("Rules and what was seen on the shadow")
struct TraceTests {
  private func lint(
    _ sql: String, _ traces: [StatementTrace], sizes: [String: TableSize] = [:],
    _ configuration: LintConfiguration = LintConfiguration()
  ) async -> LintReport {
    var input = input([(RuleExample.path, sql)])
    input.traces = [RuleExample.path: FileTrace(traces)]
    for (table, size) in sizes { input.sizes[QualifiedName(schema: "public", name: table)] = size }
    return await Linter(configuration).lint(input)
  }

  private static let large = TableSize(rows: 12_400_000, bytes: 3_328_599_654)
  private static let middling = TableSize(rows: 50_000, bytes: 100 << 20)
  private static let small = TableSize(rows: 20, bytes: 16_384)

  @Test("what the text of a statement promises is measured when it was seen, and gone when it was not")
  func confirmed() async throws {
    let sql = "create index if not exists i on orders (id);"

    let seen = await lint(sql, [.init(statement: 0, locks: [("orders", .share)])])
    let unseen = await lint(sql, [.init(statement: 0)])
    let nobodyLooked = await lint(sql, [])

    let finding = try #require(seen.of("create-index-not-concurrent").first)
    #expect(finding.certainty == .measured && finding.evidence == .trace)
    #expect(finding.message == "index i is built on public.orders while writes to it wait (SHARE)")
    #expect(unseen.of("create-index-not-concurrent").isEmpty)
    #expect(nobodyLooked.of("create-index-not-concurrent").map(\.certainty) == [.predicted])
  }

  @Test("a lock that an earlier statement of the transaction took is still held")
  func heldSince() async {
    let report = await lint(
      "alter table orders add column if not exists a int;\ncreate index if not exists i on orders (a);",
      [.init(statement: 0, locks: [("orders", .accessExclusive)]), .init(statement: 1, indexed: ["orders"])])

    #expect(report.of("create-index-not-concurrent").map(\.certainty) == [.measured])
    #expect(report.of("statement-after-access-exclusive").map(\.start.line) == [2])
  }

  @Test("of each transaction the first statement behind a lock is shown, however many more are locked after it")
  func firstBehindLock() async {
    var traces = (0..<8).map { StatementTrace(statement: $0, transaction: $0 / 4, milliseconds: 1) }
    for index in traces.indices {
      let fresh =
        index.isMultiple(of: 2)
        ? StatementTrace(statement: index, locks: [("t\(index)", .accessExclusive)])
        : StatementTrace(statement: index, indexed: ["t\(index)"])
      (traces[index].locks, traces[index].indexed) = (fresh.locks, fresh.indexed)
    }
    let sql = (0..<8).map { index in
      index.isMultiple(of: 2)
        ? "alter table t\(index) add b int;" : "create index if not exists i\(index) on t\(index) (a);"
    }

    let report = await lint(sql.joined(separator: "\n"), traces)

    let findings = report.of("statement-after-access-exclusive").filter { $0.certainty == .measured }
    #expect(findings.map(\.start.line) == [2, 6])
  }

  @Test("the target's sizes are told, and weigh; a severity that is configured stands")
  func sizes() async {
    let sql = "create index if not exists i on orders (id);"
    let trace = [StatementTrace(statement: 0, locks: [("orders", .share)], indexed: ["orders"])]
    var configured = LintConfiguration()
    configured.severities = ["create-index-not-concurrent": .warning]

    let large = await lint(sql, trace, sizes: ["orders": Self.large])
    let middling = await lint(sql, trace, sizes: ["orders": Self.middling])
    let small = await lint(sql, trace, sizes: ["orders": Self.small])
    let asConfigured = await lint(sql, trace, sizes: ["orders": Self.large], configured)

    #expect(large.of("create-index-not-concurrent").map(\.severity) == [.error])
    #expect(middling.of("create-index-not-concurrent").map(\.severity) == [.warning])
    #expect(small.of("create-index-not-concurrent").map(\.severity) == [.advice])
    #expect(asConfigured.of("create-index-not-concurrent").map(\.severity) == [.warning])
    #expect(large.of("create-index-not-concurrent").first?.message.hasSuffix(": 12.4 M rows, 3.1 GB") == true)
    #expect(
      large.of("lock-on-large-table").map(\.message)
        == ["SHARE on public.orders, 12.4 M rows, 3.1 GB, indexed"])
    #expect(large.of("lock-on-large-table").map(\.severity) == [.error])
    #expect(middling.of("lock-on-large-table").isEmpty)
  }

  @Test(
    "sizes are short",
    arguments: [
      (0, 0, "0 rows, 0 B"), (999, 1_023, "999 rows, 1023 B"), (1_500, 10 << 20, "1.5 k rows, 10 MB"),
      (2_000_000_000, 1 << 40, "2 G rows, 1 TB"), (-1, 8_192, "0 rows, 8 kB"),
    ] as [(Double, Int, String)])
  func shortSizes(rows: Double, bytes: Int, expected: String) {
    #expect(TableSize(rows: rows, bytes: bytes).description == expected)
  }

  @Test("a lock of one transaction is none of the next, and what one statement locks together is one thing")
  func windows() async {
    var first = StatementTrace(statement: 0, transaction: 0, milliseconds: 1)
    first.locks = StatementTrace(statement: 0, locks: [("a", .accessExclusive)]).locks
    var second = StatementTrace(statement: 1, transaction: 1, milliseconds: 1)
    second.locks = StatementTrace(statement: 1, locks: [("b", .accessExclusive)]).locks

    let apart = await lint("alter table a add b int;\nalter table b add b int;", [first, second])
    let together = await lint(
      "alter table a add b int;", [.init(statement: 0, locks: [("a", .accessExclusive), ("b", .accessExclusive)])])

    #expect(apart.of("wide-lock-window").isEmpty)
    #expect(together.of("wide-lock-window").isEmpty)
  }

  @Test("what a DO block says in plain words is not hidden")
  func plainBlock() async {
    let sql = "do $$ begin create type a as enum ('b'); end $$;"

    let report = await lint(sql, [.init(statement: 0, hidden: ["type public.a"])])

    #expect(report.of("hidden-ddl").isEmpty)
  }
}
