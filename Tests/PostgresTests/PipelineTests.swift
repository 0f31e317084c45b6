import FoundationEssentials
import Postgres
import Testing

@Suite("Pipeline")
struct PipelineTests {
  @Test("each query of a pipeline has its own rows")
  func rows() async throws {
    try await withConnection { connection in
      let results = try await connection.pipeline([
        "CREATE TABLE t (id int)",
        Query("INSERT INTO t VALUES ($1), ($2)", [1, 2]),
        "SELECT id FROM t ORDER BY id",
        "SELECT count(*) FROM t",
      ])

      #expect(results.map(\.count) == [0, 0, 2, 1])
      #expect(try results[2].map { try $0.decode(Int.self) } == [1, 2])
    }
  }

  @Test("an empty pipeline has no results")
  func empty() async throws {
    try await withConnection { connection in
      let results = try await connection.pipeline([])
      let rows = try await connection.query("SELECT 1")

      #expect(results.isEmpty)
      #expect(rows.count == 1)
    }
  }

  @Test("thousands of queries whose text and answers fill every buffer do not deadlock")
  func manyQueries() async throws {
    try await withConnection { connection in
      let text = String(repeating: "x", count: 5_000)
      let queries = (0..<2_000).map { Query("SELECT $1::int, $2::text", [$0, text]) }

      let results = try await connection.pipeline(queries)

      #expect(results.count == 2_000)
      for (index, rows) in results.enumerated() {
        #expect(try rows[0].decode(Int.self, String.self) == (index, text))
      }
    }
  }

  @Test("the first error says which query it was, and nothing of the pipeline took effect")
  func failure() async throws {
    try await withConnection { connection in
      let error = try await postgresError {
        try await connection.pipeline(["CREATE TABLE t ()", "SELECT 1", "SELECT 1/0", "SELECT nothing"])
      }

      #expect(error.statementIndex == 2)
      #expect(error.sqlState == SQLState(rawValue: "22012"))
      let found = try await connection.query("SELECT to_regclass('t') IS NULL")
      #expect(try found[0].decode(Bool.self))
    }
  }

  @Test("a pipeline in a transaction that fails leaves the transaction failed")
  func inTransaction() async throws {
    try await withConnection { connection in
      try await connection.execute("BEGIN")
      _ = try await postgresError { try await connection.pipeline(["SELECT 1", "SELECT nothing"]) }

      #expect(await connection.transactionStatus == .inFailedTransaction)
      try await connection.execute("ROLLBACK")
      #expect(await connection.transactionStatus == .idle)
    }
  }

  @Test("a pipeline that is stopped by its timeout says which query it was, and leaves the connection usable")
  func timeout() async throws {
    try await withConnection { connection in
      let error = try await postgresError {
        try await connection.pipeline(["SELECT 1", "SELECT pg_sleep(60)", "SELECT 2"], timeout: .milliseconds(50))
      }

      #expect(error.code == .timeout)
      #expect(error.statementIndex == 1)
      #expect(try await connection.pipeline(["SELECT 1"]).count == 1)
    }
  }

  @Test("COPY has no place in a pipeline, and ends the connection rather than hang")
  func copy() async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t ()")

      let error = try await postgresError { try await connection.pipeline(["SELECT 1", "COPY t FROM STDIN"]) }

      #expect(error.code == .unexpectedAnswer || error.code == .connectionLost)
      #expect(await connection.isUsable == false)
    }
  }

  @Test("a connection that is lost in a pipeline says so")
  func lost() async throws {
    try await withConnection { connection in
      let error = try await postgresError {
        try await connection.pipeline([
          "SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 2", "SELECT 3",
        ])
      }

      #expect(error.code == .connectionLost)
      #expect(error.sqlState == .adminShutdown)
      #expect(await connection.isUsable == false)
    }
  }

  @Test("rows that nobody wants are not kept, however many there are")
  func droppedRows() async throws {
    try await withConnection { connection in
      let before = try peakMemory()
      let many = "SELECT repeat('x', 1000000) FROM generate_series(1, 700)"

      #expect(try await connection.execute(many).rowCount == 700)
      #expect(try await connection.script("\(many); SELECT 1; \(many)").map(\.rowCount) == [700, 1, 700])
      #expect(try await connection.pipeline([Query(many), "SELECT 1"], dropsRows: true).map(\.count) == [0, 0])
      let error = try await postgresError { try await connection.query(many, limit: 10_000_000) }
      #expect(error.code == .unexpectedAnswer)
      #expect(try await connection.query("SELECT generate_series(1, 3)", limit: 1_000).count == 3)
      try await connection.script(
        "LISTEN c; SELECT pg_notify('c', n || repeat('x', 7000)) FROM generate_series(1, 20000) n")
      for _ in 1...3 {
        try await connection.script(
          "DO $$ BEGIN FOR n IN 1..700 LOOP RAISE NOTICE '%', repeat('x', 1000000); END LOOP; END $$")
      }

      #expect(try peakMemory() - before < 500_000)
    }
  }

  /// Of this process so far, in KB.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
  }
}
