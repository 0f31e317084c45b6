import Postgres
import Testing

@testable import Schema

@Suite("A snapshot")
struct SnapshotTests {
  @Test("leaves the connection as it was")
  func connection() async throws {
    try await withSchema("create table t (id int)") { schema in
      try await schema.run("set search_path = public, pg_temp")
      _ = try await schema.snapshot()

      let path = try await schema.connection.query("show search_path")[0]["search_path"]

      #expect(path == "public, pg_temp")
      #expect(await schema.connection.transactionStatus == .idle)
    }
  }

  @Test("reads what an open transaction sees, and leaves it open with its settings")
  func openTransaction() async throws {
    try await withSchema { schema in
      try await schema.run("begin; create table t (id int); set local search_path = public")

      let within = try await schema.snapshot()
      let path = try await schema.connection.query("show search_path")[0]["search_path"]
      try await schema.run("rollback")
      let after = try await schema.snapshot()

      #expect(path == "public")
      #expect(Difference(from: after, to: within).summary == ["+ table t"])
    }
  }

  @Test("throws the server's error, and the connection can be used")
  func failure() async throws {
    try await withSchema { schema in
      try await schema.run("revoke select on pg_policy from public; set role anon")
      await #expect(throws: PostgresError.self) {
        try await schema.snapshot()
      }

      #expect(await schema.connection.transactionStatus == .idle)
      try await schema.run("reset role")
      #expect(try await schema.snapshot().facts.contains { $0.id.kind == .schema })
    }
  }

  @Test("writes a plain index as pg_get_indexdef does, and every other index too")
  func indexDefinitions() async throws {
    try await withSchema(Self.indexes, since: 15) { schema in
      let facts = try await schema.snapshot().facts.filter { $0.id.kind == .index }
      let rows = try await schema.connection.query(
        """
        select c.relname, pg_get_indexdef(c.oid) as definition
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('i', 'I') and set_config('search_path', '', false) is not null
        """)
      let expected = Dictionary(uniqueKeysWithValues: rows.map { ($0["relname"] ?? "", $0["definition"] ?? "") })

      #expect(facts.count == expected.count)
      for fact in facts {
        #expect(fact.definition == expected[fact.id.member?.name ?? ""])
      }
    }
  }

  @Test("reads every name as it is, whatever an array's text would make of it")
  func names() async throws {
    let names = ["NULL", "null", "NAIL", "a,b", "{}", "a\"b", "a\\b", " ", "'", "é\u{301}", "名"].sorted { $0 < $1 }
    let sql = names.map { "create table \(Identifier.quoted($0)) (\(Identifier.quoted($0)) int);" }.joined()

    let facts = try await snapshot(of: sql).facts

    #expect(facts.filter { $0.id.kind == .table }.map(\.id.object.name).sorted { $0 < $1 } == names)
    #expect(facts.filter { $0.id.kind == .column }.compactMap(\.id.member?.name).sorted { $0 < $1 } == names)
  }

  @Test("survives being written as JSON, as a difference does")
  func json() async throws {
    try await withSchema { schema in
      let difference = try await schema.difference(DifferenceTests.everyKind)

      let data = try JSON.encode(difference)
      let back = try JSON.decode(Difference.self, from: data)

      #expect(back.lines == difference.lines)
      #expect(back.added.map(\.digest) == difference.added.map(\.digest))
    }
  }

  private static let indexes = #"""
    create type mood as enum ('ok');
    create domain email as text;
    create table "Odd ""t""" (
      id int primary key, "Name" text, code varchar(10), tags text[], kind mood, mail email, doc jsonb,
      fixed char(3), during tsrange, sorted text collate "C", unique (id) include (code)
    );
    create index on "Odd ""t""" ("Name");
    create index on "Odd ""t""" ("Name", id) include (code, kind);
    create index on "Odd ""t""" ("Name" desc, id nulls first);
    create index on "Odd ""t""" ("Name" text_pattern_ops);
    create index on "Odd ""t""" ("Name" collate "C");
    create index on "Odd ""t""" (sorted);
    create index on "Odd ""t""" (sorted collate "POSIX");
    create index on "Odd ""t""" (code);
    create index on "Odd ""t""" (fixed);
    create index on "Odd ""t""" (code bpchar_pattern_ops);
    create index on "Odd ""t""" (kind);
    create index on "Odd ""t""" (mail);
    create index on "Odd ""t""" using gin (doc);
    create index on "Odd ""t""" using gin (doc jsonb_path_ops);
    create index on "Odd ""t""" using gin (tags) with (fastupdate = off);
    create index on "Odd ""t""" using gist (during);
    create index on "Odd ""t""" using hash (id);
    create index on "Odd ""t""" using brin (id) where "Name" is not null;
    create unique index on "Odd ""t""" (id, code) nulls not distinct;
    create unique index on "Odd ""t""" (id, code) where code <> 'x';
    create index on "Odd ""t""" (lower("Name"), (id + 1));
    create table parts (id int, day date) partition by range (day);
    create table part partition of parts default;
    create index on parts (day);
    create index on parts (id, day);
    """#
}
