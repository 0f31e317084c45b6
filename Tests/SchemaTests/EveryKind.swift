/// Objects of every kind that PostgreSQL 15 has a `CREATE` command for.
enum EveryKind {
  /// What the objects below are made with.
  static let before = """
    create table orders (id int primary key, a int, b int);
    create type pt;
    create function pt_in(cstring) returns pt language internal immutable strict as 'int4in';
    create function pt_out(pt) returns cstring language internal immutable strict as 'int4out';
    create type pt (input = pt_in, output = pt_out, internallength = 4, passedbyvalue);
    create type announced;
    create function announced_in(cstring) returns announced language internal immutable strict as 'int4in';
    create function announced_out(announced) returns cstring language internal immutable strict as 'int4out';
    create function distance(int, int) returns float8 language sql immutable as 'select ($1 - $2)::float8';
    create function eq(int, bigint) returns bool language sql immutable as 'select $1 = $2';
    create function from_sql(internal) returns internal language internal immutable as 'int4in';
    create function touch() returns trigger language plpgsql as 'begin return new; end';
    create function watch() returns event_trigger language plpgsql as 'begin end';
    create foreign data wrapper w;
    create server far foreign data wrapper w;
    create operator family ints using btree;
    create text search dictionary simply (template = simple);

    """

  /// The kinds, as a fact or ``Unmodelled`` calls them, and a statement that makes an object of the kind.
  static let creations = [
    ("access method", "create access method heap2 type table handler heap_tableam_handler"),
    ("aggregate", "create aggregate total(int) (sfunc = int4pl, stype = int)"),
    ("base type", "create type shell"),
    (
      "base type",
      "create type announced (input = announced_in, output = announced_out, internallength = 4, passedbyvalue)"
    ),
    ("cast", "create cast (int as inet) with inout"),
    ("collation", "create collation plain (provider = libc, locale = 'C')"),
    ("composite type", "create type pair as (a int)"),
    ("conversion", "create conversion latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8"),
    ("domain", "create domain email as text"),
    ("enum", "create type status as enum ()"),
    ("event trigger", "create event trigger e on sql_drop execute function watch()"),
    ("extension", "create extension citext"),
    ("foreign data wrapper", "create foreign data wrapper wrapper"),
    ("foreign server", "create server farther foreign data wrapper w"),
    ("foreign table", "create foreign table away (id int) server far"),
    ("function", "create function one() returns int language sql as 'select 1'"),
    ("index", "create index by_a on orders (a)"),
    (
      "language",
      "create trusted language mine handler plpgsql_call_handler validator plpgsql_validator"
    ),
    ("materialized view", "create materialized view m as select 1 as one"),
    ("operator", "create operator === (leftarg = int, rightarg = bigint, function = eq)"),
    (
      "operator class",
      "create operator class mine for type pt using hash as storage pt"
    ),
    ("operator family", "create operator family others using hash"),
    ("policy", "create policy own on orders using (true)"),
    ("procedure", "create procedure p() language plpgsql as 'begin end'"),
    ("publication", "create publication pub"),
    ("range type", "create type span as range (subtype = int)"),
    ("rule", "create rule quiet as on insert to orders do instead nothing"),
    ("schema", "create schema back"),
    ("sequence", "create sequence numbers"),
    ("statistics", "create statistics joint on a, b from orders"),
    ("table", "create table items ()"),
    ("table", "create table copied as select 1 as one"),
    ("text search configuration", "create text search configuration words (copy = simple)"),
    ("text search dictionary", "create text search dictionary words (template = simple)"),
    (
      "text search parser",
      "create text search parser words "
        + "(start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, lextypes = prsd_lextype)"
    ),
    ("text search template", "create text search template words (lexize = dsimple_lexize)"),
    ("transform", "create transform for pt language plpgsql (from sql with function from_sql(internal))"),
    ("trigger", "create trigger t before update on orders for each row execute function touch()"),
    ("user mapping", "create user mapping for anon server far"),
    ("view", "create view v as select 1 as one"),
    // Subscriptions are told apart in a test of their own: a database with one cannot be dropped.
  ]

  /// Something that can be commented on, of every kind that the objects above bring.
  static let commented = [
    "access method heap2", "aggregate total(int)", "type shell", "type announced", "cast (int as inet)",
    "collation plain", "type pair", "conversion latin", "domain email", "type status", "event trigger e",
    "foreign data wrapper wrapper", "server farther", "foreign table away", "column away.id",
    "function one()", "index by_a", "language mine", "materialized view m", "operator === (int, bigint)",
    "operator class mine using hash", "operator family others using hash", "policy own on orders", "procedure p()",
    "publication pub", "type span", "rule quiet on orders", "schema back", "sequence numbers", "statistics joint",
    "table items", "text search configuration words", "text search dictionary words", "text search parser words",
    "text search template words", "transform for pt language plpgsql", "trigger t on orders", "view v",
    "constraint orders_pkey on orders",
  ]
}
