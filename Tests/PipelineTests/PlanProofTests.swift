import Migrations
import Pipeline
import Postgres
import Schema
import Shadow
import TestSupport
import Testing

@Suite("The proof of a plan", .timeLimit(.minutes(5)))
struct PlanProofTests {
  @Test("a copy with rows becomes the other schema, and its tables keep their rows")
  func proved() async throws {
    let (plan, proof) = try await ProofFixture.prove(
      from: """
        create type mood as enum ('good', 'bad');
        create table a (id int generated always as identity primary key, n int not null, m mood, z text);
        create table b (id bigserial primary key, a int not null references a, at timestamptz default now());
        """,
      to: """
        create type mood as enum ('good', 'bad', 'ugly');
        create table a (id int generated always as identity primary key, extra text, n bigint not null, m mood, z text);
        create table b (id bigserial primary key, a int not null references a on delete cascade, at timestamptz);
        create index on b (a);
        """)

    #expect(proof.reasons == [])
    #expect(proof.rows.tables == 2 && proof.rows.without == [] && proof.rows.unread == [])
    #expect(proof.actions.map(\.sql) == plan.statements)
    #expect(proof.lines.first?.hasPrefix("Proved: a copy became the other schema") == true, "\(proof.lines)")
  }

  @Test("what only pg_dump sees makes it not proved")
  func onlyDumped() async throws {
    let (_, proof) = try await ProofFixture.prove(
      from: "create table a (id int)", to: "create table a (id int, n int)",
      unread: "alter table public.a rename n to m")

    #expect(proof.reasons.count == 1)
    #expect(proof.reasons.first?.hasPrefix("pg_dump finds 2 lines that differ") == true, "\(proof.reasons)")
    #expect(proof.lines[0].hasPrefix("Not proved: pg_dump finds"))
  }

  @Test("a password that is not in the plan makes it not proved, and is never said")
  func passwords() async throws {
    func schema(_ password: String) -> String {
      "create foreign data wrapper w; create server far foreign data wrapper w;" + password
    }
    let (_, proof) = try await ProofFixture.prove(
      from: schema(""),
      to: schema("create user mapping for public server far options (user 'bob', password 'hush');"))

    #expect(!proof.isProved)
    #expect(proof.reasons.contains { $0.contains("password ...") }, "\(proof.reasons)")
    #expect(!"\(proof)".contains("hush"))
  }

  @Test("a plan that leads elsewhere is not proved, and the difference is said")
  func elsewhere() async throws {
    let table =
      "create table d (n int) partition by range (n); create table d1 partition of d for values from (0) to (9);"
    let (_, proof) = try await ProofFixture.prove(
      from: table,
      to: table
        + "alter table d1 add constraint c check (n < 9); alter table d add constraint c check (n < 9) not valid;")

    #expect(!proof.isProved)
    #expect(proof.reasons.first?.contains("public.d1") == true, "\(proof.reasons)")
  }

  @Test("what fails only on a table with rows is a hazard, and proved on one without")
  func hazard() async throws {
    let (_, proof) = try await ProofFixture.prove(
      from: "create table a (id int primary key)", to: "create table a (id int primary key, n int not null)")

    #expect(proof.isProved, "\(proof.reasons)")
    #expect(proof.hazards.count == 1)
    #expect(proof.hazards.first?.hasPrefix("it fails on a table with rows: column \"n\"") == true, "\(proof.hazards)")
  }

  @Test("each statement says what it locks, rewrites and does away with")
  func locks() async throws {
    let (_, proof) = try await ProofFixture.prove(
      from: "create table a (id int, n int, gone int); create table b (id int);",
      to: "create table a (id int, n bigint); create table b (id int, n int); create index on b (id);")

    let rewrite = try #require(proof.actions.first { $0.sql.contains("SET DATA TYPE bigint") })
    #expect(proof.actions.flatMap(\.locks).contains { $0.mode == "ACCESS EXCLUSIVE" && $0.table == "public.a" })
    #expect(rewrite.rewrites == ["public.a"])
    let drop = try #require(proof.actions.first { $0.sql.contains("DROP COLUMN gone") })
    #expect(drop.losses == ["column public.a.gone with its values"])
    #expect(proof.lines.contains("Locks ACCESS EXCLUSIVE: public.a (rewritten), public.b"), "\(proof.lines)")
  }

  @Test("a database that is elsewhere is copied to the shadow by its schema")
  func elsewhereCopied() async throws {
    try await withScratchDatabase { database in
      let server = try await ProofFixture.server()
      let schema = """
        create schema s; create table s.a (id serial primary key, t text check (t <> ''));
        create function f() returns int language sql as 'select 1'; create view v as select id from s.a;
        """
      let (source, platform) = try await Connection.with(database, as: "tests") { connection in
        try await connection.script(schema)
        return (
          try await SchemaState.read(from: connection, scope: .postgres),
          try await Platform.read(.postgres, isNew: false, from: connection)
        )
      }
      let migrations = ProofFixture.migrations(
        "create schema s; create table s.a (id serial primary key, t text, n int)")
      let after = try await server.reset(platform: platform, migrations: migrations)
      // What it makes is the migration role's there.
      let target = try await ProofFixture.state(of: after)
      let plan = try Plan(from: source, to: target)
      let ground = ProvingGround(on: server, platform: platform, migrations: [], schema: source, scope: .postgres)

      let proof = try await PlanTrial(on: ground, from: source, to: target, wanted: .copy).proof(of: plan)

      #expect(proof.reasons == [])
      #expect(proof.rows.tables == 1)
      try await server.release(after)
    }
  }

