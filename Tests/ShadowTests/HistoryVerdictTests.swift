import Migrations
import Postgres
import Shadow
import Testing

/// Whole histories on a real server, each line of the verdict as `file outcome class < because`.
@Suite("A verdict on a history")
struct HistoryVerdictTests {
  @Test("is clean where everything applies, and says what is emulated and tolerated")
  func clean() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "\\restrict abc\nset transaction_timeout = 0;\ncreate schema public;\ncreate table t (id int)"),
      ("2_b.sql", "create extension vector;\n\\unrestrict abc\n"),
      ("3_c.sql", "-- nothing"))

    #expect(lines(verdict) == ["1_a.sql applied", "2_b.sql applied", "3_c.sql applied"])
    #expect(verdict.isClean)
    #expect(verdict.emulated == ["vector"])
    let knowsTimeout = try await ServerBinaries.best().major >= 17
    #expect(verdict.tolerated.map(\.line) == (knowsTimeout ? [1, 3, 2] : [1, 2, 3, 2]))
    #expect(counts(verdict) == [3, 0, 0, 0])
  }

  @Test("tells a mistake from what follows from it, and sees mistakes behind it")
  func knockOn() async throws {
    let verdict = try await verdict(
      ("1_base.sql", "create table customers (id int primary key);"),
      (
        "2_orders.sql",
        """
        create table orders (id int primary key, customer int references customers);
        create table items (id int primary key, orderr int references orderz);
        """
      ),
      ("3_status.sql", "alter table orders add column status text;"),
      ("4_index.sql", "create index on orders (status);"),
      ("5_items.sql", "alter table items add column price int;"),
      ("6_alone.sql", "create table suppliers (id int);"),
      ("7_typo.sql", "alter table orders add column x text;\nselct 1;"))

    #expect(
      lines(verdict) == [
        "1_base.sql applied",
        "2_orders.sql failed broken",
        "3_status.sql failed knock-on < 2_orders.sql",
        "4_index.sql failed knock-on < 2_orders.sql",
        "5_items.sql failed knock-on < 2_orders.sql",
        "6_alone.sql applied",
        "7_typo.sql failed broken",
      ])
    #expect(verdict.files[1].line == 2)
    #expect(verdict.files[6].line == 2)
    #expect(counts(verdict) == [2, 5, 0, 2])
  }

  @Test("names what comes too early, and goes on as if it had not")
  func order() async throws {
    let verdict = try await verdict(
      ("1_view.sql", "create table a (id int);\ncreate view v as select * from b;"),
      ("2_b.sql", "create table b (id int);"),
      ("3_on_view.sql", "create view w as select * from v;"),
      ("4_mistake.sql", "create view x as select nothing from v;"))

    #expect(
      lines(verdict) == [
        "1_view.sql failed order", "2_b.sql applied", "3_on_view.sql failed knock-on < 1_view.sql",
        "4_mistake.sql failed broken",
      ])
    #expect(verdict.files[0].message == #"relation "b" does not exist: 2_b.sql, which comes later, makes it"#)
  }

  @Test("takes a DO block for what makes an object only where it says so")
  func hidden() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "alter table profiles enable row level security;"),
      ("2_b.sql", "create table moods (m mood);"),
      (
        "3_c.sql",
        """
        do $$ begin
          if to_regclass('profiles') is not null then alter table profiles add column x int; end if;
          create type mood as enum ('ok');
        exception when duplicate_object then null;
        end $$;
        """
      ))

    #expect(lines(verdict) == ["1_a.sql failed broken", "2_b.sql failed order", "3_c.sql applied"])
  }

  @Test("takes nothing for the maker of a table that only adds rows, policies or triggers to it")
  func mentions() async throws {
    let verdict = try await verdict(
      ("1_view.sql", "create view v as select * from orders;"),
      ("2_rows.sql", "do $$ begin insert into public.orders values (1); end $$;"),
      ("3_policy.sql", "do $$ begin create policy p on public.orders using (true); end $$;"))

    #expect(lines(verdict) == ["1_view.sql failed broken", "2_rows.sql failed broken", "3_policy.sql failed broken"])
  }

  @Test("calls nothing too early that the later file, once it is there, does not help")
  func disprovedOrder() async throws {
    let verdict = try await verdict(
      ("1_text.sql", "select label('a'::text);"),
      ("2_view.sql", "create view v as select * from app.t;"),
      ("3_early.sql", "create view w as select * from late;"),
      ("4_hidden.sql", "do $$ begin if false then execute 'create table late (id int)'; end if; end $$;"),
      ("5_label.sql", "create function label(int) returns text language sql as $$ select '' $$;"),
      ("6_app.sql", "create schema app; create table app.u (id int);"),
      ("7_t.sql", "do $$ begin create table app.t (id int); end $$;"),
      ("8_early.sql", "create view x as select * from fails;"),
      ("9_fails.sql", "create table fails (id int references nothing);"))

    #expect(
      lines(verdict) == [
        "1_text.sql failed broken", "2_view.sql failed order", "3_early.sql failed broken", "4_hidden.sql applied",
        "5_label.sql applied", "6_app.sql applied", "7_t.sql applied", "8_early.sql failed order",
        "9_fails.sql failed broken",
      ])
    #expect(verdict.files[1].madeBy == "supabase/migrations/7_t.sql")
    #expect(verdict.files[2].message == #"relation "late" does not exist: no file makes it"#)
  }

  @Test("says once that the beginning is missing, with what it would have held")
  func missingBeginning() async throws {
    let found = try await verdict(
      ("1_a.sql", "alter table public.profiles add column x int;\ncreate table a (id int references teams);"),
      ("2_b.sql", "create policy p on profiles using (true);"),
      ("3_c.sql", "create table c (id int);"),
      ("4_d.sql", "alter table a add column y int;"),
      ("5_e.sql", "create view v as select sum(id, 1) from c;"),
      ("6_f.sql", "create view w as select nothing from c;"))
    let slip = try await verdict(
      ("1_a.sql", "create table a (id int);"), ("2_b.sql", "create table b (id int references aa);"))

    #expect(
      lines(found) == [
        "1_a.sql failed broken", "2_b.sql failed broken", "3_c.sql applied", "4_d.sql failed knock-on < 1_a.sql",
        "5_e.sql failed broken", "6_f.sql failed broken",
      ])
    #expect(found.missingBeginning?.files == ["supabase/migrations/1_a.sql", "supabase/migrations/2_b.sql"])
    #expect(
      found.missingBeginning?.objects.map { "\($0.kind) \($0.name) \($0.files)" } == [
        "relation public.profiles 2", "relation teams 1",
      ])
    #expect(slip.missingBeginning == nil)
  }

  @Test("says of what is out of reach of the search path where it is")
  func searchPath() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create schema app; create table app.t (id int);"),
      ("2_b.sql", "alter table t add x int;"),
      ("3_c.sql", "set search_path = public; select gen_salt('bf');"),
      ("4_d.sql", "do $$ begin create table if not exists app.hidden (id int); end $$;"),
      ("5_e.sql", "alter table hidden add x int;"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "2_b.sql failed broken", "3_c.sql failed broken", "4_d.sql applied", "5_e.sql failed broken",
      ])
    #expect(verdict.files[4].message?.contains("4_d.sql makes it in the schema app") == true)
    #expect(verdict.files[1].message?.contains("1_a.sql makes it in the schema app") == true)
    #expect(verdict.files[2].message?.contains("in the schema extensions") == true)
  }

  @Test("refuses a file that undoes itself in the end, and says at which line that begins")
  func wayBack() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "-- migrate:up\ncreate table a (id int);\n\n-- migrate:down\ndrop table a;"),
      ("2_b.sql", "alter table a add x int;"),
      ("3_c.sql", "-- migrate:up\ncreate table c (id int);\n-- migrate:down\n"),
      ("4_d.sql", "alter table a add y int; create index on a (nope);"))

    #expect(
      lines(verdict) == [
        "1_a.sql failed broken", "2_b.sql failed knock-on < 1_a.sql", "3_c.sql applied", "4_d.sql failed broken",
      ])
    #expect(verdict.files[3].message?.contains("nope") == true)
    #expect(verdict.files[0].line == 4)
    #expect(verdict.files[0].message?.contains("way back (migrate:down)") == true)
  }

  @Test("a trigger takes a column's new type where a later file fires it")
  func plans() async throws {
    let verdict = try await verdict(
      (
        "1_a.sql",
        """
        create table gifts (price int, coins int);
        create function f() returns trigger language plpgsql as $$ begin new.price := new.coins; return new; end $$;
        create trigger t before insert on gifts for each row execute function f();
        insert into gifts (coins) values (1);
        """
      ),
      ("2_b.sql", "alter table gifts alter coins type bigint;"),
      ("3_c.sql", "insert into gifts (coins) values (2);"))

    #expect(lines(verdict) == ["1_a.sql applied", "2_b.sql applied", "3_c.sql applied"])
  }

  @Test("what a failed file has left behind is no mistake of the next one, nor is what comes of that")
  func leftBehind() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table gifts (name text);"),
      ("2_b.sql", "alter table gifts add price int; insert into gifts values ('x'), ('x'); selct 1;"),
      (
        "3_c.sql",
        """
        alter table gifts add unique (name);
        insert into gifts (name, price) values ('y', 1) on conflict (name) do nothing;
        """
      ))

    #expect(
      lines(verdict) == ["1_a.sql applied", "2_b.sql failed broken", "3_c.sql failed knock-on < 2_b.sql"])
  }

  @Test("files may look at the history's table, and add to it")
  func historyTable() async throws {
    let verdict = try await verdict(
      (
        "1_a.sql",
        """
        alter table supabase_migrations.schema_migrations owner to postgres;
        insert into supabase_migrations.schema_migrations (version, name, statements) values ('0', 'x', array['y'])
        on conflict (version) do nothing;
        """
      ))

    #expect(lines(verdict) == ["1_a.sql applied"])
  }

  @Test("a table that only a block makes which did not is one that the history begins on, and so is a role")
  func beginning() async throws {
    let verdict = try await verdict(
      (
        "1_a.sql",
        """
        do $$ begin
          if not exists (select from information_schema.tables where table_name = 'users') then
            create table users (id int);
          end if;
        end $$;
        """
      ),
      ("2_b.sql", "alter table users add x int;"), ("3_c.sql", "grant select on users to reader;"),
      ("4_d.sql", "create table d (); grant select on d to reader;"),
      // One of that name is the platform's.
      ("5_e.sql", "select public.update_updated_at_column();"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "2_b.sql failed broken", "3_c.sql failed broken", "4_d.sql failed broken",
        "5_e.sql failed broken",
      ])
    #expect(verdict.files[4].message?.hasSuffix("no file makes it") == true)
    #expect(verdict.files[1].message?.contains("only a block of 1_a.sql may make it, and has not") == true)
    #expect(
      verdict.missingBeginning?.objects.map(\.name) == [
        "users", "reader", "public.update_updated_at_column",
      ])
  }

  @Test("finds no role that an earlier trial has made")
  func roles() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    for _ in 1...2 {
      let verdict = try await verdict(
        ("1_a.sql", "grant usage on schema public to trial_reader;"), ("2_b.sql", "create role trial_reader;"),
        ("3_c.sql", "grant create on schema public to trial_reader;"), on: server)

      #expect(lines(verdict) == ["1_a.sql failed order", "2_b.sql applied", "3_c.sql applied"])
    }
    try await server.stop()
  }

  @Test("leaves alone the roles that others make on the same server meanwhile")
  func othersRoles() async throws {
    let server = try await ShadowFixture.server()
    let role = "trial_neighbour_\(UInt32.random(in: 0...UInt32.max))"
    async let verdict = verdict(
      (
        "1_a.sql",
        """
        do $$ begin
          while not exists (select from pg_roles where rolname = '\(role)') loop
            perform pg_sleep(0.02);
          end loop;
        end $$;
        """
      ), on: server)

    let shadow = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create role \(role);"))
    #expect(try await verdict.files.map(\.outcome.rawValue) == ["applied"])
    let left = try await ShadowFixture.session(shadow.superuser) {
      try await $0.column("select rolname::text from pg_roles where rolname = '\(role)'")
    }
    try await server.release(shadow)

    #expect(left == [role])
  }

  @Test("does not hold against a file what a failed one would have left in its way")
  func leftovers() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table t (id int);\ncreate table u (id int references nowhere);"),
      ("2_b.sql", "create table t (id int);\nalter table u add x int;"),
      ("3_c.sql", "create table t (id int);"))

    #expect(
      lines(verdict) == ["1_a.sql failed broken", "2_b.sql failed knock-on < 1_a.sql", "3_c.sql applied"])
  }

  @Test("takes every file of a version, and holds the later ones for duplicates whatever the server says")
  func duplicates() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table a (id int);"),
      ("1_b.sql", "create table b (id int);"),
      ("1_c.sql", "CREATE TABLE a (id int); -- again"),
      ("2_d.sql", "alter table b add column x int;"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "1_b.sql applied duplicate-version < 1_a.sql",
        "1_c.sql failed duplicate-version < 1_a.sql", "2_d.sql applied",
      ])
    #expect(verdict.files[2].message?.contains("is that of 1_a.sql, and so are the statements") == true)
    #expect(verdict.summary.rootCauses == 2)
  }

  @Test("explains a file that was stamped anew, and a file that undoes nothing since the one before failed")
  func existing() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create type mood as enum ('ok');\ncreate table a (m mood);"),
      ("2_a.sql", "create type mood as enum ('ok');\n\ncreate table a (m mood);"),
      ("3_drop.sql", "drop table a; drop type moood;"),
      ("4_anew.sql", "create table a (id int);"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "2_a.sql failed broken", "3_drop.sql failed broken",
        "4_anew.sql failed knock-on < 3_drop.sql",
      ])
    #expect(verdict.files[1].message?.contains("copy of 1_a.sql") == true)
  }

  @Test("names extensions that are not here, also in DO blocks, and what belongs to them")
  func extensions() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create extension if not exists no_such_thing;"),
      ("2_b.sql", "do $$ begin create extension pg_unheard_of; end $$;"),
      ("3_postgis.sql", "do $$ begin execute 'create extension timescaledb_toolkit'; end $$;"),
      ("4_age.sql", "create extension age;"),
      ("5_graph.sql", "select ag_catalog.create_graph('g');"),
      ("6_vector.sql", "create table e (v vector(3));"),
      ("7_late.sql", "create extension vector;"))

    #expect(
      lines(verdict) == [
        "1_a.sql failed missing-extension", "2_b.sql failed missing-extension",
        "3_postgis.sql failed missing-extension",
        "4_age.sql failed missing-extension", "5_graph.sql failed knock-on < 4_age.sql", "6_vector.sql failed order",
        "7_late.sql applied",
      ])
    #expect(verdict.files[0].message?.contains("no_such_thing") == true)
    #expect(verdict.files[1].message?.contains("pg_unheard_of") == true)
  }

  @Test("blames the profile for what the platform has, and nobody else")
  func platform() async throws {
    let gap = try await verdict(
      ("1_a.sql", "select auth.no_such_function();"),
      ("2_b.sql", "create policy p on storage.no_such_table for select using (true);"),
      ("3_c.sql", "select cron.schedule('a', '* * * * *', 'select 1');"),
      ("4_d.sql", "select public.no_such_function();"))
    let plain = try await verdict(("1_a.sql", "create table t (id uuid default auth.uid());"), profile: .postgres)

    #expect(
      lines(gap) == [
        "1_a.sql failed platform-gap", "2_b.sql failed platform-gap", "3_c.sql failed missing-extension",
        "4_d.sql failed broken",
      ])
    #expect(lines(plain) == ["1_a.sql failed platform-gap"])
    #expect(plain.files[0].message?.contains("--profile supabase") == true)
  }

  @Test("tells missing rows from mistakes")
  func needsData() async throws {
    let verdict = try await verdict(
      ("1_base.sql", "create table plans (id int primary key, name text not null check (name <> ''));"),
      ("2_refer.sql", "create table subs (plan int not null references plans);\ninsert into subs values (1);"),
      ("3_null.sql", "insert into subs values ((select id from plans where name = 'pro'));"),
      (
        "4_raise.sql",
        """
        do $$ begin
          if not exists (select from plans where name = 'pro') then raise exception 'no pro plan'; end if;
        end $$;
        """
      ),
      ("5_literal.sql", "insert into plans values (1, null);"),
      ("6_check.sql", "insert into plans values (1, '');"),
      ("7_strict.sql", "do $$ declare i int; begin select id into strict i from plans; end $$;"),
      ("8_later.sql", "insert into plans values (7, 'basic');"),
      ("9_more.sql", "insert into subs values (7);"))

    #expect(
      lines(verdict) == [
        "1_base.sql applied", "2_refer.sql failed needs-data", "3_null.sql failed knock-on < 2_refer.sql",
        "4_raise.sql failed needs-data", "5_literal.sql failed broken", "6_check.sql failed broken",
        "7_strict.sql failed knock-on < 6_check.sql", "8_later.sql applied", "9_more.sql failed knock-on < 2_refer.sql",
      ])
  }

  @Test("passes over names that are no migrations', and points to them when they are missed")
  func names() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table a (id int);"),
      ("2_b.sql", "alter table users add column x int;"),
      ("users.sql", "create table users (id int);"),
      ("README.md", "hello"), ("3_x.sql.bak", "broken"), ("archive/4_y.sql", "broken"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "2_b.sql failed knock-on < users.sql", "users.sql skipped bad-name",
      ])
    #expect(counts(verdict) == [1, 1, 1, 1])
  }

  @Test("is clean when a file that everybody passes over is missed by none")
  func passedOver() async throws {
    let verdict = try await verdict(("1_a.sql", "create table a (id int);"), ("seed.sql", "insert into a values (1);"))

    #expect(lines(verdict) == ["1_a.sql applied", "seed.sql skipped bad-name"])
    #expect(verdict.isClean)
    #expect(counts(verdict) == [1, 0, 1, 0])
  }

  @Test("takes a template for one, wherever its placeholders stand")
  func templates() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table {{ .Schema }}.a (id int);"),
      ("2_b.sql", "select '${SCHEMA}.a'::regclass;"),
      ("3_c.sql", "create table <%= name %> (id int);"),
      ("4_d.sql", "comment on table public.a is 'x';"),
      ("5_e.sql", "select 'never ends;"))

    #expect(
      lines(verdict) == [
        "1_a.sql failed template", "2_b.sql failed template", "3_c.sql failed template",
        "4_d.sql failed knock-on < 1_a.sql", "5_e.sql failed broken",
      ])
  }

  @Test("goes on past what ends sessions and transactions")
  func sessions() async throws {
    let verdict = try await verdict(
      ("1_a.sql", "create table a (id int);"),
      ("2_b.sql", "select pg_terminate_backend(pg_backend_pid());"),
      ("3_c.sql", "begin; create table c (id int); commit; create table d (id int); select 1/0;"),
      ("4_d.sql", "create index concurrently on a (id);\ncreate index concurrently on nothing (id);"),
      ("5_e.sql", "set search_path = ''; create table e (id int);"),
      ("6_f.sql", "create table f (id int); -- no semicolon"),
      ("7_g.sql", "set local role anon; insert into a values (1);"))

    #expect(
      lines(verdict) == [
        "1_a.sql applied", "2_b.sql failed broken", "3_c.sql failed broken", "4_d.sql failed broken",
        "5_e.sql failed broken", "6_f.sql applied", "7_g.sql applied",
      ])
    #expect(verdict.files[3].line == 2)
  }

  @Test("a file that does not end is stopped, and the rest is tried all the same", .timeLimit(.minutes(2)))
  func endless() async throws {
    let server = try await ShadowServer.start(
      .init(
        directory: ShadowFixture.directory(), binaries: ServerBinaries.best(),
        limits: TimeLimits(statement: .seconds(1))))

    let verdict = try await verdict(
      ("1_a.sql", "set statement_timeout = 0; select pg_sleep(3600);"), ("2_b.sql", "create table b ();"), on: server)

    #expect(verdict.files.map(\.outcome.rawValue) == ["failed", "applied"])
    #expect(verdict.files[0].message?.contains("took longer") == true, "\(verdict.files[0])")
    try await server.stop()
  }

  // MARK: Support

  private func verdict(
    _ files: (String, String)..., profile: Profile = .supabase, on server: ShadowServer? = nil
  ) async throws -> HistoryVerdict {
    let set = MigrationSet(
      files: files.map { (path: "supabase/migrations/\($0.0)", bytes: Array($0.1.utf8)) })
    let server = if let server { server } else { try await ShadowFixture.server() }
    return try await HistoryTrial(on: server, platform: Platform(profile)).verdict(on: set)
  }

  private func lines(_ verdict: HistoryVerdict) -> [String] {
    verdict.files.map { file in
      let because = file.because.map { "< \(name($0))" }
      return [name(file.file), file.outcome.rawValue, file.class?.rawValue, because].compactMap(\.self)
        .joined(separator: " ")
    }
  }

  private func counts(_ verdict: HistoryVerdict) -> [Int] {
    let summary = verdict.summary
    return [summary.applied, summary.failed, summary.skipped, summary.rootCauses]
  }

  private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
