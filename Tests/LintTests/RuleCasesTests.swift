import Basics
import Testing

@testable import Lint

/// A rule, some SQL, and what the rule should say of it: the lines of its findings.
struct RuleCase: CustomTestStringConvertible, Sendable {
  var rule: RuleName
  var lines: [Int]
  var sql: String

  init(_ rule: RuleName, _ lines: [Int], _ sql: String) {
    self.rule = rule
    self.lines = lines
    self.sql = sql
  }

  var testDescription: String { "\(rule): \(sql)" }
}

@Suite("Rules, case by case")
struct RuleCasesTests {
  @Test(
    "what hangs on a table is followed through all its statements",
    arguments: [
      RuleCase("require-primary-key", [], "create table a (id int); alter table a add primary key (id);"),
      RuleCase(
        "require-primary-key", [], "create table a (id int); alter table public.a add constraint p primary key (id);"),
      RuleCase(
        "require-primary-key", [1], "create table a (id int primary key); alter table a drop constraint a_pkey;"),
      RuleCase("require-primary-key", [1], "create table a (id int primary key); alter table a drop column id;"),
      RuleCase("require-primary-key", [], "create table a (id int); drop table a;"),
      RuleCase("require-primary-key", [], "create temp table a (id int);"),
      RuleCase("require-primary-key", [1], "create table a as select 1 as id;"),
      RuleCase("require-primary-key", [], "create table a (like b including all);"),
      RuleCase("require-primary-key", [1], "create table a (like b);"),
      RuleCase(
        "require-primary-key", [3],
        "create table b (id int primary key);\ncreate table a (like b including indexes);\ncreate table c (like b);"),
      RuleCase(
        "require-primary-key", [],
        "create table a (id int primary key) partition by range (id);\n"
          + "create table a1 partition of a for values from (1) to (9);"),
      RuleCase("require-primary-key", [1], "set search_path = app; create table a (id int);"),
      RuleCase(
        "require-primary-key", [],
        "create table a (id int);\ndo $$ begin alter table a add primary key (id); end $$;"),
      RuleCase("rls-disabled", [], "create table a (id int); alter table a enable row level security;"),
      RuleCase(
        "rls-disabled", [1],
        "create table a (id int); alter table a enable row level security; alter table a disable row level security;"),
      RuleCase("rls-disabled", [], "create table private.a (id int);"),
      RuleCase("rls-disabled", [1], "create table private.a (id int); alter table private.a set schema public;"),
      RuleCase(
        "rls-disabled", [],
        "create table a (id int); alter table a rename to b; alter table b enable row level security;"),
      RuleCase(
        "rls-disabled", [],
        "create table a (id int);\ndo $$ declare t text; begin for t in select tablename from pg_tables loop\n"
          + "execute format('alter table %I enable row level security', t); end loop; end $$;"),
      RuleCase(
        "rls-disabled", [2],
        "do $$ begin execute 'alter table x enable row level security'; end $$;\ncreate table a (id int);"),
      RuleCase(
        "require-service-role-policy", [],
        "create table a (id int); create policy p on a using ((auth.jwt() ->> 'role') = 'service_role');"),
      RuleCase(
        "require-service-role-policy", [],
        "create table a (id int); create policy p on a using (auth.role() = 'service_role');"),
      RuleCase(
        "require-service-role-policy", [1],
        "create table a (id int); create policy p on a to service_role using (true); drop policy p on a;"),
      RuleCase(
        "require-service-role-policy", [1],
        "create table a (id int); create policy p on a as restrictive to service_role using (true);"),
      RuleCase("require-table-comment", [], "create table a (id int); comment on table a is 'What a row is';"),
      RuleCase(
        "require-table-comment", [1],
        "create table a (id int); comment on table a is 'x'; comment on table a is null;"),
      RuleCase(
        "require-timestamps", [],
        "create table a (created_at timestamp with time zone default now() not null,\n"
          + "updated_at timestamptz default timezone('utc', now()) not null);"),
      RuleCase("require-timestamps", [1], "create table a (created_at timestamptz default now() not null);"),
      RuleCase(
        "require-timestamps", [1],
        "create table a (created_at timestamptz not null default now(), updated_at timestamptz default now());"),
      RuleCase("require-timestamps", [], "create table a (id int) inherits (b);"),
    ])
  func tables(_ example: RuleCase) async {
    await expect(example)
  }

