import Postgres
import TestSupport
import Testing

@testable import Schema

@Suite("A snapshot keeper")
struct SnapshotKeeperTests {
  @Test("sees what a change does to the facts of other objects", .serialized, arguments: Self.changes)
  func change(_ sql: String) async throws {
    try await withSchema(Self.shop, since: 15) { schema in
      let keeper = SnapshotKeeper()
      let before = try await keeper.read(from: schema.connection, scope: .postgres)
      try await schema.run(sql)

      let kept = try await keeper.read(from: schema.connection, scope: .postgres)

      let read = try await schema.snapshot()
      #expect(Difference(from: read, to: kept).summary == [])
      #expect(kept.fingerprint == read.fingerprint)
      #expect(kept.unmodelled == read.unmodelled)
      #expect(kept.fingerprint != before.fingerprint || kept.unmodelled != before.unmodelled)
    }
  }

  @Test("answers from a kept snapshot when nothing has changed, and after a change was rolled back")
  func unchanged() async throws {
    try await withSchema(Self.shop, since: 15) { schema in
      let keeper = SnapshotKeeper()
      let first = try await keeper.read(from: schema.connection, scope: .postgres)
      try await schema.run("begin; alter table orders add column late int")
      let within = try await keeper.read(from: schema.connection, scope: .postgres)
      for sql in ["rollback", "vacuum", "analyze", "insert into customers values (1, 'a')"] {
        try await schema.run(sql)
      }

      let second = try await keeper.read(from: schema.connection, scope: .postgres)

      #expect(Difference(from: first, to: within).summary == ["+ column orders.late"])
      #expect(second.fingerprint == first.fingerprint)
    }
  }

  @Test("reads nothing anew for temporary objects and for the settings of other databases")
  func passedOver() async throws {
    try await withSchema(Self.shop, since: 15) { schema in
      try await withSchema { other in
        let before = try await versions(of: schema)
        try await schema.run(Self.temporary)
        try await other.run(Self.setting)

        let after = try await versions(of: schema)

        #expect(after.changes(since: before)?.isEmpty == true)
      }
    }
  }

  @Test("tells a database from its copy by the settings that only one of them has")
  func copy() async throws {
    try await withScratchDatabase { target in
      let keeper = SnapshotKeeper()
      func read(_ target: ConnectionString, after sql: String = "") async throws -> Snapshot {
        let connection = try await Connection.open(target, applicationName: "schema tests")
        try await connection.script(sql)
        let snapshot = try await keeper.read(from: connection, scope: .postgres)
        await connection.close()
        return snapshot
      }
      let copy = "\(try #require(target.database))_copy"
      let original = try await read(target, after: "create table orders (); \(Self.setting)")

      try await withScratchDatabase { other in
        let server = try await Connection.open(other, applicationName: "schema tests")
        try await server.execute("create database \(copy) template \(try #require(target.database))")
        let copied = try await read(target.with(database: copy))
        try await server.execute("drop database \(copy) with (force)")
        await server.close()

        #expect(original.unmodelled.map(\.kind) == ["setting of the database"])
        #expect(copied.unmodelled == [])
        #expect(copied.fingerprint == original.fingerprint)
      }
    }
  }

  private func versions(of schema: ScratchSchema) async throws -> CatalogVersions {
    let query = CatalogVersions.query(serverVersion: await schema.connection.serverVersion)
    return try CatalogVersions(try await schema.connection.pipeline([query])[0])
  }

  @Test("tells databases apart that were made alike")
  func twins() async throws {
    let keeper = SnapshotKeeper()
    try await withSchema(Self.shop, since: 15) { original in
      try await withSchema(Self.shop, since: 15) { other in
        let first = try await keeper.read(from: original.connection, scope: .postgres)
        try await other.run("alter table orders add column late int")
        let second = try await keeper.read(from: other.connection, scope: .postgres)
        let again = try await keeper.read(from: original.connection, scope: .postgres)

        #expect(Difference(from: first, to: second).summary == ["+ column orders.late"])
        #expect(again.fingerprint == first.fingerprint)
      }
    }
  }

