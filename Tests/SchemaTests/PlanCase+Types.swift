/// Pairs that broke plans, or other tools: types.
extension PlanCase {
  static let hardTypes = [
    PlanCase(
      "a column becomes an enum",
      """
      create table x (id int, s text not null default 'a'); create index on x (s); create view v as select s from
      x;
      insert into x values (1, 'a'), (2, 'b');
      """,
      """
      create type t as enum ('a', 'b'); create table x (id int, s t not null default 'a'); create index on x (s);
      create view v as select s from x;
      insert into x values (1, 'a'), (2, 'b');
      """),
    PlanCase(
      "domains in arrays, composites and tables",
      """
      create domain d as int check (value > 0); create type c as (d d, ds d[]); create table x (id int, d d, ds
      d[], c c); create domain e as d check (value < 100);
      create table y (e e default 5);
      insert into x values (1, 1, '{1,2}', row(1, '{2}')); insert into y values (6);
      """,
      """
      create domain d as bigint check (value > 0); create type c as (d d, ds d[]); create table x (id int, d d, ds
      d[], c c); create domain e as d check (value < 50);
      create table y (e e default 5);
      insert into x values (1, 1, '{1,2}', row(1, '{2}')); insert into y values (6);
      """),
    PlanCase(
      "a domain's constraints, used in an array",
      """
      create domain d as text; create table x (ds d[], d d); insert into x values ('{a}', 'a');
      """,
      """
      create domain d as text constraint c check (value <> '') not null default 'z'; create table x (ds d[], d d);
      insert into x values ('{a}', 'a');
      """),
    PlanCase(
      "attributes of a composite type that tables, functions and views use",
      """
      create type c as (a int, b text); create table x (id int, c c, cs c[]); create function f(c) returns int
      language sql as 'select ($1).a';
      create view v as select (c).a from x; create function g() returns setof c language sql as
      $$ select 1, 'x' $$;
      insert into x values (1, row(1, 'b'), array[row(1, 'b')::c]);
      """,
      """
      create type c as (a bigint, b text, d date); create table x (id int, c c, cs c[]); create function f(c)
      returns int language sql as 'select ($1).a::int';
      create view v as select (c).a from x; create function g() returns setof c language sql as
      $$ select 1::bigint, 'x', null::date $$;
      insert into x values (1, row(1, 'b', null), array[row(1, 'b', null)::c]);
      """),
    PlanCase(
      "an attribute in the middle of a composite type",
      """
      create type c as (a int, z text); create table x (id int, c c); insert into x values (1, row(1, 'b'));
      """,
      """
      create type c as (a int, m int, z text); create table x (id int, c c); insert into x values (1, row(1, null,
      'b'));
      """),
    PlanCase(
      "a range type and its multirange, used",
      """
      create type span as range (subtype = float8); create table x (s span, m span_multirange); create function
      f(span) returns int language sql as 'select 1';
      """,
      """
      create type span as range (subtype = numeric, multirange_type_name = spans); create table x (s span, m
      spans); create function f(span) returns int language sql as 'select 1';
      """),
    PlanCase(
      "text search that an index uses",
      """
      create text search configuration words (copy = simple); create table a (t text, v tsvector generated always
      as (to_tsvector('public.words', t)) stored); create index on a using gin (v);
      insert into a (t) values ('x y');
      """,
      """
      create text search dictionary simply (template = simple, accept = false);
      create text search configuration words (copy = english); alter text search configuration words alter mapping
      for asciiword with simply, simple;
      create table a (t text, v tsvector generated always as (to_tsvector('public.words', t)) stored); create
      index on a using gin (v);
      insert into a (t) values ('x y');
      """),
    PlanCase(
      "a type becomes another kind of type",
      """
      create type t as enum ('a', 'b'); create table x (id int, t t); insert into x values (1, 'a');
      """,
      """
      create domain t as text check (value in ('a', 'b')); create table x (id int, t t); insert into x values (1,
      'a');
      """),
    PlanCase(
      "arrays and json and intervals as other types",
      """
      create table a (x int[], j json, d text, v varchar(5)[], b int, ts timestamp, n numeric(5, 2), bo int);
      insert into a values ('{1}', '{"a": 1}', '2026-01-01', '{a}', 1, '2026-01-01 10:00', 1.25, 1);
      """,
      """
      create table a (x bigint[], j jsonb, d date, v text[], b text, ts timestamptz, n numeric(10, 4), bo
      boolean); insert into a values ('{1}', '{"a": 1}', '2026-01-01', '{a}', '1', '2026-01-01 10:00', 1.25,
      true);
      """),
    PlanCase(
      "a scalar becomes an array, and text json",
      """
      create table a (x int default 5, t text default 'a', u uuid); insert into a values (1, '{"a": 1}',
      '00000000-0000-4000-8000-000000000001');
      """,
      """
      create table a (x int default 5, t jsonb default '{}', u text); insert into a values (1, '{"a": 1}',
      '00000000-0000-4000-8000-000000000001');
      """),
    PlanCase(
      "a table of a type",
      """
      create type t as (id int, n text); create table a of t (primary key (id)); insert into a values (1, 'x');
      """,
      """
      create type t as (id int, n text); create table a (id int primary key, n text); create table b of t (n
      default 'x'); insert into a values (1, 'x');
      """),
    PlanCase(
      "a table of which others have rows in their columns",
      """
      create table a (id int, n int); create table b (id int, a a, many a[]); insert into b values (1, row(1, 2),
      array[row(3, 4)::a]);
      """,
      """
      create table a (id bigint, m text, n int); create table b (id int, a a, many a[]); insert into b values (1,
      row(1, null, 2), array[row(3, null, 4)::a]);
      """),
    PlanCase(
      "a domain over a domain, whose base becomes another",
      """
      create domain d as varchar(5); create domain e as d check (value <> ''); create table x (id int, e e default
      'a', many e[]); create function f(e) returns d language sql as 'select $1::d'; create view v as select e
      from x; insert into x values (1, 'a', '{b}');
      """,
      """
      create domain d as varchar(9) default 'z'; create domain e as d check (value <> 'q'); create table x (id
      int, e e default 'a', many e[]); create function f(e) returns d language sql as 'select $1::d'; create view
      v as select e from x; insert into x values (1, 'a', '{b}');
      """),
    PlanCase(
      "a composite type within another, and a view that takes it apart",
      """
      create type i as (a int, b text); create type o as (i i, n int); create table x (id int, o o, ois o[]);
      create view v as select (o).i as i, ((o).i).a as a from x; insert into x values (1, row(row(1, 'b'), 2),
      array[row(row(3, 'c'), 4)::o]);
      """,
      """
      create type i as (a int, m date, b text); create type o as (i i, n int); create table x (id int, o o, ois
      o[]); create view v as select (o).i as i, ((o).i).a as a from x; insert into x values (1, row(row(1, null,
      'b'), 2), array[row(row(3, null, 'c'), 4)::o]);
      """),
    PlanCase(
      "an enum in a composite type in an array, with a label that goes",
      """
      create type e as enum ('a', 'b', 'c'); create type c as (e e, n int); create table x (id int, c c, cs c[],
      es e[]); insert into x values (1, row('a', 1), array[row('b', 2)::c], '{a,b}');
      """,
      """
      create type e as enum ('b', 'a'); create type c as (e e, n int); create table x (id int, c c, cs c[], es
      e[]); insert into x values (1, row('a', 1), array[row('b', 2)::c], '{a,b}');
      """),
    PlanCase(
      "an enum in generated columns, checks, exclusion constraints and partial indexes",
      """
      create extension btree_gist; create type e as enum ('a', 'b'); create function code(e) returns int language
      sql immutable as $$ select case $1 when 'a' then 1 else 2 end $$; create table x (id int, e e, g int
      generated always as (code(e)) stored, d daterange, constraint c check (e in ('a', 'b')), exclude using gist
      (e with =, d with &&)); create unique index on x (id) where e = 'a'; insert into x (id, e) values (1, 'a');
      """,
      """
      create extension btree_gist; create type e as enum ('b', 'a'); create function code(e) returns int language
      sql immutable as $$ select case $1 when 'a' then 1 else 2 end $$; create table x (id int, e e, g int
      generated always as (code(e)) stored, d daterange, constraint c check (e in ('a', 'b')), exclude using gist
      (e with =, d with &&)); create unique index on x (id) where e = 'a'; insert into x (id, e) values (1, 'a');
      """),
    PlanCase(
      "text search parsers, templates aside: dictionaries that change",
      """
      create text search dictionary d (template = simple, stopwords = english); create text search configuration c
      (copy = english); alter text search configuration c alter mapping for asciiword with d;
      """,
      """
      create text search dictionary d (template = simple, accept = false); create text search configuration c
      (copy = english); alter text search configuration c drop mapping for word; alter text search configuration c
      alter mapping for asciiword with d, english_stem; comment on text search configuration c is 'c';
      """),
  ]
}