  @Test(
    "foreign keys need an index that can be searched by their columns",
    arguments: [
      RuleCase("fk-missing-index", [2], "create table a (id int,\nb int references b (id));"),
      RuleCase("fk-missing-index", [], "create table a (b int references b (id)); create index on a (b);"),
      RuleCase("fk-missing-index", [], "create table a (b int primary key references b (id));"),
      RuleCase("fk-missing-index", [], "create table a (b int unique references b (id));"),
      RuleCase("fk-missing-index", [], "create table a (b int references b (id)); create index on a using hash (b);"),
      RuleCase("fk-missing-index", [], "create table a (b int references b (id), c int, primary key (b, c));"),
      RuleCase("fk-missing-index", [1], "create table a (b int references b (id), c int, primary key (c, b));"),
      RuleCase("fk-missing-index", [1], "create table a (b int references b (id)); create index on a (b) where b > 1;"),
      RuleCase("fk-missing-index", [1], "create table a (b int references b (id)); create index on a (lower(b), b);"),
      RuleCase("fk-missing-index", [1], "create table a (b text references b (id)); create index on a using gin (b);"),
      RuleCase(
        "fk-missing-index", [],
        "create table a (b int, c int, foreign key (b, c) references b (b, c)); create index on a (c, b);"),
      RuleCase(
        "fk-missing-index", [1],
        "create table a (b int references b (id)); create index i on a (b); drop index i;"),
      RuleCase("fk-missing-index", [], "create table a (b int references b (id)); alter table a drop column b;"),
      RuleCase(
        "fk-missing-index", [], "create table b (id int); create table a (b int references b); drop table b cascade;"),
      RuleCase("fk-missing-index", [], "create table a (b int references s.b); drop schema s cascade; drop table s.b;"),
      RuleCase(
        "fk-missing-index", [2],
        "create table a (b int);\nalter table a add constraint f foreign key (b) references b (id);"),
      RuleCase("fk-explicit-on-delete", [], "create table a (b int references b (id) on delete no action);"),
      RuleCase("fk-explicit-on-delete", [1], "create table a (b int references b (id) on update cascade);"),
      RuleCase("fk-explicit-on-delete", [2], "alter table a\nadd foreign key (b) references b (id);"),
      RuleCase("fk-explicit-on-delete", [1], "alter table a add column b int references b (id);"),
    ])
  func foreignKeys(_ example: RuleCase) async {
    await expect(example)
  }

  @Test(
    "what was there before is protected, what the same migrations make is not",
    arguments: [
      RuleCase("drop-table", [1], "drop table a;"),
      RuleCase("drop-table", [1, 1], "drop table if exists a, b cascade;"),
      RuleCase("drop-table", [], "create table a (id int); drop table a;"),
      RuleCase("drop-table", [], "drop view a; drop foreign table b; drop materialized view c;"),
      RuleCase("drop-column", [2], "alter table a add column c int,\n drop column b;"),
      RuleCase("drop-column", [], "alter table a add column b int; alter table a drop column b;"),
      RuleCase("drop-column", [], "create table a (b int); alter table a drop column b;"),
      RuleCase("add-required-column", [1], "alter table a add column b int not null;"),
      RuleCase("add-required-column", [1], "alter table a add column b int not null default null;"),
      RuleCase("add-required-column", [1], "alter table a add column b int primary key;"),
      RuleCase("add-required-column", [], "alter table a add column b int;"),
      RuleCase("add-required-column", [], "alter table a add column b bigserial primary key;"),
      RuleCase("add-required-column", [], "alter table a add column b int not null generated always as identity;"),
      RuleCase("add-required-column", [], "alter table a add column b int not null generated always as (1) stored;"),
      RuleCase("add-required-column", [], "create table a (); alter table a add column b int not null;"),
      RuleCase("create-index-not-concurrent", [1], "create unique index i on a (b);"),
      RuleCase("create-index-not-concurrent", [], "create table a (b int); create index i on a (b);"),
      RuleCase("create-index-not-concurrent", [], "create index concurrently i on a (b);"),
    ])
  func protection(_ example: RuleCase) async {
    await expect(example)
  }

