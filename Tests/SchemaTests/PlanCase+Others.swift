/// Pairs that broke plans, or other tools: others.
extension PlanCase {
  static let hardOthers = [
    PlanCase(
      "statistics that change, over expressions",
      """
      create table a (x int, y int, z text); create statistics s (ndistinct) on x, y from a; create statistics e
      on (x + y) from a;
      """,
      """
      create table a (x bigint, y int, z text); create statistics s (ndistinct, dependencies) on x, y from a;
      create statistics e on (x + y), (lower(z)) from a; comment on statistics e is 'e';
      """),
    PlanCase(
      "foreign tables, servers and wrappers that change",
      """
      create foreign data wrapper w; create server far type 't' version '1' foreign data wrapper w options (host
      'h');
      create user mapping for public server far options (user 'bob');
      create foreign table away (id int options (column_name 'ID') not null, n text) server far options
      (table_name 'o'); create view v as select id from away;
      """,
      """
      create foreign data wrapper w options (debug 'true'); create server far version '2' foreign data wrapper w
      options (host 'g', port '1');
      create user mapping for public server far options (user 'alice', x 'y'); create user mapping for
      current_user server far;
      create foreign table away (id bigint options (column_name 'id') not null, m text default 'x', constraint c
      check (id > 0)) server far options (table_name 'p', schema_name 's'); create view v as select id from away;
      """),
    PlanCase(
      "extensions that change their schema, and go",
      """
      create schema s; create schema t; create extension citext schema s; create extension pg_trgm; create table x
      (c s.citext, t text); create index on x using gin (t gin_trgm_ops); insert into x values ('A', 'b');
      """,
      """
      create schema s; create schema t; create extension citext schema t; create extension hstore; create table x
      (c t.citext, t text, h hstore default 'a=>1'); insert into x values ('A', 'b');
      """),
    PlanCase(
      "long, mixed and strange names",
      """
      create schema "My Schema"; create table "My Schema"."Ünïcödé ""quoted"" 表" ("Column One" serial, "select"
      text default 'it''s', "a.b" int); create table
      public.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi
      (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi int, z int);
      """,
      """
      create schema "My Schema"; create table "My Schema"."Ünïcödé ""quoted"" 表" ("Column One" serial primary key,
      "new ""one"" x" date, "select" varchar(9) default 'it''s' check ("select" <> ''), "a.b" int); create index
      "Ix 1" on "My Schema"."Ünïcödé ""quoted"" 表" ("a.b", lower("select")); alter table
      "My Schema"."Ünïcödé ""quoted"" 表" enable row level security; create policy "Own Rows" on
      "My Schema"."Ünïcödé ""quoted"" 表" using ("a.b" > 0); comment on column
      "My Schema"."Ünïcödé ""quoted"" 表"."a.b" is 'ü';
      create table public.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi
      (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi int, n int, z int, unique
      (abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi));
      """),
    PlanCase(
      "one name for things of several kinds and schemas",
      """
      create schema x; create table x.x (x int); create function x.x() returns int language sql as 'select 1';
      create table x (id int); create view x.y as select 1 as x; create index z on x (id);
      """,
      """
      create schema x; create view x.x as select 1 as x; create function x.x(int) returns int language sql as
      'select 1'; create sequence x; create table x.y (x int); create table z (id int); create type "type" as enum
      ('x');
      """),
    PlanCase(
      "a schema with everything in it",
      "",
      """
      create schema s; create type s.e as enum ('a'); create domain s.d as s.e; create table s.p (id serial
      primary key, e s.e default 'a', d s.d); create table s.c (p int references s.p, day date) partition by range
      (day); create table s.c1 partition of s.c default; create view s.v as select e from s.p; create materialized
      view s.m as select * from s.v; create index on s.m (e);
      create function s.f() returns trigger language plpgsql as 'begin return new; end'; create trigger t before
      insert on s.p for each row execute function s.f(); create rule r as on delete to s.p do instead nothing;
      alter table s.p enable row level security; create policy q on s.p using (e = 'a'); create function s.g(s.p)
      returns s.e language sql stable as 'select $1.e'; create statistics s.st on id, e from s.p; create aggregate
      s.ag(int) (sfunc = int4pl, stype = int); create procedure s.pr() language sql as 'select 1'; create operator
      s.=== (leftarg = int, rightarg = int, function = int4eq); create extension citext schema s; create table
      s.ct (c s.citext);
      alter default privileges in schema s grant select on tables to anon; grant usage on schema s to anon;
      """),
    PlanCase(
      "a table moves to another schema of the same names",
      """
      create schema s; create type t as enum ('a'); create table a (id serial primary key, t t); create view v as
      select * from a;
      """,
      """
      create schema s; create type s.t as enum ('a'); create table s.a (id serial primary key, t s.t); create view
      s.v as select * from s.a; create view v as select * from s.a;
      """),
    PlanCase(
      "security labels aside, languages and transforms stay; conversions come",
      "",
      """
      create conversion myconv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8; create operator family fam using
      btree; create operator class myint for type int using btree family fam as operator 1 <, operator 2 <=,
      operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(int, int); create table a (id int); create
      index on a (id myint);
      """),
    PlanCase(
      "columns of foreign tables that change",
      """
      create foreign data wrapper w; create server s foreign data wrapper w;
      create foreign table f (id int, n int not null, t text default 'x', gone int) server s;
      """,
      """
      create foreign data wrapper w; create server s foreign data wrapper w;
      create foreign table f (id bigint, n int, t text, come int not null default 0) server s;
      """),
    PlanCase(
      "a foreign table that is a partition", "create foreign data wrapper w; create server s foreign data wrapper w",
      """
      create foreign data wrapper w; create server s foreign data wrapper w;
      create table d (id int not null, n int) partition by list (id);
      create foreign table f partition of d for values in (1) server s;
      """),
    PlanCase(
      "the tags of an event trigger in another order",
      """
      create function w() returns event_trigger language plpgsql as 'begin end';
      create event trigger e on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function w();
      """,
      """
      create function w() returns event_trigger language plpgsql as 'begin end';
      create event trigger e on ddl_command_end when tag in ('ALTER TABLE', 'CREATE TABLE') execute function w();
      """),
  ]
}
