import Foundation
import TestSupport
import Testing

@testable import Schema

@Suite("A difference")
struct DifferenceTests {
  @Test("says exactly what changed of a table", .serialized, arguments: SchemaChange.tables)
  func table(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of a column", .serialized, arguments: SchemaChange.columns)
  func column(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of a constraint or an index", .serialized, arguments: SchemaChange.members)
  func member(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of what runs", .serialized, arguments: SchemaChange.code)
  func code(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of a type or a sequence", .serialized, arguments: SchemaChange.types)
  func type(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of who may do what", .serialized, arguments: SchemaChange.access)
  func access(_ change: SchemaChange) async throws { try await check(change) }

  @Test(
    "says exactly what changed of a schema, an extension, a publication", .serialized, arguments: SchemaChange.others)
  func other(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of what leads to other servers", .serialized, arguments: SchemaChange.foreign)
  func foreign(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of text and statistics", .serialized, arguments: SchemaChange.text)
  func text(_ change: SchemaChange) async throws { try await check(change) }

  @Test("says exactly what changed of ranges, operators and casts", .serialized, arguments: SchemaChange.operators)
  func `operator`(_ change: SchemaChange) async throws { try await check(change) }

  @Test(
    "says exactly what changed of rules, and of what hangs on extensions", .serialized, arguments: SchemaChange.rules)
  func rule(_ change: SchemaChange) async throws { try await check(change) }

  @Test("tells that a password has changed, and says neither the old nor the new one")
  func password() async throws {
    let before = """
      create foreign data wrapper w;
      create server far foreign data wrapper w options (url 'postgres://me:hunter2@far/db');
      create user mapping for anon server far options (user 'bob', password 'hunter2');
      """
    try await withSchema(before) { schema in
      let snapshot = try await schema.snapshot()
      let difference = try await schema.difference(
        "alter user mapping for anon server far options (set password 'hunter3')")

      #expect(difference.changed.map(\.id.object.kind) == [.userMapping])
      #expect(difference.changed.flatMap(\.attributes).map(\.name) == ["secrets"])
      let texts = snapshot.facts.flatMap { [$0.definition ?? ""] + $0.attributes.map(\.value) } + difference.lines
      #expect(!texts.contains { $0.contains("hunter") })
      #expect(snapshot.facts.contains { $0.definition?.contains("\"user\" 'bob'") == true })
    }
  }

  /// The difference must say what is expected and no more, and backwards the opposite; what a keeper reads of the change
  /// must be the same.
  private func check(_ change: SchemaChange) async throws {
    try await withSchema(change.before, since: change.since) { schema in
      let keeper = SnapshotKeeper()
      let before = try await schema.snapshot()
      _ = try await keeper.read(from: schema.connection, scope: .postgres)
      try await schema.run(change.change)
      let after = try await schema.snapshot()
      let kept = try await keeper.read(from: schema.connection, scope: .postgres)

      let difference = Difference(from: before, to: after)
      let back = Difference(from: after, to: before)

      #expect(difference.lines == change.lines)
      #expect(kept.facts.map(\.digest) == after.facts.map(\.digest))
      #expect(kept.unmodelled == after.unmodelled)
      #expect(difference.isEmpty == (before.fingerprint == after.fingerprint))
      #expect(back.added.map(\.id) == difference.removed.map(\.id))
      #expect(back.removed.map(\.id) == difference.added.map(\.id))
      #expect(back.changed.map(\.id) == difference.changed.map(\.id))
    }
  }

  @Test("sees a comment on every kind of thing")
  func comments() async throws {
    let commented = [
      "schema shop", "table shop.orders", "column shop.orders.id", "constraint orders_pkey on shop.orders",
      "index shop.by_id", "policy own on shop.orders", "trigger t on shop.orders", "view shop.v", "column shop.v.id",
      "materialized view shop.m", "function shop.touch()", "procedure shop.p()", "aggregate shop.total(int)",
      "type shop.status", "type shop.pair", "column shop.pair.a", "domain shop.email",
      "constraint shape on domain shop.email", "sequence shop.s", "publication pub", "event trigger e",
      "extension plpgsql",
    ]
    try await withSchema(Self.everyKind) { schema in
      for thing in commented {
        let difference = try await schema.difference("comment on \(thing) is 'it''s \(thing)'")

        let texts =
          (difference.added + difference.removed).map { $0["text"] }
          + difference.changed.map { $0.attributes.first?.to }
        #expect(texts == ["it's \(thing)"], "comment on \(thing)")
        #expect((difference.added.map(\.id) + difference.changed.map(\.id)).map(\.kind) == [.comment])
      }
    }
  }

  @Test("folds a new table into a few words, and counts what people count")
  func summary() async throws {
    try await withSchema(SchemaChange.orders) { schema in
      let difference = try await schema.difference(
        """
        create table customer_invoices (id serial primary key, order_id int references orders);
        create index on customer_invoices (order_id);
        create index on customer_invoices (order_id, id);
        create policy a on customer_invoices using (true);
        create policy b on customer_invoices using (true);
        comment on table customer_invoices is 'What customers owe';
        alter table orders add note text, drop status;
        create schema shop;
        create function shop.f() returns int language sql as 'select 1';
        """)

      #expect(
        difference.summary == [
          "+ schema shop", "+ table customer_invoices", "+ function shop.f()", "+ column orders.note",
          "- column orders.status", "+ 2 indexes", "+ 2 policies",
        ])
    }
  }

  @Test("says in words that nothing differs, and what was not looked at")
  func nothing() async throws {
    try await withSchema(UnmodelledObject.setting) { schema in
      let difference = try await schema.difference("select 1")

      #expect(difference.isEmpty)
      #expect(difference.summary == [])
      #expect(difference.lines == ["No difference.", "Not compared: setting of the database work_mem"])
    }
  }

  @Test("of a long body tells the lines around what changed, and of a short one only those")
  func bodies() async throws {
    func function(_ name: String, _ lines: [String]) -> String {
      "create or replace function \(name)() returns void language plpgsql as $$\nbegin\n"
        + lines.map { "  perform \($0);\n" }.joined() + "end $$;"
    }
    let numbers = (1...20).map(String.init)
    try await withSchema(function("long", numbers) + function("short", ["1", "2"])) { schema in
      var changed = numbers
      changed[4] = "50"
      changed.insert("60", at: 5)
      changed.remove(at: 18)
      let difference = try await schema.difference(function("long", changed) + function("short", ["1", "3"]))

      #expect(difference.lines.count { $0.hasPrefix("    @@ -") } == 2, "\(difference.lines)")
      #expect(difference.lines.contains("    -   perform 5;"))
      #expect(difference.lines.contains("    +   perform 60;"))
      #expect(!difference.lines.contains { $0.contains("perform 12;") })
      #expect(
        difference.lines.contains("    -   perform 2;") && !difference.lines.contains { $0.contains("perform 1;") })
    }
  }

  @Test("as JSON has the keys and kinds that the schema names, and no others")
  func schema() async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let published = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "docs/schema/diff.schema.json")))
    let definitions = try #require((published as? [String: Any])?["$defs"] as? [String: Any])
    let kinds = try #require((definitions["kind"] as? [String: Any])?["enum"] as? [String])
    #expect(kinds == Fact.Kind.allCases.map(\.rawValue))
    try await withSchema(UnmodelledObject.setting) { schema in
      let everything = try await schema.difference(Self.everyKind + "grant select on shop.orders to anon;")
      let changes = try await schema.difference(
        "alter table shop.orders add n int default 5; alter sequence shop.s start 5 restart;")
      let removals = try await schema.difference("drop schema shop cascade")

      for difference in [everything, changes, removals] {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(difference))
        #expect(JSONSchema.faults(of: json, against: published) == [])
      }
      #expect(JSONSchema.faults(of: [String: Any](), against: published).count == 4)
    }
  }

