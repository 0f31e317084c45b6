import Testing

@testable import Schema

/// An object of a kind that no fact describes.
struct UnmodelledObject: Sendable, CustomTestStringConvertible {
  let sql: String
  let description: String

  init(_ sql: String, _ description: String) {
    self.sql = sql
    self.description = description
  }

  var testDescription: String { description }

  static let all = [
    UnmodelledObject("create type span as range (subtype = int)", "range type public.span"),
    UnmodelledObject("create type nothing", "base type public.nothing"),
    UnmodelledObject("create cast (int as point) with inout", "cast (integer AS point)"),
    UnmodelledObject(
      "create operator === (leftarg = int, rightarg = int, function = int4eq)", "operator public.\"===\""),
    UnmodelledObject(
      "create operator family ints using btree", "operator family public.ints"),
    UnmodelledObject("create collation de (provider = libc, locale = 'C')", "collation public.de"),
    UnmodelledObject(
      "create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8", "conversion public.c"),
    UnmodelledObject(
      "create text search configuration words (copy = simple)", "text search configuration public.words"),
    UnmodelledObject("create text search dictionary d (template = simple)", "text search dictionary public.d"),
    UnmodelledObject(
      "create table t (a int, b int); create statistics joint on a, b from t", "statistics object public.joint"),
    UnmodelledObject(
      "create table t (a int); create rule nothing as on insert to t do instead nothing", "rule nothing on public.t"),
    UnmodelledObject("create foreign data wrapper w", "foreign-data wrapper w"),
    UnmodelledObject("create access method heap2 type table handler heap_tableam_handler", "access method heap2"),
    UnmodelledObject(
      "do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database()); end $$",
      "setting of the database work_mem"),
    UnmodelledObject(
      "create table t (a int, b int); create statistics joint on a, b from t; comment on statistics joint is 'x'",
      "comment on another kind of object pg_statistic_ext"),
    UnmodelledObject(
      "create extension citext; revoke execute on function citextin(cstring) from public",
      "grant on an extension's object public.citextin"),
    UnmodelledObject(
      "create extension citext; create function f() returns int language sql as 'select 1';"
        + "alter function f() depends on extension citext",
      "dependency on an extension function public.f()"),
    UnmodelledObject(
      "create subscription s connection 'dbname=x' publication p with (connect = false)", "subscription s"),
  ]
}

@Suite("What no fact describes")
struct UnmodelledTests {
  @Test("is reported", .serialized, arguments: UnmodelledObject.all)
  func reported(_ object: UnmodelledObject) async throws {
    try await withSchema { schema in
      #expect(try await schema.snapshot().unmodelled == [])
      try await schema.run(object.sql)

      let unmodelled = try await schema.snapshot().unmodelled

      #expect(unmodelled.map(\.description).contains(object.description))
      // A database with a subscription cannot be dropped.
      if object.description == "subscription s" {
        try await schema.run("alter subscription s set (slot_name = none)")
        try await schema.run("drop subscription s")
      }
    }
  }

  @Test("is reported for a foreign server and all that hangs on it")
  func foreign() async throws {
    let snapshot = try await snapshot(
      of: """
        create foreign data wrapper w;
        create server far foreign data wrapper w;
        create user mapping for anon server far;
        create foreign table away (id int) server far;
        """)

    #expect(
      snapshot.unmodelled.map(\.description) == [
        "foreign server far", "foreign table public.away", "foreign-data wrapper w", "user mapping anon on far",
      ])
  }

  @Test("is counted, and only its first few names are given")
  func counted() async throws {
    let rules = (1...7).map { "create rule r\($0) as on insert to t do nothing;" }.joined()

    let snapshot = try await snapshot(of: "create table t (a int);" + rules)

    let rule = try #require(snapshot.unmodelled.first)
    #expect(rule.kind == "rule")
    #expect(rule.count == 7)
    #expect(rule.names == (1...5).map { "r\($0) on public.t" })
    #expect(rule.description.hasPrefix("7 × rule: r1 on public.t, "))
  }

  @Test("is told apart for the two sides of a difference")
  func sides() async throws {
    try await withSchema { schema in
      let difference = try await schema.difference("create cast (int as point) with inout")

      #expect(difference.isEmpty)
      #expect(difference.lines == ["No difference.", "Not compared, in the second: cast (integer AS point)"])
    }
  }
}
