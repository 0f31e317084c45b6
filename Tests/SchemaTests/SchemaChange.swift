import Testing

/// One change of a schema, and all that a difference says of it.
struct SchemaChange: Sendable, CustomTestStringConvertible {
  let name: String
  /// The version of PostgreSQL that has such a thing.
  let since: Int
  let before: String
  let change: String
  let lines: [String]

  init(_ name: String, since: Int = 14, before: String = "", _ change: String, _ lines: String...) {
    self.name = name
    self.since = since
    self.before = before
    self.change = change
    self.lines = lines
  }

  var testDescription: String { name }

  static let orders = "create table orders (id int primary key, status text); "
}

extension SchemaChange {
  static let tables = [
    SchemaChange(
      "a table", "create table orders (id int primary key, note text not null default 'x')",
      "+ table public.orders", "    + grants to tester (ALL)", "    + column id integer not null",
      "    + column note text not null default 'x'::text", "    + constraint orders_pkey PRIMARY KEY (id)"),
    SchemaChange(
      "a table's name", before: orders, "drop table orders; create table \"Order s\" ()",
      "+ table public.\"Order s\"", "    + grants to tester (ALL)",
      "- table public.orders", "    - grants to tester (ALL)", "    - column id integer not null",
      "    - column status text", "    - constraint orders_pkey PRIMARY KEY (id)"),
    SchemaChange(
      "row security", before: orders, "alter table orders enable row level security",
      "~ table public.orders", "    row security: no → yes"),
    SchemaChange(
      "forced row security", before: orders, "alter table orders force row level security",
      "~ table public.orders", "    force row security: no → yes"),
    SchemaChange(
      "an unlogged table", before: orders, "alter table orders set unlogged",
      "~ table public.orders", "    unlogged: no → yes"),
    SchemaChange(
      "a table's options", before: orders,
      "alter table orders set (fillfactor = 70, toast.autovacuum_enabled = false)",
      "~ table public.orders", "    options: none → fillfactor=70, toast.autovacuum_enabled=false"),
    SchemaChange(
      "a table's owner", before: orders, "alter table orders owner to anon",
      "~ table public.orders", "    owner: tester → anon", "    + grant to anon: ALL",
      "    - grant to tester: ALL"),
    SchemaChange(
      "replica identity", before: orders, "alter table orders replica identity full",
      "~ table public.orders", "    replica identity: none → full"),
    SchemaChange(
      "replica identity by index", before: orders,
      "alter table orders replica identity using index orders_pkey",
      "~ table public.orders", "    replica identity: none → index", "    ~ index orders_pkey",
      "        replica identity: no → yes"),
    SchemaChange(
      "a partition", before: "create table days (day date) partition by range (day); ",
      "create table days_1 partition of days for values from ('2026-01-01') to ('2026-02-01')",
      "+ table public.days_1 (FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'))",
      "    + grants to tester (ALL)", "    + column day date"),
    SchemaChange(
      "a partition that is detached",
      before: "create table days (day date) partition by list (day); create table rest partition of days default; ",
      "alter table days detach partition rest",
      "~ table public.rest", "    parents: public.days → none", "    partition bound: DEFAULT → none",
      "    ~ column day", "        inherited: yes → no"),
    SchemaChange(
      "inheritance", before: orders + "create table old (id int not null, status text)",
      "alter table old inherit orders",
      "~ table public.old", "    parents: none → public.orders", "    ~ column id",
      "        inherited: none → and local", "    ~ column status", "        inherited: none → and local"),
    SchemaChange(
      "another order of the same columns", before: orders,
      "alter table orders drop status, drop id; alter table orders add status text, add id int primary key",
      "~ table public.orders", "    column order: id, status → status, id"),
  ]

