import Postgres
import TestSupport
import Testing

@testable import Schema

@Suite("The digests of relations")
struct RelationDigestsTests {
  @Test("let a difference that is read of two databases be that of their snapshots, for every change")
  func changes() async throws {
    try await withTwins { twins in
      for change in SchemaChange.all where change.since <= twins.major {
        do {
          try await twins.check(change.name, both: change.before, change: change.change)
        } catch let error as PostgresError where error.message.contains("ICU is not supported") {
          try await twins.rollBack()
        }
      }
    }
  }

  @Test("see what a change does to the facts of other objects")
  func otherObjects() async throws {
    try await withTwins(SnapshotKeeperTests.shop, since: 15) { twins in
      for change in SnapshotKeeperTests.changes {
        try await twins.check(change, both: "", change: change)
      }
    }
  }

  @Test("see that what a row only names by number has another name")
  func names() async throws {
    let both = """
      create schema one; create schema two;
      create type one.status as enum ('a', 'b'); create type two.status as enum ('a', 'b');
      create function one.now() returns timestamptz language sql as 'select pg_catalog.now()';
      create function two.now() returns timestamptz language sql as 'select pg_catalog.now()';
      create table one.list (id int primary key, other int unique);
      create table two.list (id int primary key, other int unique);
      create table one.base (id int); create table two.base (id int);
      create sequence one.numbers; create sequence two.numbers;
      create table made (id int, parent int, at timestamptz);

      """
    let pairs = [
      ("alter table made add state one.status", "alter table made add state two.status"),
      ("alter table made add states one.status[]", "alter table made add states two.status[]"),
      ("alter table made alter at set default one.now()", "alter table made alter at set default two.now()"),
      (
        "alter table made alter id set default nextval('one.numbers')",
        "alter table made alter id set default nextval('two.numbers')"
      ),
      (
        "alter table made add constraint k foreign key (parent) references one.list",
        "alter table made add constraint k foreign key (parent) references two.list"
      ),
      (
        "alter table made add constraint k foreign key (parent) references one.list",
        "alter table made add constraint k foreign key (parent) references one.list (other)"
      ),
      ("alter table made add check (at < one.now())", "alter table made add check (at < two.now())"),
      (
        "create policy p on made using (exists (select from one.list))",
        "create policy p on made using (exists (select from two.list))"
      ),
      (
        "create policy p on made using (tableoid = 'one.list'::regclass)",
        "create policy p on made using (tableoid = 'two.list'::regclass)"
      ),
      (
        "create policy p on made using ('pg_class'::regclass::oid > 1)",
        "create policy p on made using ('pg_type'::regclass::oid > 1)"
      ),
      ("alter table made inherit one.base", "alter table made inherit two.base"),
      ("alter sequence one.numbers owned by one.list.id", "alter sequence one.numbers owned by one.list.other"),
      ("alter table made owner to anon", "alter table made owner to authenticated"),
      ("create policy p on made to anon using (true)", "create policy p on made to authenticated using (true)"),
      ("grant select on made to anon", "grant select on made to authenticated"),
      ("create index i on made ((parent::text) text_pattern_ops)", "create index i on made ((parent::text))"),
      (
        "create index i on made ((parent::text) collate \"C\")",
        "create index i on made ((parent::text) collate \"POSIX\")"
      ),
    ]
    try await withTwins { twins in
      for (first, second) in pairs {
        let difference = try await twins.check(second, both: both, first: first, change: second)

        #expect(!difference.isEmpty, "\(second)")
      }
    }
  }

  @Test("see what a user adds to a platform's tables")
  func platform() async throws {
    let both = """
      create schema storage; create schema auth;
      create table storage.objects (id int, name text); create table auth.users (id int primary key);
      create policy own on storage.objects using (name <> '');
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touched before update on auth.users for each row execute function touch();

      """
    let changes = [
      "drop policy own on storage.objects", "alter policy own on storage.objects using (name = '')",
      "create policy other on storage.objects using (true)", "comment on policy own on storage.objects is 'own'",
      "alter table storage.objects rename name to path", "drop trigger touched on auth.users",
      "alter table auth.users disable trigger touched", "alter table auth.users add column mail text",
    ]
    try await withTwins { twins in
      for change in changes { try await twins.check(change, both: both, change: change, scope: .supabase) }
    }
  }

