/// Changes of the kinds that few schemas have.
extension SchemaChange {
  private static let far = "create foreign data wrapper w; create server far foreign data wrapper w; "
  private static let granted = "    + grants to public (USAGE), tester (USAGE)"

  static let foreign = [
    SchemaChange(
      "a foreign data wrapper", "create foreign data wrapper w options (debug 'true')",
      "+ foreign data wrapper w", "    + grants to tester (USAGE)"),
    SchemaChange(
      "a foreign server's options", before: far, "alter server far options (add host 'h')",
      "~ foreign server far", "    - CREATE SERVER far FOREIGN DATA WRAPPER w",
      "    + CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (", "    +     host 'h'", "    + )"),
    SchemaChange(
      "a foreign server's owner and grants", before: far,
      "alter server far owner to anon; grant usage on foreign server far to service_role",
      "~ foreign server far", "    owner: tester → anon", "    + grant to anon: USAGE",
      "    + grant to service_role: USAGE", "    - grant to tester: USAGE"),
    SchemaChange(
      "a user mapping", before: far,
      "create user mapping for anon server far options (user 'bob', password 'secret')",
      "+ user mapping FOR anon SERVER far"),
    SchemaChange(
      "a user mapping's option", before: far + "create user mapping for public server far options (user 'bob')",
      "alter user mapping for public server far options (set user 'eve')",
      "~ user mapping FOR PUBLIC SERVER far", "    -     \"user\" 'bob'", "    +     \"user\" 'eve'"),
    SchemaChange(
      "a foreign table", before: far,
      "create foreign table away (id int not null, note text default 'x' check (note <> '')) server far",
      "+ foreign table public.away on server far", "    + grants to tester (ALL)", "    + column id integer not null",
      "    + column note text default 'x'::text", "    + constraint away_note_check CHECK ((note <> ''::text))"),
    SchemaChange(
      "a foreign table's and its column's options", before: far + "create foreign table away (id int) server far",
      "alter foreign table away options (add table_name 'orders'), alter id options (add column_name 'ID')",
      "~ foreign table public.away", "    foreign options: none → table_name 'orders'", "    ~ column id",
      "        foreign options: none → column_name 'ID'"),
    SchemaChange(
      "a foreign table's server", before: far + "create foreign table away () server far",
      "alter server far rename to farther",
      "- foreign server far", "    - grants to tester (USAGE)", "+ foreign server farther",
      "    + grants to tester (USAGE)", "~ foreign table public.away", "    server: far → farther"),
    SchemaChange(
      "a trigger and a grant on a foreign table",
      before: far + "create foreign table away (id int) server far;"
        + "create function touch() returns trigger language plpgsql as 'begin return new; end'",
      "create trigger t before update on away for each row execute function touch(); grant select (id) on away to anon",
      "~ foreign table public.away",
      "    + trigger t BEFORE UPDATE ON public.away FOR EACH ROW EXECUTE FUNCTION public.touch()",
      "    + grant on column id to anon: SELECT"),
    SchemaChange(
      "a language",
      "create trusted language mine handler plpgsql_call_handler",
      "+ language mine", granted),
    SchemaChange(
      "a language's handler", before: "create trusted language mine handler plpgsql_call_handler",
      "create or replace trusted language mine handler plpgsql_call_handler validator plpgsql_validator",
      "~ language mine", "    - CREATE TRUSTED PROCEDURAL LANGUAGE mine HANDLER plpgsql_call_handler",
      "    + CREATE TRUSTED PROCEDURAL LANGUAGE mine HANDLER plpgsql_call_handler VALIDATOR plpgsql_validator"),
    SchemaChange(
      "a grant on a language of the server's", "revoke usage on language plpgsql from public",
      "~ language plpgsql", "    + grant to tester: USAGE"),
    SchemaChange(
      "an access method", "create access method heap2 type table handler heap_tableam_handler",
      "+ access method heap2"),
  ]

