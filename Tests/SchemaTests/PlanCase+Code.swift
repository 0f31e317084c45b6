/// Pairs that broke plans, or other tools: code.
extension PlanCase {
  static let hardCode = [
    PlanCase(
      "an enum loses a label that a default, a view, a function, a policy and an index name",
      """
      create type t as enum ('a', 'b', 'c');
      create table x (id int primary key, s t not null default 'b', ss t[] default '{a,b}', check (s <> 'c'));
      create index on x (s) where s = 'b'; create view v as select id, s from x where s = 'b';
      create function f(t) returns boolean language sql immutable as $$ select $1 = 'a' $$;
      alter table x enable row level security; create policy p on x using (f(s));
      create type c as (s t, n int); create domain d as t check (value <> 'c'); create table z (c c, d d);
      insert into x (id, s, ss) values (1, 'b', '{a}'), (2, 'b', null); insert into z values (row('a', 1), 'b');
      """,
      """
      create type t as enum ('b', 'a');
      create table x (id int primary key, s t not null default 'b', ss t[] default '{a,b}', check (s <> 'a'));
      create index on x (s) where s = 'b'; create view v as select id, s from x where s = 'b';
      create function f(t) returns boolean language sql immutable as $$ select $1 = 'a' $$;
      alter table x enable row level security; create policy p on x using (f(s));
      create type c as (s t, n int); create domain d as t check (value <> 'a'); create table z (c c, d d);
      insert into x (id, s, ss) values (2, 'b', '{b}'); insert into z values (row('b', 1), 'b');
      """),
    PlanCase(
      "checks that call functions",
      """
      create function ok(int) returns boolean language sql immutable as $$ select $1 > 0 $$;
      create table a (n int constraint c check (ok(n))); insert into a values (1);
      """,
      """
      create function ok(bigint) returns boolean language sql immutable as $$ select $1 > 0 $$;
      create table a (n bigint constraint c check (ok(n))); insert into a values (1);
      """),
    PlanCase(
      "a function's return type under a view, a policy, a default, a check, an index and a trigger",
      """
      create function f(int) returns int language sql immutable as 'select $1';
      create table a (n int default f(1) check (f(n) > 0)); create index on a (f(n)); create view v as select f(n)
      as x from a;
      alter table a enable row level security; create policy p on a using (f(n) = 1); grant select on v to anon;
      comment on view v is 'v';
      grant execute on function f(int) to anon; insert into a values (1);
      """,
      """
      create function f(int) returns bigint language sql immutable as 'select $1::bigint';
      create table a (n int default f(1) check (f(n) > 0)); create index on a (f(n)); create view v as select f(n)
      as x from a;
      alter table a enable row level security; create policy p on a using (f(n) = 1); grant select on v to anon;
      comment on view v is 'v';
      grant execute on function f(int) to anon; insert into a values (1);
      """),
    PlanCase(
      "names of a function's arguments, and its defaults",
      """
      create function f(a int, b int default 1) returns int language sql as 'select 1'; create view v as select
      f(1) as x;
      create function o(out x int, out y int) language sql as 'select 1, 2';
      create function t() returns table (a int) language sql as 'select 1';
      """,
      """
      create function f(c int, b int) returns int language sql as 'select 1'; create view v as select f(1, 2) as
      x;
      create function o(out x int, out z int) language sql as 'select 1, 2';
      create function t() returns table (a int, b text) language sql as $$ select 1, 'b' $$;
      """),
    PlanCase(
      "a function becomes a procedure, an aggregate changes",
      """
      create function f(int) returns void language sql as 'select 1'; create aggregate total(int) (sfunc = int4pl,
      stype = int, initcond = '0');
      create table a (n int); create view v as select total(n) from a;
      """,
      """
      create procedure f(int) language sql as 'select 1'; create aggregate total(int) (sfunc = int4pl, stype =
      int, initcond = '1');
      create table a (n int); create view v as select total(n) from a;
      """),
    PlanCase(
      "a function's settings, cost, and support",
      """
      create function f(int) returns setof int language sql immutable strict parallel safe cost 5 rows 7 as
      'select $1';
      """,
      """
      create function f(int) returns setof int language sql stable security definer set search_path = '' set
      work_mem = '4MB' as 'select $1';
      """),
    PlanCase(
      "operators with commutators, and a class of them",
      """
      create type pair as (a int, b int);
      create function pair_eq(pair, pair) returns boolean language sql immutable as 'select $1.a = $2.a';
      create operator === (leftarg = pair, rightarg = pair, function = pair_eq, commutator = ===);
      """,
      """
      create type pair as (a int, b int);
      create function pair_eq(pair, pair) returns boolean language sql immutable as 'select $1.a = $2.a';
      create function pair_ne(pair, pair) returns boolean language sql immutable as 'select $1.a <> $2.a';
      create operator === (leftarg = pair, rightarg = pair, function = pair_eq, commutator = ===, negator = !==);
      create operator !== (leftarg = pair, rightarg = pair, function = pair_ne, commutator = !==, negator = ===);
      """),
    PlanCase(
      "casts with functions",
      """
      create type pair as (a int, b int);
      create function to_pair(int) returns pair language sql immutable as 'select row($1, $1)::pair'; create cast
      (int as pair) with function to_pair(int);
      """,
      """
      create type pair as (a int, b int);
      create function to_pair(int) returns pair language sql immutable as 'select row($1, 0)::pair'; create cast
      (int as pair) with function to_pair(int) as implicit;
      create table x (p pair default 1::pair);
      """),
    PlanCase(
      "rules, and one on a view",
      """
      create table a (id int); create table log (id int); create rule r as on insert to a do also insert into log
      values (new.id);
      create view v as select id from a; create rule vi as on insert to v do instead insert into a values
      (new.id);
      """,
      """
      create table a (id bigint); create table log (id bigint, n int); create rule r as on insert to a where
      new.id > 0 do also insert into log values (new.id);
      create view v as select id from a; create rule vi as on insert to v do instead insert into a values
      (new.id); alter table a disable rule r;
      """),
    PlanCase(
      "event triggers that change",
      """
      create function w() returns event_trigger language plpgsql as 'begin end'; create event trigger e on
      ddl_command_end execute function w(); alter event trigger e disable;
      """,
      """
      create function w2() returns event_trigger language plpgsql as 'begin end'; create event trigger e on
      sql_drop when tag in ('DROP TABLE') execute function w2(); comment on event trigger e is 'e';
      """),
    PlanCase(
      "publications of tables, columns, schemas and all", since: 15,
      """
      create schema s; create table a (id int primary key, n int); create table s.b (id int primary key); create
      publication p for table a (id), s.b; create publication q for all tables; create publication r;
      """,
      """
      create schema s; create table a (id int primary key, n int); create table s.b (id int primary key); create
      publication p for table a where (n > 0), tables in schema s; create publication q for table a; create
      publication r for tables in schema s with (publish = 'insert, delete');
      """),
    PlanCase(
      "triggers of partitioned tables",
      """
      create function g() returns trigger language plpgsql as $$ begin return new; end $$; create table d (day
      date not null, n int) partition by range (day); create table d1 partition of d for values from
      ('2026-01-01') to ('2026-02-01'); create trigger t after insert on d for each row execute function g();
      create trigger own before insert on d1 for each row execute function g();
      """,
      """
      create function g() returns trigger language plpgsql as $$ begin return new; end $$; create table d (day
      date not null, n int) partition by range (day); create table d1 partition of d for values from
      ('2026-01-01') to ('2026-02-01'); create table d2 partition of d default; create trigger t after insert or
      update of n on d for each row when (new.n > 0) execute function g('x', 'it''s'); alter table d1 disable
      trigger t; create trigger own before insert on d1 for each row execute function g(); alter table d1 enable
      always trigger own;
      """),
    PlanCase(
      "triggers with transition tables, constraint triggers, and their states",
      """
      create function g() returns trigger language plpgsql as $$ begin return null; end $$; create table a (id
      int); create trigger s after insert on a referencing new table as rows for each statement execute function
      g(); create constraint trigger c after insert on a deferrable for each row execute function g(); create view
      v as select id from a; create trigger i instead of insert on v for each row execute function g(); alter
      table a disable trigger s;
      """,
      """
      create function g() returns trigger language plpgsql as $$ begin return null; end $$; create table a (id
      bigint); create trigger s after update on a referencing new table as rows old table as old_rows for each
      statement execute function g(); create constraint trigger c after insert on a deferrable initially deferred
      for each row execute function g(); create view v as select id from a; create trigger i instead of insert on
      v for each row execute function g(); alter table a enable replica trigger s;
      """),
    PlanCase(
      "bodies in SQL's own form that need each other",
      """
      create table a (id int, n int); create function f() returns int begin atomic select max(id) from a; end;
      create function g() returns int begin atomic select f() + 1; end; create view v as select g() as x; create
      procedure p(x int) begin atomic insert into a values (x, f()); end;
      """,
      """
      create table a (id bigint, n int, m int); create function f() returns bigint begin atomic select max(id)
      from a; end; create function g() returns int begin atomic select f()::int + 1; end; create view v as select
      g() as x; create procedure p(x int) begin atomic insert into a (id, m) values (x, f()); end;
      """),
    PlanCase(
      "types that change under functions and procedures",
      """
      create type e as enum ('a', 'b'); create function f(e, e[] default '{a}') returns e language sql as
      $$ select 'a'::e $$; create procedure p(inout x e) language plpgsql as $$ begin x := 'b'; end $$; create
      function tb() returns table (x e) language sql as $$ select 'a'::e $$;
      """,
      """
      create type e as enum ('b', 'c'); create function f(e, e[] default '{b}') returns e language sql as
      $$ select 'b'::e $$; create procedure p(inout x e) language plpgsql as $$ begin x := 'b'; end $$; create
      function tb() returns table (x e) language sql as $$ select 'b'::e $$;
      """),
    PlanCase(
      "a column's default needs a function that reads the table",
      """
      create table a (id int primary key, n int); insert into a values (1, 1);
      """,
      """
      create table a (id int primary key, n int); create function top() returns int language sql stable as
      'select max(n) + 1 from public.a'; alter table a alter n set default top(); alter table a add check (n <=
      top()); insert into a values (1, 1);
      """),
    PlanCase(
      "procedures, functions with variadic and polymorphic arguments",
      """
      create function f(variadic int[]) returns int language sql as 'select 1'; create function g(anyelement)
      returns anyelement language sql as 'select $1'; create procedure p(in a int, inout b text) language plpgsql
      as $$ begin b := 'x'; end $$;
      """,
      """
      create function f(variadic text[]) returns int language sql as 'select 1'; create function g(anyarray)
      returns anyelement language sql as 'select $1[1]'; create procedure p(in a int, inout b text, in c int
      default 1) language plpgsql as $$ begin b := 'y'; end $$;
      """),
    PlanCase(
      "a function's arguments of a table's type, and a table that changes",
      """
      create table a (id int, n int); create function full_name(a) returns text language sql stable as
      'select $1.n::text'; create view v as select full_name(a) as f from a; create index on a (n);
      """,
      """
      create table a (id int, n text); create function full_name(a) returns text language sql stable as
      'select $1.n'; create view v as select full_name(a) as f from a; create index on a (n);
      """),
    PlanCase(
      "triggers that refuse rows, on a table that is made anew",
      """
      create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create table
      a (id int, z text); insert into a values (1, 'x'); create trigger t before insert on a for each row execute
      function no();
      """,
      """
      create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create table
      a (id int, m int, z text); insert into a values (1, null, 'x'); create trigger t before insert on a for each
      row execute function no();
      """),
    PlanCase(
      "a trigger's function with arguments of another kind, and names that are the table's",
      """
      create table orders (id int, orders int); create function orders() returns trigger language plpgsql as
      $$ begin return new; end $$; create trigger orders before insert on orders for each row execute function
      orders(); alter table orders add constraint orders check (orders > 0);
      """,
      """
      create table orders (id int, orders bigint); create function orders(x int) returns int language sql as
      'select 1'; create function orders() returns trigger language plpgsql as
      $$ begin new.id := 1; return new; end $$; create trigger orders after insert on orders for each row execute
      function orders('a'); alter table orders add constraint orders check (orders > 1); create index
      orders_orders on orders (orders);
      """),
    PlanCase(
      "an aggregate with all its functions", "",
      """
      create function finish(int) returns text language sql immutable as 'select $1::text';
      create aggregate total(int) (
        sfunc = int4pl, stype = int, finalfunc = finish, combinefunc = int4pl, initcond = '0', msfunc = int4pl,
        minvfunc = int4mi, mstype = int, mfinalfunc = finish, minitcond = '0');
      """),
    PlanCase(
      "values made with functions whose bodies call others that come later",
      "create table a (id int); create domain d as text",
      """
      create function third(n int) returns int language sql immutable as 'select n';
      create function second(n int) returns int language sql immutable as 'select public.third(n) + 1';
      create function first(n int) returns int language sql immutable as 'select public.second(n)';
      create table a (id int, n int default first(1), m int generated always as (first(id)) stored);
      create index i on a (first(id)); create materialized view early as select first(1) as n;
      """),
    PlanCase(
      "functions that call each other", "",
      """
      create function even(n int) returns bool language plpgsql immutable as
      $$ begin return n = 0 or public.odd(n - 1); end $$;
      create function odd(n int) returns bool language sql immutable as $$ select n <> 0 and public.even(n - 1) $$;
      create table a (n int check (even(n)));
      """),
    PlanCase(
      "a policy over a view of its own table", "",
      """
      create table a (id int, active bool); create view v as select id from a where active;
      create policy p on a using (id in (select id from v));
      """),
  ]
}