  @Test("are the same in two databases that were made alike, whatever the numbers of their objects")
  func alike() async throws {
    let tables = """
      create type status as enum ('open', 'paid');
      create table customers (id uuid primary key default gen_random_uuid(), name text not null check (name <> ''));
      create table orders (
        id serial primary key, customer uuid references customers, state status default 'open', note varchar(20000));
      create index on orders (customer, note desc) where state = 'open';
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touched before update on orders for each row when (new.id > 1) execute function touch();
      alter table orders enable row level security;
      create policy own on orders using (exists (select from customers c where c.id = customer));
      comment on column orders.note is 'note';
      """
    try await withTwins { twins in
      try await twins.first.run(tables)
      try await twins.second.run(tables)
      try await twins.second.run("create view names as select name from customers")

      let first = try await twins.first.digests()
      let second = try await twins.second.digests()

      guard case .relationsAndOthers(let numbers) = first.part(differingFrom: second),
        case .relationsAndOthers(let others) = second.part(differingFrom: first)
      else {
        Issue.record("the functions are to be read")
        return
      }
      // None of three, and the view alone of four.
      #expect(numbers == [])
      #expect(others.count == 1)
    }
  }

  @Test("have every column of the catalogs in them, but for those that say nothing")
  func columns() async throws {
    try await withSchema { schema in
      let version = await schema.connection.serverVersion
      let text = RelationDigests.query(scope: .postgres, serverVersion: version).sql
      let words = Set(text.split { !$0.isLetter && $0 != "_" }.map(String.init))
      let rows = try await schema.connection.query(
        """
        select attrelid::regclass::text, attname from pg_attribute
        where attrelid = any ($1::regclass[]) and attnum > 0 and not attisdropped
        """, [Array(Self.passedOver.keys)])

      let missing = try rows.map { try $0.decode(String.self, String.self) }
        .filter { catalog, column in !words.contains(column) && Self.passedOver[catalog]?.contains(column) != true }

      #expect(missing.map { "\($0).\($1)" } == [])
    }
  }

  /// What no fact says, or another column says too.
  private static let passedOver: [String: Set<String>] = [
    "pg_class": [
      "reltype", "relfilenode", "relpages", "reltuples", "relallvisible", "relallfrozen", "relhasindex", "relisshared",
      "relnatts", "relchecks", "relhasrules", "relhastriggers", "relhassubclass", "relispopulated", "relrewrite",
      "relfrozenxid", "relminmxid",
    ],
    "pg_attribute": [
      "attlen", "attndims", "attcacheoff", "attbyval", "attalign", "atthasdef", "atthasmissing", "attmissingval",
      "attfdwoptions",
    ],
    "pg_attrdef": [],
    "pg_constraint": ["connamespace", "contypid", "conpfeqop", "conppeqop", "conffeqop", "conexclop"],
    "pg_index": ["indisexclusion", "indimmediate", "indcheckxmin", "indisready", "indislive"],
    "pg_inherits": [],
    "pg_policy": [],
    "pg_trigger": ["tgconstrrelid", "tgconstrindid", "tgdeferrable", "tginitdeferred", "tgnargs"],
    "pg_sequence": [],
    "pg_description": [],
    "pg_namespace": [],
    "pg_extension": ["extowner", "extrelocatable", "extconfig", "extcondition"],
  ]
}

/// Two databases that are alike but for the numbers of their objects.
private struct Twins {
  let first: ScratchSchema
  let second: ScratchSchema
  let major: Int

  /// Makes both alike, then each its own, and puts all back.
  @discardableResult
  func check(
    _ name: String, both: String, first one: String = "", change: String, scope: Scope = .postgres
  ) async throws -> Difference {
    try await first.run("begin; \(both); \(one)")
    try await second.run("begin; \(both); \(change)")

    let read = try await Difference.read(from: first.connection, to: second.connection, scope: scope)

    let (from, to) = (try await first.snapshot(scope), try await second.snapshot(scope))
    let difference = Difference(from: from, to: to)
    #expect(read.lines == difference.lines, "\(name)")
    #expect(read.added.map(\.digest) == difference.added.map(\.digest), "\(name)")
    #expect(read.removed.map(\.digest) == difference.removed.map(\.digest), "\(name)")
    #expect(read.changed.map(\.id) == difference.changed.map(\.id), "\(name)")
    #expect(read.unmodelled.from == from.unmodelled && read.unmodelled.to == to.unmodelled, "\(name)")
    try await rollBack()
    return read
  }

  func rollBack() async throws {
    try await first.run("rollback")
    try await second.run("rollback")
  }
}

private func withTwins(_ setup: String = "", since: Int = 14, _ body: (Twins) async throws -> Void) async throws {
  let major = try await TestServer.shared.configuration.binaries.major
  try await withSchema(setup, since: since) { first in
    let filler = "create table filler (id serial primary key, note text default 'x'); drop table filler; "
    try await withSchema(filler + setup) { second in
      try await body(Twins(first: first, second: second, major: major))
    }
  }
}

extension ScratchSchema {
  fileprivate func digests() async throws -> RelationDigests {
    let version = await connection.serverVersion
    return try RelationDigests(
      try await connection.pipeline([
        "select set_config('search_path', 'pg_catalog, pg_temp', false)",
        RelationDigests.query(scope: .postgres, serverVersion: version),
      ])[1])
  }
}

extension SchemaChange {
  fileprivate static let all =
    tables + columns + members + code + types + access + others + foreign + text + operators + rules
}