  static let columns = [
    SchemaChange(
      "a column", before: orders, "alter table orders add note text",
      "~ table public.orders", "    + column note text"),
    SchemaChange(
      "a column in the middle that goes", before: "create table t (a int, b int, c int)",
      "alter table t drop b", "~ table public.t", "    - column b integer"),
    SchemaChange(
      "a column's type", before: orders, "alter table orders alter status type varchar(20)",
      "~ table public.orders", "    ~ column status", "        type: text → character varying(20)"),
    SchemaChange(
      "NOT NULL", before: orders, "alter table orders alter status set not null",
      "~ table public.orders", "    ~ column status", "        not null: no → yes"),
    SchemaChange(
      "a default", before: orders, "alter table orders alter status set default 'open'",
      "~ table public.orders", "    + default of status: 'open'::text"),
    SchemaChange(
      "a changed default", before: orders + "alter table orders alter status set default 'a'",
      "alter table orders alter status set default 'b'",
      "~ table public.orders", "    ~ default of status", "        expression: 'a'::text → 'b'::text"),
    SchemaChange(
      "a collation", before: orders, #"alter table orders alter status type text collate "C""#,
      "~ table public.orders", "    ~ column status", #"        collation: none → pg_catalog."C""#),
    SchemaChange(
      "an identity column", before: orders, "alter table orders alter id add generated always as identity",
      "~ table public.orders", "    ~ column id", "        identity: none → always"),
    SchemaChange(
      "a serial column", before: orders, "alter table orders add number serial",
      "~ table public.orders",
      "    + column number integer not null default nextval('public.orders_number_seq'::regclass)"),
    SchemaChange(
      "a generated column", before: orders,
      "alter table orders add twice int generated always as (id * 2) stored",
      "~ table public.orders", "    + column twice integer generated always as ((id * 2))"),
    SchemaChange(
      "storage, statistics and options of a column", before: orders,
      """
      alter table orders alter status set storage external;
      alter table orders alter status set statistics 50;
      alter table orders alter status set (n_distinct = 5);
      """,
      "~ table public.orders", "    ~ column status", "        storage: none → external",
      "        statistics: none → 50", "        options: none → n_distinct=5"),
    SchemaChange(
      "a composed and a decomposed name", before: "create table t (\"\u{E9}\" int)",
      "alter table t rename \"\u{E9}\" to \"e\u{301}\"",
      "~ table public.t", "    + column \"e\u{301}\" integer", "    - column \"\u{E9}\" integer"),
  ]

  static let members = [
    SchemaChange(
      "a unique constraint", before: orders, "alter table orders add constraint one unique (status)",
      "~ table public.orders", "    + constraint one UNIQUE (status)"),
    SchemaChange(
      "a foreign key's action",
      before: orders + "create table items (order_id int constraint fk references orders)",
      "alter table items drop constraint fk, add constraint fk foreign key (order_id) references orders on delete cascade",
      "~ table public.items", "    ~ constraint fk", "        on delete: NO ACTION → CASCADE"),
    SchemaChange(
      "a check that is not valid yet",
      before: orders + "alter table orders add constraint positive check (id > 0) not valid",
      "alter table orders validate constraint positive",
      "~ table public.orders", "    ~ constraint positive", "        not valid: yes → no"),
    SchemaChange(
      "a check's expression", before: orders + "alter table orders add constraint positive check (id > 0)",
      "alter table orders drop constraint positive, add constraint positive check (id > 1)",
      "~ table public.orders", "    ~ constraint positive", "        - CHECK ((id > 0))", "        + CHECK ((id > 1))"),
    SchemaChange(
      "an exclusion constraint", before: "create table t (during tsrange)",
      "alter table t add constraint apart exclude using gist (during with &&)",
      "~ table public.t", "    + constraint apart EXCLUDE USING gist (during WITH &&)"),
    SchemaChange(
      "a deferrable constraint", before: orders + "alter table orders add constraint one unique (status)",
      "alter table orders drop constraint one, add constraint one unique (status) deferrable initially deferred",
      "~ table public.orders", "    ~ constraint one", "        deferrable: none → initially deferred"),
    SchemaChange(
      "an index", before: orders, "create index by_status on orders (status)",
      "~ table public.orders", "    + index by_status btree (status)"),
    SchemaChange(
      "an index with everything", before: orders,
      #"create unique index "By status" on orders (lower(status) desc) include (id) where id > 0"#,
      "~ table public.orders",
      #"    + index "By status" btree (lower(status) DESC) INCLUDE (id) WHERE (id > 0)"#),
    SchemaChange(
      "an index's predicate", before: orders + "create index i on orders (status) where id > 0",
      "drop index i; create index i on orders (status) where id > 1",
      "~ table public.orders", "    ~ index i", "        predicate: (id > 0) → (id > 1)"),
    SchemaChange(
      "an operator class", before: orders + "create index i on orders (status)",
      "drop index i; create index i on orders (status text_pattern_ops)",
      "~ table public.orders", "    ~ index i",
      "        - CREATE INDEX i ON public.orders USING btree (status)",
      "        + CREATE INDEX i ON public.orders USING btree (status text_pattern_ops)"),
    SchemaChange(
      "an index that is not valid", before: orders + "create index i on orders (status)",
      "update pg_index set indisvalid = false where indexrelid = 'i'::regclass",
      "~ table public.orders", "    ~ index i", "        invalid: no → yes"),
  ]

  static let code = [
    SchemaChange(
      "a function", "create function f(a int, b text default 'x') returns int language sql as 'select 1'",
      "+ function public.f(integer, text) returns integer", "    + grants to public (EXECUTE), tester (EXECUTE)"
    ),
    SchemaChange(
      "one of two overloads",
      before: """
        create function f(int) returns int language sql as 'select 1';
        create function f(text) returns int language sql as 'select 1';
        """,
      "drop function f(text)",
      "- function public.f(text) returns integer", "    - grants to public (EXECUTE), tester (EXECUTE)"),
    SchemaChange(
      "a function's body",
      before: "create function f() returns int language sql as $$\nselect 1\n  + 1\n$$",
      "create or replace function f() returns int language sql as $$\nselect 1\n  + 2\n$$",
      "~ function public.f()", "    -   + 1", "    +   + 2"),
    SchemaChange(
      "a function's rights", before: "create function f() returns int language sql as 'select 1'",
      "alter function f() security definer set search_path = ''",
      "~ function public.f()", "    security definer: no → yes", "    configuration: none → search_path=\"\"",
      "    +  SECURITY DEFINER", "    +  SET search_path TO ''"),
    SchemaChange(
      "a procedure", "create procedure p(inout a int) language plpgsql as 'begin end'",
      "+ procedure public.p(integer)", "    + grants to public (EXECUTE), tester (EXECUTE)"),
    SchemaChange(
      "an aggregate", before: "create aggregate total(int) (sfunc = int4pl, stype = int)",
      "drop aggregate total(int); create aggregate total(int) (sfunc = int4pl, stype = int, initcond = '0')",
      "~ aggregate public.total(integer)", "    -   STYPE = integer", "    +   STYPE = integer,",
      "    +   INITCOND = '0'"),
    SchemaChange(
      "a view", before: orders, "create view v as select id from orders",
      "+ view public.v", "    + grants to tester (ALL)", "    + column id integer"),
    SchemaChange(
      "a view that loses security_invoker", since: 15,
      before: orders + "create view v with (security_invoker = true) as select id from orders",
      "create or replace view v as select id from orders",
      "~ view public.v", "    options: security_invoker=true → none"),
    SchemaChange(
      "a view's query", before: "create view v as select 1 as one", "create or replace view v as select 2 as one",
      "~ view public.v", "    -  SELECT 1 AS one;", "    +  SELECT 2 AS one;"),
    SchemaChange(
      "a materialized view's index",
      before: orders + "create materialized view m as select id from orders", "create unique index mi on m (id)",
      "~ materialized view public.m", "    + index mi btree (id)"),
    SchemaChange(
      "a trigger", before: orders + triggerFunction,
      "create trigger t before update on orders for each row execute function touch()",
      "~ table public.orders",
      "    + trigger t BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.touch()"),
    SchemaChange(
      "a trigger that is switched off",
      before: orders + triggerFunction + "create trigger t before update on orders execute function touch()",
      "alter table orders disable trigger t",
      "~ table public.orders", "    ~ trigger t", "        enabled: yes → no"),
    SchemaChange(
      "a constraint trigger", before: orders + triggerFunction,
      "create constraint trigger c after insert on orders deferrable for each row execute function touch()",
      "~ table public.orders",
      "    + trigger c AFTER INSERT ON public.orders DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW"
        + " EXECUTE FUNCTION public.touch()"),
    SchemaChange(
      "an event trigger", before: eventFunction,
      "create event trigger e on ddl_command_end when tag in ('CREATE TABLE') execute function watch();"
        + "alter event trigger e disable",
      "+ event trigger e on ddl_command_end"),
  ]

  private static let triggerFunction =
    "create function touch() returns trigger language plpgsql as 'begin return new; end'; "
  private static let eventFunction =
    "create function watch() returns event_trigger language plpgsql as 'begin end'; "

  static let types = [
    SchemaChange(
      "an enum's label", before: "create type status as enum ('open', 'paid')",
      "alter type status add value 'it''s late' before 'paid'",
      "~ enum public.status", "    labels: 'open', 'paid' → 'open', 'it''s late', 'paid'"),
    SchemaChange(
      "a composite type", "create type pair as (a int, b text)",
      "+ composite type public.pair", "    + grants to public (USAGE), tester (USAGE)",
      "    + column a integer", "    + column b text"),
    SchemaChange(
      "a composite type's attribute", before: "create type pair as (a int, b text)",
      "alter type pair alter attribute b type varchar(3)",
      "~ composite type public.pair", "    ~ column b", "        type: text → character varying(3)"),
    SchemaChange(
      "a domain's constraint", before: "create domain email as text",
      "alter domain email add constraint shape check (value ~ '@')",
      "~ domain public.email", "    + constraint shape CHECK ((VALUE ~ '@'::text))"),
    SchemaChange(
      "a domain's default", before: "create domain email as text", "alter domain email set default 'a@b'",
      "~ domain public.email", "    default: none → 'a@b'::text"),
    SchemaChange(
      "a sequence", before: "create sequence s", "alter sequence s increment 5 cycle",
      "~ sequence public.s", "    increment: 1 → 5", "    cycle: no → yes"),
    SchemaChange(
      "a sequence's owner column", before: orders + "create sequence s",
      "alter sequence s owned by orders.id",
      "~ sequence public.s", "    owned by: none → public.orders.id"),
  ]

  static let access = [
    SchemaChange(
      "a policy", before: orders,
      "create policy own on orders for select to authenticated, anon using (id = 1)",
      "~ table public.orders", "    + policy own for SELECT to anon, authenticated using (id = 1)"),
    SchemaChange(
      "a policy's expression and roles", before: orders + "create policy own on orders using (id = 1)",
      "alter policy own on orders to authenticated using (true) with check (id > 0)",
      "~ table public.orders", "    ~ policy own", "        roles: public → authenticated",
      "        using: (id = 1) → true", "        with check: none → (id > 0)"),
    SchemaChange(
      "a restrictive policy", before: orders + "create policy own on orders using (true)",
      "drop policy own on orders; create policy own on orders as restrictive using (true)",
      "~ table public.orders", "    ~ policy own", "        restrictive: no → yes"),
    SchemaChange(
      "a grant", before: orders, "grant select, insert on orders to anon",
      "~ table public.orders", "    + grant to anon: INSERT, SELECT"),
    SchemaChange(
      "a grant that grows", before: orders + "grant select on orders to anon",
      "grant select on orders to anon with grant option; grant update on orders to anon",
      "~ table public.orders", "    ~ grant to anon", "        privileges: SELECT → SELECT, UPDATE",
      "        with grant option: none → SELECT"),
    SchemaChange(
      "a grant on a column", before: orders, "grant update (status) on orders to anon",
      "~ table public.orders", "    + grant on column status to anon: UPDATE"),
    SchemaChange(
      "a grant on a schema", "grant usage on schema public to \"Odd \"\"role\"\"\"",
      "~ schema public", "    + grant to Odd \"role\": USAGE"),
    SchemaChange(
      "a function that not everybody may call any more",
      before: "create function f() returns int language sql as 'select 1'",
      "revoke execute on function f() from public",
      "~ function public.f()", "    - grant to public: EXECUTE"),
    SchemaChange("a revoke of what nobody had", before: orders, "revoke all on orders from anon", "No difference."),
    SchemaChange(
      "a grant on a type", before: "create type status as enum ()", "grant usage on type status to anon",
      "~ enum public.status", "    + grant to anon: USAGE"),
    SchemaChange(
      "default privileges",
      "alter default privileges in schema public grant select, insert on tables to anon",
      "+ default privileges of tester in schema public on tables: anon: INSERT, SELECT"),
    SchemaChange(
      "default privileges of all schemas",
      "alter default privileges revoke execute on functions from public",
      "+ default privileges of tester on functions: tester: EXECUTE"),
  ]

  static let others = [
    SchemaChange(
      "the right to maintain a table", since: 17, before: orders, "grant maintain on orders to anon",
      "~ table public.orders", "    + grant to anon: MAINTAIN"),
    SchemaChange(
      "a virtual column", since: 18, before: orders, "alter table orders add twice int generated always as (id * 2)",
      "~ table public.orders", "    + column twice integer generated always as ((id * 2)) virtual"),
    SchemaChange(
      "a check that is not enforced", since: 18, before: orders,
      "alter table orders add constraint c check (id > 0) not enforced",
      "~ table public.orders", "    + constraint c CHECK ((id > 0)) NOT ENFORCED"),
    SchemaChange(
      "a NOT NULL that is not valid yet", since: 18, before: orders,
      "alter table orders add constraint given not null status not valid",
      "~ table public.orders", "    ~ column status", "        not null: no → yes", "        not valid: no → yes"),
    SchemaChange(
      "a named NOT NULL", since: 18, before: orders, "alter table orders add constraint given not null status",
      "~ table public.orders", "    ~ column status", "        not null: no → yes"),
    SchemaChange(
      "a schema", "create schema \"My shop\"",
      "+ schema \"My shop\"", "    + grants to tester (CREATE, USAGE)"),
    SchemaChange(
      "an extension, and none of its members", "create schema x; create extension tablefunc schema x",
      "+ schema x", "    + grants to tester (CREATE, USAGE)", "+ extension tablefunc 1.0",
      "    + comment: functions that manipulate whole tables, including crosstab"),
    SchemaChange(
      "a publication", since: 15, before: orders,
      "create publication p for table orders (id) where (id > 0) with (publish = 'insert')",
      "+ publication p", "    + published table public.orders"),
    SchemaChange(
      "a published table's filter", since: 15,
      before: orders + "create publication p for table orders",
      "alter publication p set table orders where (id > 0)",
      "~ publication p", "    ~ published table public.orders", "        where: none → (id > 0)"),
    SchemaChange(
      "a published schema", since: 15, before: "create publication p",
      "alter publication p add tables in schema public",
      "~ publication p", "    + published schema public"),
  ]
}