  static let shop = """
    create schema back;
    create type status as enum ('new', 'paid');
    create domain email as text check (value like '%@%');
    create function is_mine(owner int) returns boolean language sql return owner = 1;
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create table customers (id int primary key, name text not null);
    create table orders (
      id serial primary key, customer int references customers (id), state status, mail email, seen customers);
    create index on orders (customer) where is_mine(customer);
    alter table orders enable row level security;
    create policy own on orders using (is_mine(customer) and exists (select from customers c where c.name = 'x'));
    create trigger touched before update on orders for each row execute function touch();
    create view paid as select o.id, c.name from orders o join customers c on c.id = o.customer;
    create view few as select * from paid;
    create table days (day date, n int) partition by range (day);
    create table days_1 partition of days for values from ('2026-01-01') to ('2026-02-01');
    create index by_day on days (day);
    create index lowered on customers (lower(name));
    create publication pub for table orders (id, state) where (id > 1);
    create function worth(customers) returns int language sql immutable as 'select 1';
    create function first_name() returns text begin atomic; select name from customers limit 1; end;
    create function total(int, customers) returns int language sql as 'select 1';
    create aggregate totals(customers) (sfunc = total, stype = int);
    create domain numbered as int default nextval('orders_id_seq');
    create domain buyer as customers check ((value).id > 0);
    comment on function worth(customers) is 'worth';
    create type pair as (a int, b text);
    create function into_sql(internal) returns internal language internal immutable as 'int4in';
    create type pairs as (one pair, state status);
    create function is_first(pairs) returns boolean language sql immutable as 'select true';
    create view firsts as select is_first('("(1,a)",new)'), row(1, 'a')::pair;
    create table marks (state status check (state <> 'new'), pairs pairs default '("(1,a)",new)');
    create function seen() returns setof customers language sql as 'select * from customers';
    create view unseen as select 1 from seen();
    create cast (customers as int) with function worth(customers);
    create text search configuration words (copy = english);
    create text search dictionary simply (template = simple);
    create index searched on customers (to_tsvector('words', name));
    create view parts as select ts_lexize('simply', name) from customers;
    comment on index by_day is 'by day';
    create type span as range (subtype = status);
    create statistics joint on id, name from customers;
    create rule quiet as on delete to customers do instead nothing;
    comment on rule quiet on customers is 'quiet';
    create foreign data wrapper w;
    create server far foreign data wrapper w;
    create foreign table away (id int, state status) server far;
    create user mapping for anon server far options (user 'bob');
    create function same(status, status) returns boolean language sql immutable as 'select true';
    create operator === (leftarg = status, rightarg = status, function = same);
    create operator family statuses using btree;
    create transform for customers language plpgsql (from sql with function into_sql(internal));
    """

  private static let setting =
    "do $$ begin execute format('alter database %I set work_mem = 64', current_database()); end $$"

  private static let temporary = """
    create temp table mine (id serial primary key, state status check (state <> 'new'), note text default 'x');
    create index on mine (note);
    create temp view ours as select * from mine;
    create statistics pg_temp.both on id, note from mine;
    create type pg_temp.kind as enum ('a');
    create type pg_temp.pair as (a int);
    create domain pg_temp.short as text check (value < 'b');
    create function pg_temp.one() returns int language sql as 'select 1';
    alter table mine enable row level security;
    create policy own on mine using (true);
    create trigger touched before update on mine for each row execute function touch();
    create rule quiet as on delete to mine do instead nothing;
    comment on table mine is 'mine';
    comment on column mine.note is 'note';
    """