  static let text = [
    SchemaChange(
      "a collation", "create collation german (provider = icu, locale = 'de', deterministic = false)",
      "+ collation public.german"),
    SchemaChange(
      "a collation's locale", before: "create collation german (provider = icu, locale = 'de')",
      "drop collation german; create collation german (provider = icu, locale = 'de-AT')",
      "~ collation public.german", "    -     locale = 'de'", "    +     locale = 'de-AT'"),
    SchemaChange(
      "a conversion that becomes the default",
      before: "create conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
      "drop conversion c; create default conversion c for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
      "~ conversion public.c",
      "    - CREATE CONVERSION public.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
      "    + CREATE DEFAULT CONVERSION public.c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8"),
    SchemaChange(
      "a text search parser",
      "create text search parser p (start = prsd_start, gettoken = prsd_nexttoken, end = prsd_end, "
        + "lextypes = prsd_lextype)",
      "+ text search parser public.p"),
    SchemaChange(
      "a text search template and a dictionary",
      "create text search template t (lexize = dsimple_lexize); create text search dictionary d (template = t)",
      "+ text search template public.t", "+ text search dictionary public.d"),
    SchemaChange(
      "a text search dictionary's options", before: "create text search dictionary d (template = simple)",
      "alter text search dictionary d (stopwords = english)",
      "~ text search dictionary public.d", "    -     TEMPLATE = pg_catalog.simple",
      "    +     TEMPLATE = pg_catalog.simple,", "    +     stopwords = 'english'"),
    SchemaChange(
      "a text search configuration's mappings",
      before: "create text search dictionary d (template = simple);"
        + "create text search configuration words (parser = \"default\");"
        + "alter text search configuration words add mapping for word with simple",
      "alter text search configuration words add mapping for asciiword with d, english_stem;"
        + "alter text search configuration words alter mapping for word with d, simple",
      "~ text search configuration public.words", "    + mapping asciiword with public.d, english_stem",
      "    ~ mapping word", "        dictionaries: simple → public.d, simple"),
    SchemaChange(
      "a statistics object", before: "create table t (a int, b int)",
      "create statistics joint (ndistinct) on a, b from t",
      "+ statistics public.joint on public.t"),
    SchemaChange(
      "a statistics object's target and columns",
      before: "create table t (a int, b int); create statistics joint (ndistinct) on a, b from t",
      "alter statistics joint set statistics 7; alter table t rename b to c",
      "~ table public.t", "    - column b integer", "    + column c integer",
      "~ statistics public.joint", "    target: none → 7",
      "    - CREATE STATISTICS public.joint (ndistinct) ON a, b FROM public.t",
      "    + CREATE STATISTICS public.joint (ndistinct) ON a, c FROM public.t"),
  ]