  @Test("colours its signs and nothing else, whatever names and texts hold")
  func color() async throws {
    try await withSchema(SchemaChange.orders) { schema in
      let difference = try await schema.difference(
        "alter table orders drop status, add \"a\u{1B}[31m\u{202E}b\" int; comment on table orders is E'two\\nlines'")

      let text = DifferenceText(difference, usesColor: true).text

      #expect(
        text == """
          \u{1B}[33m~\u{1B}[0m table public.orders
              \u{1B}[32m+\u{1B}[0m column "a\\u{1b}[31m\\u{202e}b" integer
              \u{1B}[31m-\u{1B}[0m column status text
              \u{1B}[32m+\u{1B}[0m comment: two lines

          """)
    }
  }

  static let everyKind = """
    create schema shop;
    set search_path = shop, public;
    create table orders (id int primary key);
    create index by_id on orders (id);
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create function watch() returns event_trigger language plpgsql as 'begin end';
    create trigger t before update on orders for each row execute function touch();
    create policy own on orders using (true);
    create view v as select id from orders;
    create materialized view m as select id from orders;
    create procedure p() language plpgsql as 'begin end';
    create aggregate total(int) (sfunc = int4pl, stype = int);
    create type status as enum ('open');
    create type pair as (a int);
    create domain email as text constraint shape check (value ~ '@');
    create sequence s;
    create publication pub for table orders;
    create event trigger e on sql_drop execute function watch();
    reset search_path;
    """
}
