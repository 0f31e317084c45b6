/// Pairs that broke plans, or other tools: access.
extension PlanCase {
  static let hardAccess = [
    PlanCase(
      "row security and restrictive policies with roles",
      """
      create table a (id int, owner text); alter table a enable row level security; create policy p on a as
      restrictive for select to anon using (true); create policy q on a for all to anon, authenticated using
      (owner = current_user) with check (true);
      """,
      """
      create table a (id int, owner uuid); alter table a enable row level security; alter table a force row level
      security; create policy p on a for select to anon using (true); create policy q on a for all to public using
      (owner is not null);
      """),
    PlanCase(
      "column grants, and grants of a column that goes",
      """
      create table a (id int, n int, m int); grant select (id, n), update (n) on a to anon; grant insert on a to
      authenticated with grant option; grant references (id) on a to authenticated;
      """,
      """
      create table a (id bigint, m int); grant select (id, m) on a to anon with grant option; grant insert (m) on
      a to authenticated; grant all on a to anon;
      """),
    PlanCase(
      "grants of all kinds of objects",
      """
      create schema s; create sequence s.q; create type s.t as enum ('a'); create domain s.d as int; create
      function s.f() returns int language sql as 'select 1'; create procedure s.p() language sql as 'select 1';
      create table s.a (id int); create view s.v as select 1 as x; grant all on all tables in schema s to anon;
      revoke usage on type s.t from public; grant execute on all routines in schema s to anon;
      """,
      """
      create schema s; create sequence s.q; create type s.t as enum ('a'); create domain s.d as int; create
      function s.f() returns int language sql as 'select 1'; create procedure s.p() language sql as 'select 1';
      create table s.a (id int); create view s.v as select 1 as x; grant usage, create on schema s to anon; grant
      select on s.v to anon; grant usage on type s.t, s.d to anon; revoke execute on all routines in schema s from
      public; grant update on sequence s.q to anon; grant truncate, trigger on s.a to anon;
      """),
    PlanCase(
      "default privileges of several kinds",
      """
      create schema s; alter default privileges in schema s grant select on tables to anon; alter default
      privileges grant usage on sequences to anon; alter default privileges revoke execute on functions from
      public; create table s.a (id serial); create function s.f() returns int language sql as 'select 1';
      """,
      """
      create schema s; alter default privileges in schema s grant all on tables to anon with grant option; alter
      default privileges grant usage on types to anon; alter default privileges grant usage on schemas to anon;
      create table s.a (id serial); create function s.f() returns int language sql as 'select 1'; create schema t;
      create type s.t as enum ('x');
      """),
    PlanCase(
      "comments on everything",
      """
      create schema s; create table s.a (id int constraint k primary key, n int constraint c check (n > 0));
      create index i on s.a (n); create view s.v as select 1 as x; create materialized view s.m as select 1 as x;
      create type s.t as (a int); create type s.e as enum ('a'); create domain s.d as int constraint dc check
      (value > 0); create sequence s.q; create function s.f(int) returns int language sql as 'select 1'; create
      aggregate s.g(int) (sfunc = int4pl, stype = int); create operator s.=== (leftarg = int, rightarg = int,
      function = int4eq); create collation s.co (provider = libc, locale = 'C');
      """,
      #"""
      create schema s; create table s.a (id int constraint k primary key, n int constraint c check (n > 0));
      create index i on s.a (n); create view s.v as select 1 as x; create materialized view s.m as select 1 as x;
      create type s.t as (a int); create type s.e as enum ('a'); create domain s.d as int constraint dc check
      (value > 0); create sequence s.q; create function s.f(int) returns int language sql as 'select 1'; create
      aggregate s.g(int) (sfunc = int4pl, stype = int); create operator s.=== (leftarg = int, rightarg = int,
      function = int4eq); create collation s.co (provider = libc, locale = 'C');
      comment on schema s is 's'; comment on table s.a is 'a'; comment on column s.a.n is 'n'; comment on
      constraint k on s.a is 'k'; comment on constraint c on s.a is E'c\n\'x\''; comment on index s.i is 'i';
      comment on view s.v is 'v'; comment on column s.v.x is 'x'; comment on materialized view s.m is 'm'; comment
      on column s.m.x is 'mx'; comment on type s.t is 't'; comment on column s.t.a is 'ta'; comment on type s.e is
      'e'; comment on domain s.d is 'd'; comment on constraint dc on domain s.d is 'dc'; comment on sequence s.q
      is 'q'; comment on function s.f(int) is 'f'; comment on aggregate s.g(int) is 'g'; comment on operator s.===
      (int, int) is 'op'; comment on collation s.co is 'co';
      """#),
    PlanCase(
      "owners of all kinds",
      """
      create schema s; create table s.a (id serial); create view s.v as select 1 as x; create function s.f()
      returns int language sql as 'select 1'; create type s.t as enum ('a'); create sequence s.q; create domain
      s.d as int; create type s.c as (a int); create materialized view s.m as select 1 as x;
      """,
      """
      create schema s; create table s.a (id serial); create view s.v as select 1 as x; create function s.f()
      returns int language sql as 'select 1'; create type s.t as enum ('a'); create sequence s.q; create domain
      s.d as int; create type s.c as (a int); create materialized view s.m as select 1 as x;
      grant create on schema s to anon; alter table s.a owner to anon; alter view s.v owner to anon; alter
      function s.f() owner to anon; alter type s.t owner to anon; alter sequence s.q owner to anon; alter domain
      s.d owner to anon; alter type s.c owner to anon; alter materialized view s.m owner to anon;
      """),
    PlanCase(
      "policies that call functions that read tables that have policies",
      """
      create table m (u text, t int); create table t (id int); alter table m enable row level security; alter
      table t enable row level security;
      create function member(int) returns boolean language sql stable security definer set search_path = '' as
      $$ select exists (select from public.m where t = $1) $$;
      create policy p on t using (member(id)); create policy q on m using (exists (select from t where id = m.t));
      """,
      """
      create table m (u uuid, t bigint); create table t (id bigint); alter table m enable row level security;
      alter table t enable row level security;
      create function member(bigint) returns boolean language sql stable security definer set search_path = '' as
      $$ select exists (select from public.m where t = $1) $$;
      create policy p on t to authenticated using (member(id)) with check (true); create policy q on m as
      restrictive using (exists (select from t where id = m.t));
      """),
    PlanCase(
      "column rights on a view and a partitioned table, and rights with grant option to public's kin",
      """
      create table d (id int, n int) partition by list (id); create table d1 partition of d for values in (1);
      create view v as select id, n from d; grant select (id) on d, v to anon; grant select on d1 to anon;
      """,
      """
      create table d (id int, n int) partition by list (id); create table d1 partition of d for values in (1);
      create view v as select id, n from d; grant select (n), update (n) on d to anon with grant option; grant
      insert (id) on v to authenticated; revoke all on d1 from anon; grant select on v to public;
      """),
    PlanCase(
      "grants that come in another order, and an owner that has none",
      """
      create table a (id int); grant select on a to anon; grant select on a to authenticated; grant insert on a to
      public; create table b (id int); grant all on b to anon, authenticated;
      """,
      """
      create table a (id int); grant insert on a to public; grant select on a to authenticated; grant select on a to
      anon; create table b (id int); revoke all on b from current_user; create function f() returns int language sql
      as 'select 1'; revoke all on function f() from public, current_user;
      """),
    PlanCase(
      "rights to call an aggregate over ordered rows", "",
      """
      create function step(state anyelement, value anyelement) returns anyelement language sql immutable as
      'select value'; create aggregate last_of(anyelement order by anyelement) (sfunc = step, stype = anyelement);
      grant execute on function last_of(anyelement, anyelement) to anon;
      """),
  ]
}
