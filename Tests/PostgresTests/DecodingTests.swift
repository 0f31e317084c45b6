import Postgres
import Testing

@Suite("Values")
struct DecodingTests {
  @Test("every type survives the way to the server and back")
  func roundTrip() async throws {
    try await withConnection { connection in
      func check<Value: PostgresEncodable & PostgresDecodable & Equatable>(_ value: Value, _ type: String) async throws
      {
        let rows = try await connection.query("SELECT $1::\(type)", [value])
        #expect(try rows[0].decode(Value.self) == value)
      }

      try await check("", "text")
      try await check("it's \"quoted\" \\ 🦆", "text")
      try await check(true, "bool")
      try await check(false, "bool")
      try await check(Int.min, "int8")
      try await check(Int.max, "int8")
      try await check(Int32.min, "int4")
      try await check(Int64(-1), "int8")
      try await check(0.1, "float8")
      try await check(-Double.infinity, "float8")
      try await check([UInt8](0...255), "bytea")
      try await check([UInt8](), "bytea")
      try await check([String](), "text[]")
      try await check(["", "a,b", "{}", "NULL", "\"\\", "ü"], "text[]")
      try await check([1, -2], "int[]")
      try await check(["a", nil, "NULL"] as [String?], "text[]")
      try await check(nil as String?, "text")
      try await check(7 as Int?, "int")
    }
  }

  @Test("NULL is nil, and an error for a type that has none")
  func null() async throws {
    try await withConnection { connection in
      let row = try await connection.query("SELECT NULL::int AS n, '' AS empty")[0]

      #expect(try row.decode(Int?.self) == nil)
      #expect(row["n"] == nil)
      #expect(row["empty"] == "")
      #expect(try row.decode("empty", as: String?.self) == "")
      let error = try await postgresError { try row.decode(Int.self) }
      #expect(error.code == .decoding)
      #expect(error.message == "Column n was read as Int, but it is NULL.")
    }
  }

  @Test("a value of another type, a missing column and an unknown name are errors")
  func mismatch() async throws {
    try await withConnection { connection in
      let row = try await connection.query("SELECT 'x' AS x, 9223372036854775808::numeric AS big")[0]

      for read in [
        { _ = try row.decode(Int.self) }, { _ = try row.decode("big", as: Int.self) },
        { _ = try row.decode(String.self, String.self, String.self) }, { _ = try row.decode("y", as: String.self) },
        { _ = try row.decode(Bool.self) }, { _ = try row.decode([UInt8].self) }, { _ = try row.decode([Int].self) },
      ] as [() throws -> Void] {
        let error = try await postgresError { try read() }
        #expect(error.code == .decoding)
      }
    }
  }
}
