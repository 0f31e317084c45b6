import Postgres
import Testing

@Suite("COPY")
struct CopyTests {
  @Test("copied data arrives, also more than fits any buffer")
  func copyIn() async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int, name text)")
      let lines = (1...100_000).map { "\($0)\tname \($0)\n" }.joined()

      let tag = try await connection.copyIn("COPY t FROM STDIN", data: Array(lines.utf8))

      #expect(tag.rowCount == 100_000)
      let rows = try await connection.query("SELECT count(*), max(name) FROM t WHERE name = 'name ' || id")
      #expect(try rows[0].decode(Int.self, String.self) == (100_000, "name 99999"))
    }
  }

  @Test("bad data is the server's error, with the line")
  func badData() async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int)")
      let lines = "1\nx\n" + String(repeating: "3\n", count: 200_000)

      let error = try await postgresError { try await connection.copyIn("COPY t FROM STDIN", data: Array(lines.utf8)) }

      #expect(error.code == .server)
      #expect(error.context?.contains("line 2") == true)
      #expect(try await connection.query("SELECT 1").count == 1)
    }
  }

  @Test("a COPY that nobody gives data fails instead of waiting")
  func copyWithoutData() async throws {
    try await withConnection { connection in
      try await connection.execute("CREATE TABLE t (id int)")

      for attempt in 0..<2 {
        let error = try await postgresError {
          if attempt == 0 {
            try await connection.execute("COPY t FROM STDIN")
          } else {
            try await connection.script("SELECT 1; COPY t FROM STDIN")
          }
        }
        #expect(error.code == .server)
        #expect(error.message.contains("no data was given"))
      }
      #expect(try await connection.query("SELECT * FROM t").isEmpty)
    }
  }

  @Test("data for a statement that takes none is an error")
  func noCopy() async throws {
    try await withConnection { connection in
      let error = try await postgresError { try await connection.copyIn("SELECT 1", data: [1]) }

      #expect(error.code == .unexpectedAnswer)
      #expect(try await connection.query("SELECT 1").count == 1)
    }
  }
}