  @Test(
    "statements that cannot be repeated are found, and their guards are known",
    arguments: [
      RuleCase("nonidempotent-ddl", [1], "create table a ();"),
      RuleCase("nonidempotent-ddl", [], "create table if not exists a ();"),
      RuleCase("nonidempotent-ddl", [], "drop table if exists a; create table a ();"),
      RuleCase("nonidempotent-ddl", [], "create temp table a ();"),
      RuleCase("nonidempotent-ddl", [1], "create table a as select 1;"),
      RuleCase("nonidempotent-ddl", [1], "create index on a (b);"),
      RuleCase("nonidempotent-ddl", [], "drop index if exists i; create index i on a (b);"),
      RuleCase("nonidempotent-ddl", [1], "create view v as select 1;"),
      RuleCase("nonidempotent-ddl", [], "create or replace view v as select 1;"),
      RuleCase("nonidempotent-ddl", [1], "create function f() returns int language sql as 'select 1';"),
      RuleCase(
        "nonidempotent-ddl", [],
        "drop function if exists f(); create function f() returns int language sql as 'select 1';"),
      RuleCase("nonidempotent-ddl", [1], "create type t as enum ('a');"),
      RuleCase("nonidempotent-ddl", [1], "create domain d as int;"),
      RuleCase("nonidempotent-ddl", [1], "alter type t add value 'b';"),
      RuleCase("nonidempotent-ddl", [], "alter type t add value if not exists 'b';"),
      RuleCase("nonidempotent-ddl", [1], "create trigger t before update on a execute function f();"),
      RuleCase(
        "nonidempotent-ddl", [],
        "drop trigger if exists t on a; create trigger t before update on a execute function f();"),
      RuleCase(
        "nonidempotent-ddl", [1],
        "drop trigger if exists t on b; create trigger t before update on a execute function f();"),
      RuleCase("nonidempotent-ddl", [1], "create policy p on a using (true);"),
      RuleCase("nonidempotent-ddl", [1, 2, 3], "alter table a add b int,\ndrop column c,\ndrop constraint d;"),
      RuleCase("nonidempotent-ddl", [1], "alter table a add constraint c check (b > 0);"),
      RuleCase(
        "nonidempotent-ddl", [],
        "alter table a drop constraint if exists c, add constraint c check (b > 0);"),
      RuleCase(
        "nonidempotent-ddl", [3],
        "drop policy if exists p on a;\ncreate policy p on a using (true);\ncreate policy p on a using (true);"),
      RuleCase(
        "nonidempotent-ddl", [3],
        "alter table a drop constraint if exists c;\nalter table a add constraint c check (b > 0);\n"
          + "alter table a add constraint c check (b > 0);"),
      RuleCase(
        "nonidempotent-ddl", [],
        "drop function if exists f(int); drop function if exists f(text);\n"
          + "create function f(int) returns int language sql as 'select 1';\n"
          + "create function f(text) returns int language sql as 'select 1';"),
      RuleCase("nonidempotent-ddl", [1, 2], "alter table a add primary key (b),\nadd foreign key (b) references c;"),
      RuleCase(
        "nonidempotent-ddl", [], "alter table a drop constraint if exists a_pkey; alter table a add primary key (b);"),
      RuleCase("nonidempotent-ddl", [1], "drop function f();"),
      RuleCase("nonidempotent-ddl", [1], "drop policy p on a;"),
      RuleCase("nonidempotent-ddl", [1], "create schema s;"),
      RuleCase("nonidempotent-ddl", [1], "create extension e;"),
      RuleCase("nonidempotent-ddl", [1], "create sequence s;"),
      RuleCase("nonidempotent-ddl", [], "insert into a values (1); alter table a rename to b; grant select on b to c;"),
    ])
  func repetition(_ example: RuleCase) async {
    await expect(example)
  }

  @Test(
    "literals that mean something in one environment only",
    arguments: [
      RuleCase(
        "hardcoded-identifier", [2],
        "insert into a (id) values\n('3f2b1c9e-8d7a-4e6f-9b0c-1a2d3e4f5a6b');"),
      RuleCase("hardcoded-identifier", [], "insert into a (id) values ('00000000-0000-0000-0000-000000000000');"),
      RuleCase("hardcoded-identifier", [], "insert into a (id) values (gen_random_uuid());"),
      RuleCase(
        "hardcoded-identifier", [],
        "create table a (id uuid default '3f2b1c9e-8d7a-4e6f-9b0c-1a2d3e4f5a6b');"),
      RuleCase("hardcoded-identifier", [1], "create policy p on a using (auth.email() = 'jane.doe@acme.io');"),
      RuleCase("hardcoded-identifier", [], "insert into a values ('jane@example.com'), ('x@y.test'), ('@acme.io');"),
      RuleCase("hardcoded-identifier", [], "insert into a values ('%@acme.io'), ('a@b'), ('not @ an.address');"),
      RuleCase("hardcoded-identifier", [1], "delete from a where phone = '+49 (170) 123-4567';"),
      RuleCase("hardcoded-identifier", [], "insert into a values ('+1'), ('1700000000'), ('2024-01-01');"),
      RuleCase(
        "hardcoded-identifier", [],
        "create function f() returns void language plpgsql as $$ begin update a set b = 'jane.doe@acme.io'; end $$;"),
      RuleCase("hardcoded-identifier", [2], "do $$ begin\nupdate a set b = 'jane.doe@acme.io'; end $$;"),
      RuleCase("hardcoded-identifier", [2], "delete from a where b > 2 and\na.id = 42;"),
      RuleCase("hardcoded-identifier", [1], "update a set owner_id = 17 where name = 'x';"),
      RuleCase("hardcoded-identifier", [1], "create policy p on a using (org_id in (7, 9));"),
      RuleCase("hardcoded-identifier", [1], "do $$ begin delete from a where \"userId\" not in (5); end $$;"),
      RuleCase("hardcoded-identifier", [], "update a set b = 17, paid = 2 where id = 1 or id > 5 or valid = 3;"),
      RuleCase("hardcoded-identifier", [], "insert into roles (id, name) values (2, 'editor');"),
      RuleCase("hardcoded-identifier", [], "do $$ declare my_id int; begin my_id := 5; end $$;"),
      RuleCase("hardcoded-identifier", [1], "insert into auth.users (email) values ('jane.doe@acme.io');"),
      RuleCase("hardcoded-identifier", [], "insert into a values ('c0000000-0000-0000-0000-000000000000');"),
    ])
  func identifiers(_ example: RuleCase) async {
    await expect(example)
  }

  private func expect(_ example: RuleCase) async {
    let report = await lint(example.sql)

    #expect(report.of(example.rule).map(\.start.line) == example.lines)
    #expect(report.of("syntax-error").isEmpty)
  }
}
