import Postgres
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

  static let setting =
    "do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database()); end $$"

  static let all = [
    UnmodelledObject(setting, "setting of the database work_mem"),
    UnmodelledObject(
      "begin; create extension citext; commit; begin; create table mine (); alter extension citext add table mine; commit",
      "object added to an extension citext: table public.mine"),
    UnmodelledObject(
      "create extension citext; revoke execute on function citextin(cstring) from public",
      "grant on an extension's object public.citextin"),
    UnmodelledObject(
      "create table a (); comment on type a is 'Rows'",
      "comment on a type of a table, an array or a multirange public.a"),
    UnmodelledObject(
      "create type mood as enum (); comment on type mood[] is 'Moods'",
      "comment on a type of a table, an array or a multirange public._mood"),
    UnmodelledObject(
      "create table a (); revoke usage on type a from public", "grant on a type of a table or a multirange public.a"),
    UnmodelledObject(
      "revoke execute on function pg_catalog.lo_create(oid) from public",
      "grant on PostgreSQL's own object pg_catalog.lo_create"),
    UnmodelledObject(
      """
      create table a (id int) partition by range (id); create table a1 partition of a for values from (1) to (2);
      update pg_inherits set inhdetachpending = true
      """, "detachment of a partition that is not finished public.a1"),
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

  @Test("is counted, and only its first few names are given")
  func counted() async throws {
    let grants = (1...7).map { "grant select on table\($0) to anon;" }.joined()
    let tables = (1...7).map { "create table table\($0) (); alter extension citext add table table\($0);" }.joined()

    let snapshot = try await snapshot(of: "create extension citext;" + tables + grants)

    let grant = try #require(snapshot.unmodelled.first)
    #expect(grant.kind == "grant on an extension's object")
    #expect(grant.count == 7)
    #expect(grant.names == (1...5).map { "public.table\($0)" })
    #expect(grant.description.hasPrefix("7 × grant on an extension's object: public.table1, "))
  }

  @Test("is nothing of all that PostgreSQL can create")
  func creations() async throws {
    try await withSchema(EveryKind.before) { schema in
      for (kind, sql) in EveryKind.creations {
        let difference = try await schema.difference(sql)

        let facts = difference.added.map(\.id) + difference.changed.map(\.id)
        #expect(facts.contains { $0.kind.rawValue == kind }, "\(sql)")
        #expect(difference.unmodelled.to == [], "\(sql)")
      }
      for thing in EveryKind.commented {
        let difference = try await schema.difference("comment on \(thing) is 'it''s \(thing)'")

        #expect(difference.added.map(\.id.kind) == [.comment], "comment on \(thing)")
        #expect(difference.added.map { $0["text"] } == ["it's \(thing)"])
      }
    }
  }

  @Test("is looked for in every catalog that facts are of")
  func catalogs() async throws {
    try await withSchema(EveryKind.before + EveryKind.creations.map { $0.1 + ";" }.joined()) { schema in
      let facts = try await schema.snapshot().facts
      let rows = try await schema.connection.pipeline([PresentObjects.query(scope: .postgres, in: .everything)])[0]
      let present = try PresentObjects(rows)

      for fact in facts {
        guard let address = fact.address, address.column == 0 else { continue }
        let unseen = present.withoutFacts(among: facts.filter { $0.address != address })
        switch address.catalog {
        // What is in these is facts whatever it is.
        case .namespace, .extension, .default, .eventTrigger, .publication, .publishedTable, .publishedSchema,
          .familyOperator, .familyFunction:
          #expect(unseen.isEmpty, "\(fact.id)")
        default: #expect(unseen.map(\.number) == [address.number], "\(fact.id)")
        }
      }
    }
  }

  @Test("is told apart for the two sides of a difference")
  func sides() async throws {
    try await withSchema { schema in
      let difference = try await schema.difference(UnmodelledObject.setting)

      #expect(difference.isEmpty)
      #expect(difference.lines == ["No difference.", "Not compared, in the second: setting of the database work_mem"])
    }
  }
}