  @Test("a label that is added and used is two transactions, and proved")
  func labels() async throws {
    let (plan, proof) = try await ProofFixture.prove(
      from: "create type t as enum ('a'); create table x (s t)",
      to: "create type t as enum ('a', 'b'); create table x (s t default 'b')")

    #expect(plan.parts.map(\.isTransaction) == [true, true])
    #expect(proof.reasons == [])
  }

  @Test("indexes and constraints of tables that are there can be made without keeping others from writing")
  func online() async throws {
    let (plan, proof) = try await ProofFixture.prove(
      from: """
        create table a (id int not null, n int, m int); create table b (id int primary key); create index old on a (n);
        """,
      to: """
        create table a (id int not null, n int, m int, unique (m), check (n > 0)); create table b (id int primary key);
        create index i on a (id) where n > 1; comment on index i is 'x';
        alter table a add foreign key (n) references b; create table c (id int); create index on c (id);
        """, options: .init(isOnline: true))

    #expect(proof.reasons == [])
    let alone = plan.parts.filter { !$0.isTransaction }.map { $0.steps[0].sql }
    #expect(
      alone.sorted() == [
        "CREATE INDEX CONCURRENTLY i ON public.a USING btree (id) WHERE (n > 1)",
        "CREATE UNIQUE INDEX CONCURRENTLY a_m_key ON public.a USING btree (m)",
        "DROP INDEX CONCURRENTLY public.old",
      ], "\(plan.statements)")
    #expect(plan.statements.filter { $0.contains("VALIDATE CONSTRAINT") }.count == 2)
    #expect(plan.statements.contains("ALTER TABLE public.a ADD CONSTRAINT a_m_key UNIQUE USING INDEX a_m_key"))
  }

  @Test("a column becomes NOT NULL without a look at all rows while nobody may write")
  func notNull() async throws {
    let (plan, proof) = try await ProofFixture.prove(
      from: "create table a (id int, n int);", to: "create table a (id int, n int not null default 1);",
      options: .init(isOnline: true))

    #expect(proof.reasons == [])
    #expect(
      plan.parts.map { $0.steps.map(\.sql) } == [
        [
          "ALTER TABLE public.a ADD CONSTRAINT n_penstock_not_null CHECK (n IS NOT NULL) NOT VALID",
          "ALTER TABLE ONLY public.a ALTER COLUMN n SET DEFAULT 1",
        ],
        ["ALTER TABLE public.a VALIDATE CONSTRAINT n_penstock_not_null"],
        [
          "ALTER TABLE public.a ALTER COLUMN n SET NOT NULL",
          "ALTER TABLE public.a DROP CONSTRAINT n_penstock_not_null",
        ],
      ])
  }

  @Test("rows go with a partition, and come with one, without a doubt")
  func partitions() async throws {
    let whole = "create table d (n int) partition by list (n); create table d1 partition of d for values in (1, 2);"
    let other = "create table d2 partition of d for values in (3, 4);"
    for (from, to) in [(whole + other, whole), (whole + other, whole + other + "alter table d detach partition d2;")] {
      let (_, proof) = try await ProofFixture.prove(from: from, to: to)

      #expect(proof.reasons == [])
    }
  }

  @Test("rows are found for tables of many kinds")
  func seeds() async throws {
    let schema = """
      create type mood as enum ('good', 'bad'); create domain positive as int check (value > 0);
      create domain code as text check (value ~ '^[A-Z]{3}$' or value in ('ABC', 'DEF'));
      create table plain (id uuid primary key, name varchar(3) not null, price numeric(4, 2) not null, ok boolean not null,
        at timestamptz not null, doc jsonb not null, tags text[] not null, m mood not null, moods mood[] not null,
        p positive not null, c code not null, ip inet not null, span tstzrange not null, b bytea not null, d date not null);
      create table child (id serial primary key, plain uuid not null unique references plain, parent int references child);
      create table checked (status text not null check (status in ('open', 'closed')),
        age int not null check (age between 18 and 99), currency char(3) not null check (char_length(currency) = 3),
        email text not null check (email like '%@%'));
      create table two (a int not null, b int not null, primary key (a, b));
      create table twice (a int not null, b int not null, foreign key (a, b) references two);
      create table events (day date not null, n int) partition by range (day);
      create table events_may partition of events for values from ('2026-05-01') to ('2026-06-01');
      create table kinds (kind text not null) partition by list (kind);
      create table kinds_a partition of kinds for values in ('a', 'b');
      create table defaults (id int generated always as identity, made timestamptz not null default now());
      """
    let (_, proof) = try await ProofFixture.prove(from: schema, to: schema + "create table more (id int);")

    #expect(proof.reasons == [])
    #expect(proof.rows.without == [])
    #expect(proof.rows.tables == 8)
  }
}