  /// What is done to the ``shop``.
  static let changes = [
    "alter table customers rename to buyers",
    "alter table orders rename to purchases",
    "alter table orders set schema back",
    "alter table orders rename column id to number",
    "alter table orders rename column state to status",
    "alter table orders add column late int",
    "alter table customers rename column name to called",
    "alter table customers rename column id to number",
    "alter table customers add column extra text",
    "alter schema public rename to front; create schema public",
    "alter table customers set schema back",
    "alter type status rename to state_of",
    "alter type status rename value 'new' to 'fresh'",
    "alter type pair rename to couple",
    "alter type pair rename attribute a to c",
    "alter type pair add attribute c int",
    "alter type pairs drop attribute one",
    "alter domain email rename to address",
    "alter domain email set schema back",
    "alter function is_mine(int) rename to is_ours",
    "alter function touch() set schema back",
    "alter function worth(customers) rename to value_of",
    "alter function total(int, customers) rename to sum_of",
    "alter function seen() rename to looked_at",
    "alter view paid rename to settled",
    "alter table days rename to dates",
    "alter index by_day rename to per_day",
    "alter index lowered alter column 1 set statistics 7",
    "create table days_2 partition of days for values from ('2026-02-01') to ('2026-03-01')",
    "alter table days detach partition days_1",
    "alter sequence orders_id_seq owned by none",
    "alter sequence orders_id_seq rename to numbers",
    "alter sequence orders_id_seq increment 5",
    "drop index orders_customer_idx",
    "drop policy own on orders",
    "drop trigger touched on orders",
    "drop view few",
    "drop publication pub",
    "alter table orders disable trigger touched",
    "alter table orders alter column state set default 'new'",
    "alter table orders drop constraint orders_customer_fkey",
    "alter table orders set (toast.autovacuum_enabled = false)",
    "comment on index by_day is 'other'",
    "comment on policy own on orders is 'own'",
    "comment on trigger touched on orders is 'touched'",
    "comment on constraint orders_pkey on orders is 'key'",
    "comment on column paid.name is 'name'",
    "comment on schema public is 'mine'",
    "comment on type status is 'state'",
    "comment on function touch() is 'touch'",
    "comment on constraint email_check on domain email is 'an address'",
    "alter table customers drop column name cascade",
    "grant select (name) on customers to anon",
    "grant execute on function is_mine(int) to anon",
    "revoke execute on function is_mine(int) from public",
    "grant usage on schema public to anon with grant option",
    "grant usage on type status to anon",
    "alter default privileges grant select on tables to anon",
    "alter publication pub add table customers",
    "create statistics pairs on id, name from customers",
    "create collation strict (provider = libc, locale = 'C')",
    "create operator === (leftarg = int, rightarg = int, function = int4eq)",
    "create rule silent as on delete to customers do instead nothing",
    "alter type status rename to kind_of",
    "alter type span_multirange rename to spans",
    "alter type span rename to stretch",
    "alter table customers rename column name to both_of",
    "alter statistics joint set statistics 9",
    "alter table customers disable rule quiet",
    "alter rule quiet on customers rename to silent",
    "comment on rule quiet on customers is 'other'",
    "alter server far options (add host 'h')",
    "alter server far rename to farther",
    "alter foreign data wrapper w rename to wrapper",
    "alter foreign data wrapper w options (add debug 'on')",
    "alter foreign table away options (add name 'a')",
    "alter foreign table away alter id options (add name 'a')",
    "alter foreign table away rename to gone",
    "alter user mapping for anon server far options (set user 'eve')",
    "alter user mapping for anon server far options (add password 'x')",
    "drop user mapping for anon server far",
    "alter operator === (status, status) set (restrict = eqsel)",
    "alter operator family statuses using btree rename to states",
    "alter operator family statuses using btree add operator 1 < (int, bigint)",
    "alter operator family statuses using btree add function 1 btint48cmp(int, bigint)",
    "alter function into_sql(internal) rename to into_it",
    "drop transform for customers language plpgsql",
    "drop cast (customers as int)",
    "alter text search configuration words alter mapping for word with simple",
    "alter text search configuration words drop mapping for word",
    "alter text search dictionary simply (accept = false)",
    "create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)",
    "create text search template tmpl (lexize = dsimple_lexize)",
    "create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
    "create access method heap2 type table handler heap_tableam_handler",
    "create trusted language mine handler plpgsql_call_handler",
    "revoke usage on language plpgsql from public",
    "create type shell",
    "alter function touch() depends on extension plpgsql",
    "alter trigger touched on orders depends on extension plpgsql",
    "comment on server far is 'far'",
    "comment on cast (customers as int) is 'worth'",
    "comment on operator === (status, status) is 'same'",
    "comment on operator family statuses using btree is 'all'",
    "comment on text search configuration words is 'words'",
    "comment on text search dictionary simply is 'simply'",
    "comment on statistics joint is 'joint'",
    "comment on transform for customers language plpgsql is 'x'",
    "comment on foreign table away is 'away'",
    "grant usage on foreign server far to anon",
    "grant usage on foreign data wrapper w to anon",
    "grant select on away to anon",
    "grant usage on type span to anon",
    "alter extension plpgsql add view few",
    "alter index lowered set (fillfactor = 70)",
    "create extension pg_trgm",
    "alter text search configuration words rename to terms",
    "alter text search dictionary simply rename to plainly",
    setting,
  ]
}