  static let operators = [
    SchemaChange(
      "a range type", "create type span as range (subtype = int)",
      "+ range type public.span of integer", granted),
    SchemaChange(
      "a range type's subtype", before: "create type span as range (subtype = int)",
      "drop type span; create type span as range (subtype = text, collation = \"C\", multirange_type_name = spans)",
      "~ range type public.span", "    subtype: integer → text", "    multirange: span_multirange → spans",
      "    -     SUBTYPE = integer,", "    -     MULTIRANGE_TYPE_NAME = public.span_multirange",
      "    +     SUBTYPE = text,", "    +     MULTIRANGE_TYPE_NAME = public.spans,",
      "    +     COLLATION = pg_catalog.\"C\""),
    SchemaChange(
      "a range type's owner and grants", before: "create type span as range (subtype = int)",
      "alter type span owner to anon; grant usage on type span to service_role",
      "~ range type public.span", "    owner: tester → anon", "    + grant to anon: USAGE",
      "    + grant to service_role: USAGE", "    - grant to tester: USAGE"),
    SchemaChange("a shell type", "create type nothing", "+ base type public.nothing (shell)", granted),
    SchemaChange(
      "a base type",
      before: """
        create type pt;
        create function pt_in(cstring) returns pt language internal immutable strict as 'int4in';
        create function pt_out(pt) returns cstring language internal immutable strict as 'int4out';
        """,
      "create type pt (input = pt_in, output = pt_out, internallength = 4, passedbyvalue, default = '7')",
      "~ base type public.pt", "    shell: yes → no", "    - CREATE TYPE public.pt", "    + CREATE TYPE public.pt (",
      "    +     INTERNALLENGTH = 4,", "    +     INPUT = public.pt_in,", "    +     OUTPUT = public.pt_out,",
      "    +     DEFAULT = '7',", "    +     ALIGNMENT = int4,", "    +     STORAGE = plain,",
      "    +     PASSEDBYVALUE", "    + )"),
    SchemaChange(
      "an operator", before: "create function eq(int, bigint) returns bool language sql immutable as 'select $1 = $2'",
      "create operator === (leftarg = int, rightarg = bigint, function = eq);"
        + "create operator !! (rightarg = int, function = int4up)",
      "+ operator public.!! (NONE, integer)", "+ operator public.=== (integer, bigint)"),
    SchemaChange(
      "an operator's estimator", before: "create operator === (leftarg = int, rightarg = int, function = int4eq)",
      "alter operator === (int, int) set (restrict = eqsel)",
      "~ operator public.=== (integer, integer)", "    -     RIGHTARG = integer", "    +     RIGHTARG = integer,",
      "    +     RESTRICT = eqsel"),
    SchemaChange(
      "an operator class and its family",
      "create operator class mine for type int using btree as operator 3 =, function 1 btint4cmp(int, int)",
      "+ operator family public.mine USING btree", "+ operator class public.mine USING btree"),
    SchemaChange(
      "a member of an operator family", before: "create operator family ints using btree",
      "alter operator family ints using btree add operator 1 < (int, bigint), function 1 btint48cmp(int, bigint)",
      "~ operator family public.ints USING btree",
      "    + family member FUNCTION 1 (integer, bigint) btint48cmp(integer,bigint)",
      "    + family member OPERATOR 1 <(integer,bigint)"),
    SchemaChange("a cast", "create cast (int as inet) with inout", "+ cast (integer AS inet)"),
    SchemaChange(
      "a cast's context", before: "create cast (int as inet) with inout",
      "drop cast (int as inet); create cast (int as inet) with inout as assignment",
      "~ cast (integer AS inet)", "    - CREATE CAST (integer AS inet) WITH INOUT",
      "    + CREATE CAST (integer AS inet) WITH INOUT AS ASSIGNMENT"),
    SchemaChange(
      "a transform",
      before: "create type pair as (a int);"
        + "create function f(internal) returns internal language internal immutable as 'int4in'",
      "create transform for pair language plpgsql (from sql with function f(internal))",
      "+ transform FOR public.pair LANGUAGE plpgsql"),
  ]

  static let rules = [
    SchemaChange(
      "a rule", before: orders, "create rule quiet as on insert to orders do instead nothing",
      "~ table public.orders", "    + rule quiet ON INSERT TO public.orders DO INSTEAD NOTHING"),
    SchemaChange(
      "a rule's action", before: orders + "create rule quiet as on delete to orders do instead nothing",
      "create or replace rule quiet as on delete to orders where old.id > 1 do instead nothing",
      "~ table public.orders", "    ~ rule quiet", "        -     ON DELETE TO public.orders DO INSTEAD NOTHING",
      "        +     ON DELETE TO public.orders", "        +    WHERE (old.id > 1) DO INSTEAD NOTHING"),
    SchemaChange(
      "a rule that is switched off",
      before: orders + "create rule quiet as on insert to orders do instead nothing",
      "alter table orders disable rule quiet",
      "~ table public.orders", "    ~ rule quiet", "        enabled: yes → no"),
    SchemaChange(
      "a dependency on an extension", before: "create function f() returns int language sql as 'select 1'",
      "alter function f() depends on extension plpgsql",
      "~ function public.f()", "    + dependency on extension plpgsql"),
    SchemaChange(
      "an index's dependency on an extension", before: orders + "create index by_status on orders (status)",
      "alter index by_status depends on extension plpgsql",
      "~ table public.orders", "    + dependency of index by_status on extension plpgsql"),
    SchemaChange(
      "an index's options", before: orders + "create index by_status on orders (status)",
      "alter index by_status set (fillfactor = 70)",
      "~ table public.orders", "    ~ index by_status", "        options: none → fillfactor=70"),
  ]
}
