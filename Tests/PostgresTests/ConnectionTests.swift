import Postgres
import TestSupport
import Testing

@Suite("Connection")
struct ConnectionTests {
  @Test("rows come back in order, with their columns' names")
  func rows() async throws {
    try await withConnection { connection in
      let rows = try await connection.query("SELECT n, 'row ' || n AS name FROM generate_series(1, 3) n")

      #expect(try rows.map { try $0.decode(Int.self) } == [1, 2, 3])
      #expect(rows.map { $0["name"] } == ["row 1", "row 2", "row 3"])
      #expect(rows.first?.columns == ["n", "name"])
    }
  }

  @Test("a statement says what it did")
  func tag() async throws {
    try await withConnection { connection in
      let created = try await connection.execute("CREATE TABLE t (id int)")
      let inserted = try await connection.execute("INSERT INTO t SELECT generate_series(1, $1)", [7])

      #expect(created.text == "CREATE TABLE")
      #expect(created.rowCount == nil)
      #expect(inserted.rowCount == 7)
    }
  }

  @Test("a script runs all its statements and is undone as a whole when one fails")
  func script() async throws {
    try await withConnection { connection in
      let tags = try await connection.script("CREATE TABLE a (); CREATE TABLE b (); COPY a TO STDOUT")
      #expect(tags.map(\.text) == ["CREATE TABLE", "CREATE TABLE", "COPY 0"])

      let error = try await postgresError {
        try await connection.script("CREATE TABLE c (); CREATE TABLE a ()")
      }
      #expect(error.sqlState == .duplicateTable)
      let found = try await connection.query("SELECT to_regclass('c') IS NULL")
      #expect(try found[0].decode(Bool.self))
    }
  }

  @Test("an empty statement has no rows and an empty tag")
  func emptyStatement() async throws {
    try await withConnection { connection in
      let rows = try await connection.query(" -- nothing")
      let tag = try await connection.execute("")
      let tags = try await connection.script("")

      #expect(rows.isEmpty)
      #expect(tag.text == "")
      #expect(tags.map(\.text) == [""])
    }
  }

  @Test("the server's error comes with its code, place, detail and hint")
  func serverError() async throws {
    try await withConnection { connection in
      let syntax = try await postgresError { try await connection.execute("SELECT 'ü', FRO t") }
      #expect(syntax.code == .server)
      #expect(syntax.sqlState == .undefinedColumn || syntax.sqlState == .syntaxError)
      #expect(syntax.position == 13)

      try await connection.execute("CREATE TABLE t (id int CONSTRAINT positive CHECK (id > 0))")
      let check = try await postgresError { try await connection.execute("INSERT INTO t VALUES ($1)", [-1]) }
      #expect(check.constraintName == "positive")
      #expect(check.tableName == "t")
      #expect(check.schemaName == "public")
      #expect(check.detail == "Failing row contains (-1).")
      #expect(check.description.hasSuffix("(23514)\nDetail: Failing row contains (-1)."))

      let inner = try await postgresError {
        try await connection.execute("DO $$ BEGIN EXECUTE 'SELECT nothing'; END $$")
      }
      #expect(inner.internalQuery == "SELECT nothing")
      #expect(inner.internalPosition == 8)
      #expect(inner.context?.contains("PL/pgSQL function") == true)
      #expect(await connection.isUsable)
    }
  }

  @Test("an error that says too much is cut off")
  func longError() async throws {
    try await withConnection { connection in
      let error = try await postgresError {
        try await connection.execute("DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 10000000); END $$")
      }

      #expect(error.message.utf8.count == 65_536)
    }
  }

  @Test("text that PostgreSQL would cut off at a NUL is not sent")
  func nul() async throws {
    try await withConnection { connection in
      let statement = try await postgresError { try await connection.execute("SELECT 1\0; DROP TABLE t") }
      let script = try await postgresError { try await connection.script("SELECT 1;\0 SELECT 2") }
      let parameter = try await postgresError { try await connection.query("SELECT $1", ["a\0b"]) }

      #expect([statement.code, script.code, parameter.code] == Array(repeating: .invalidStatement, count: 3))
      #expect(parameter.message.contains("$1"))
    }
  }

  @Test("notices are kept until they are taken, in order")
  func notices() async throws {
    try await withConnection { connection in
      try await connection.script(
        """
        DO $$ BEGIN RAISE NOTICE 'first'; RAISE WARNING 'second' USING HINT = 'do', ERRCODE = '01P01'; END $$;
        DROP TABLE IF EXISTS missing
        """)

      let notices = await connection.takeNotices()
      #expect(notices.map(\.severity) == ["NOTICE", "WARNING", "NOTICE"])
      #expect(notices.map(\.message).prefix(2) == ["first", "second"])
      #expect(notices[1].hint == "do")
      #expect(notices[1].sqlState == SQLState(rawValue: "01P01"))
      #expect(await connection.takeNotices().isEmpty)
    }
  }

  @Test("a session starts with the settings it was given, whatever is in their values")
  func settings() async throws {
    try await withScratchDatabase { target in
      let settings = ["search_path": "a, \"b \\c\"", "statement_timeout": "7s"]
      let connection = try await Connection.open(target, applicationName: "penstock ü", settings: settings)

      let rows = try await connection.query(
        """
        SELECT current_setting('search_path'), current_setting('statement_timeout'), application_name,
               current_setting('client_encoding')
        FROM pg_stat_activity WHERE pid = $1
        """, [connection.processID])
      let (path, timeout, name, encoding) = try rows[0].decode(String.self, String.self, String.self, String.self)
      #expect(path == "a, \"b \\c\"")
      #expect(timeout == "7s")
      // The server replaces what is not ASCII there.
      #expect(name.hasPrefix("penstock "))
      #expect(encoding == "UTF8")
      let version = try await connection.query("SHOW server_version_num")
      #expect(try await version[0].decode(Int.self) == connection.serverVersion)
      await connection.close()
    }
  }

  @Test("a closed connection says so")
  func closed() async throws {
    try await withConnection { connection in
      await connection.close()

      let error = try await postgresError { try await connection.query("SELECT 1") }
      #expect(error.code == .closed)
      #expect(await connection.isUsable == false)
      #expect(await connection.transactionStatus == .unknown)
    }
  }

  @Test("statements of many tasks on one connection do not mingle")
  func manyTasks() async throws {
    try await withConnection { connection in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask {
            let rows = try await connection.query("SELECT $1::int + generate_series(1, 3)", [number])
            #expect(try rows.map { try $0.decode(Int.self) } == [number + 1, number + 2, number + 3])
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("a large result arrives whole")
  func largeResult() async throws {
    try await withConnection { connection in
      let rows = try await connection.query(
        "SELECT n, repeat('x', n % 50), CASE WHEN n % 3 = 0 THEN n END FROM generate_series(1, 25000) n")

      #expect(rows.count == 25_000)
      var sum = 0
      var nulls = 0
      for row in rows {
        let (number, text, third) = try row.decode(Int.self, String.self, Int?.self)
        sum += number
        #expect(text.utf8.count == number % 50)
        if third == nil { nulls += 1 }
      }
      #expect(sum == 25_000 * 25_001 / 2)
      #expect(nulls == 25_000 - 8_333)
    }
  }
}
