import Migrations
import Postgres
import SQL
import TestSupport
import Testing

@Suite("The history table")
struct HistoryTests {
  @Test("is empty where it does not exist")
  func missing() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection async throws in
        #expect(try await History.read(from: connection).isEmpty)
        #expect(try await connection.exists("supabase_migrations.schema_migrations") == false)
      }
    }
  }

  @Test("is made as the Supabase CLI makes it, once")
  func ensure() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await History.ensure(on: connection)
        try await History.ensure(on: connection)

        let columns = try await connection.query(
          """
          select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          from information_schema.columns where table_schema = 'supabase_migrations' order by 1
          """)
        #expect(
          try columns.map { try $0.decode(String.self) } == [
            "schema_migrations.name text YES", "schema_migrations.statements ARRAY YES",
            "schema_migrations.version text NO", "seed_files.hash text NO", "seed_files.path text NO",
          ])
      }
    }
  }

  @Test("of an old tool gets the columns it lacks, and can be read before that")
  func oldTable() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await connection.script(
          """
          create schema supabase_migrations;
          create table supabase_migrations.schema_migrations (version text not null primary key);
          insert into supabase_migrations.schema_migrations values ('2'), ('10');
          """)

        #expect(
          try await History.read(from: connection) == [
            HistoryEntry(version: "10", name: nil, statements: nil),
            HistoryEntry(version: "2", name: nil, statements: nil),
          ])
        try await History.ensure(on: connection)
        try await History.record(HistoryEntry(version: "3", name: "c", statements: ["select 1"]), on: connection)
        #expect(try await History.read(from: connection).last?.statements == ["select 1"])
      }
    }
  }

  @Test("of the hosted platform, with more columns, is read and written")
  func hostedTable() async throws {
    try await withScratchDatabase { target async throws in
      try await Connection.with(target, as: "penstock tests") { connection in
        try await connection.script(
          """
          create schema supabase_migrations;
          create table supabase_migrations.schema_migrations (
            version text not null primary key, statements text[], name text,
            created_by text, idempotency_key text unique, rollback text[]);
          create table supabase_migrations.seed_files (path text not null primary key, hash text not null);
          """)
        let entry = HistoryEntry(version: "1", name: "a", statements: ["select 'a, \"b\" {c}'", "select E'\\\\'", ""])

        try await History.ensure(on: connection)
        try await History.record(entry, on: connection)

        #expect(try await History.read(from: connection) == [entry])
      }
    }
  }

  @Test(
    "keeps the statements as the Supabase CLI splits them",
    arguments: [
      ("select 1;\n\nselect 2 ;;\n", ["select 1", "select 2"]),
      (
        "-- about 1\nselect 1; -- after\n/* b */ select 2;\n-- bye\n",
        ["-- about 1\nselect 1", "-- after\n/* b */ select 2", "-- bye"]
      ),
      ("select $$ -- ; $$ -- inside\n, 2;", ["select $$ -- ; $$ -- inside\n, 2"]),
      ("\\restrict abc\n-- dump\nselect 1;\n\\unrestrict abc\n", ["-- dump\nselect 1"]),
      ("copy t from stdin;\n1\n2\n\\.\nselect 1;\n", ["copy t from stdin", "select 1"]),
      ("", []),
    ])
  func statements(text: String, statements: [String]) throws {
    #expect(try Application(.of("1_a", text)).historyEntry.statements == statements)
  }
}
