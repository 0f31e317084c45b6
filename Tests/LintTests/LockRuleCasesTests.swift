import Basics
import Testing

@testable import Lint

/// Cases of the rules about transactions, locks and rewrites, and about what statements take away.
@Suite("Rules about locks and losses, case by case")
struct LockRuleCasesTests {
  @Test(
    "a file's transactions are seen as they will be run",
    arguments: [
      RuleCase("transaction-nesting", [], "begin; select 1; commit;"),
      RuleCase("transaction-nesting", [2], "begin;\nbegin; select 1; commit;"),
      RuleCase("transaction-nesting", [2], "select 1;\ncommit;"),
      RuleCase("transaction-nesting", [1], "begin; select 1; commit; select 2;"),
      RuleCase("transaction-nesting", [], "begin; rollback;"),
      RuleCase("transaction-nesting", [], "-- supabase:disable-transaction\nbegin; select 1; commit; select 2;"),
      RuleCase("statement-after-access-exclusive", [2], "alter table a add b int;\nselect count(*) from a;"),
      RuleCase(
        "statement-after-access-exclusive", [2], "alter table a add b int;\ncreate index i on a (b);\nselect 1 from a;"),
      RuleCase(
        "statement-after-access-exclusive", [2], "alter table a add b int;\nalter table c alter d set not null;"),
      RuleCase("statement-after-access-exclusive", [2], "drop policy p on a;\ncreate table c as select * from b;"),
      RuleCase(
        "statement-after-access-exclusive", [], "alter table a add b int; create index concurrently i on a (b);"),
      RuleCase("statement-after-access-exclusive", [], "alter table a add b int; commit; create index i on a (b);"),
      RuleCase("statement-after-access-exclusive", [], "alter table a add b int; select cron.unschedule('x');"),
      RuleCase("statement-after-access-exclusive", [], "alter table a add b int; insert into a values (1), (2);"),
      RuleCase("statement-after-access-exclusive", [], "alter table a add b int; update a set b = 1 where c = 2;"),
      RuleCase("statement-after-access-exclusive", [], "alter table a add b int; alter table a add c int;"),
      RuleCase("statement-after-access-exclusive", [], "drop table a; create index i on b (c);"),
      RuleCase(
        "statement-after-access-exclusive", [],
        "create table a (b int); alter table a add c int; create index i on a (c); select 1 from a;"),
      RuleCase(
        "statement-after-access-exclusive", [],
        "create trigger t after insert on a execute function f(); select 1 from a;"),
      RuleCase("wide-lock-window", [2], "alter table a add b int;\nalter table c add d int;\nalter table e add f int;"),
      RuleCase("wide-lock-window", [], "alter table a add b int; alter table public.a add c int;"),
      RuleCase("wide-lock-window", [], "alter table a add b int; commit; alter table c add d int;"),
      RuleCase("wide-lock-window", [], "create table a (b int); alter table a add c int; alter table d add e int;"),
      RuleCase(
        "wide-lock-window", [], "alter table a add b int; create trigger t after insert on c execute function f();"),
      RuleCase("wide-lock-window", [], "drop table a, b;"),
      RuleCase("uncommitted-transaction", [2], "begin; commit;\nbegin; select 1;"),
      RuleCase("uncommitted-transaction", [1], "begin; select 1; commit and chain;"),
      RuleCase("concurrently-in-transaction", [2], "begin;\nvacuum a; commit;"),
      RuleCase("concurrently-in-transaction", [], "create index concurrently i on a (b); select 1;"),
      RuleCase(
        "validate-in-same-tx", [2],
        "alter table a add constraint c check (b > 0) not valid;\nalter table a validate constraint c;"),
      RuleCase(
        "validate-in-same-tx", [],
        "begin; alter table a add constraint c check (b > 0) not valid; commit;\nalter table a validate constraint c;"),
      RuleCase(
        "validate-in-same-tx", [],
        "create table a (b int); alter table a add constraint c check (b > 0) not valid;\n"
          + "alter table a validate constraint c;"),
      RuleCase("mixed-ddl-dml", [2], "alter table a add b int;\nupdate a set b = 1 where c = 2;"),
      RuleCase("mixed-ddl-dml", [], "update a set b = 1 where c = 2; alter table a add b int;"),
      RuleCase("mixed-ddl-dml", [], "alter table a add b int; insert into a values (1);"),
      RuleCase("mixed-ddl-dml", [], "create table a (b int); alter table a add c int; update a set b = 1 where c = 2;"),
      RuleCase("mixed-ddl-dml", [], "alter table a validate constraint c; update a set b = 1 where c = 2;"),
      RuleCase("enum-add-value-used-in-tx", [1], "alter type e add value 'x'; insert into a values ('x');"),
      RuleCase("enum-add-value-used-in-tx", [], "alter type e add value 'x'; insert into a values ('y');"),
      RuleCase(
        "enum-add-value-used-in-tx", [],
        "create type e as enum ('a'); alter type e add value 'x'; insert into a values ('x');"),
    ])
  func transactions(_ example: RuleCase) async { await expect(example) }

  @Test(
    "settings count for as long as they last",
    arguments: [
      RuleCase("require-lock-timeout", [1], "alter table a add b int; alter table a add c int;"),
      RuleCase("require-lock-timeout", [], "set lock_timeout = '1s'; alter table a add b int;"),
      RuleCase("require-lock-timeout", [2], "set lock_timeout = '1s'; reset lock_timeout;\nalter table a add b int;"),
      RuleCase("require-lock-timeout", [2], "begin; set local lock_timeout = '1s'; commit;\nalter table a add b int;"),
      RuleCase(
        "require-lock-timeout", [], "create table a (b int); alter table a add c int; comment on table b is 'x';"),
      RuleCase("require-lock-timeout", [1], "create table a (b int references c (id));"),
      RuleCase("require-lock-timeout", [], "create index concurrently i on a (b);"),
      RuleCase("require-lock-timeout", [1], "drop index i;"),
      RuleCase("require-lock-timeout", [], "drop index concurrently i;"),
      RuleCase("require-lock-timeout", [], "create table a (b int); create index i on a (b); drop index i;"),
      RuleCase("require-statement-timeout", [1], "reindex index i;"),
      RuleCase("lock-timeout-too-long", [1], "set lock_timeout = 0; alter table a add b int;"),
      RuleCase("lock-timeout-too-long", [], "set lock_timeout = 0; create table a (b int);"),
      RuleCase("lock-timeout-too-long", [], "set lock_timeout = '10s'; alter table a add b int;"),
      RuleCase("lock-timeout-too-long", [1], "set lock_timeout = '1 min'; alter table a add b int;"),
      RuleCase("session-state-leak", [1], "set role app; select 1;"),
      RuleCase("session-state-leak", [], "set role app; select 1; reset role;"),
      RuleCase("session-state-leak", [], "set local search_path = app; set statement_timeout = 0;"),
      RuleCase("require-schema-qualified", [1], "create table a (b int); create table b (c int);"),
      RuleCase("require-schema-qualified", [], "set search_path = app; create table a (b int);"),
      RuleCase("require-schema-qualified", [], "create temp table a (b int); alter table a add c int;"),
      RuleCase("trigger-ddl-lock", [1], "alter table a disable trigger t;"),
      RuleCase(
        "trigger-ddl-lock", [], "create table a (b int); create trigger t before update on a execute function f();"),
    ])
  func settings(_ example: RuleCase) async { await expect(example) }

  @Test(
    "only what others use already is locked or scanned",
    arguments: [
      RuleCase("create-index-not-concurrent", [], "create materialized view v as select 1 a; create index on v (a);"),
      RuleCase("drop-index-not-concurrent", [1], "drop index i;"),
      RuleCase("drop-index-not-concurrent", [], "create table a (b int); create index i on a (b); drop index i;"),
      RuleCase("reindex-not-concurrent", [1], "reindex (verbose) index i;"),
      RuleCase("reindex-not-concurrent", [], "reindex (concurrently) index i; reindex system d;"),
      RuleCase("detach-partition-not-concurrent", [], "alter table a detach partition b finalize;"),
      RuleCase(
        "refresh-matview-not-concurrent", [], "create materialized view v as select 1; refresh materialized view v;"),
      RuleCase("refresh-matview-not-concurrent", [], "refresh materialized view v with no data;"),
      RuleCase("vacuum-full-or-cluster", [1], "cluster;"),
      RuleCase("vacuum-full-or-cluster", [], "vacuum (full false) a; vacuum analyze a;"),
      RuleCase("check-not-valid", [], "create table a (b int); alter table a add check (b > 0);"),
      RuleCase("check-not-valid", [1], "alter table a add check (b > 0);"),
      RuleCase("fk-not-valid", [], "alter table a add b int references c (id);"),
      RuleCase("fk-not-valid", [1], "alter table a add b int default 1 references c (id);"),
      RuleCase("unique-without-index", [1], "alter table a add b text unique;"),
      RuleCase("primary-key-without-index", [], "alter table a add constraint p primary key using index i;"),
      RuleCase("exclusion-constraint", [1], "alter table a add exclude using gist (b with &&);"),
      RuleCase("set-not-null-scan", [1], "alter table a alter b set not null;"),
      RuleCase("set-not-null-scan", [], "create table a (b int); alter table a alter b set not null;"),
      RuleCase("set-not-null-scan", [], "alter table a validate constraint c; alter table a alter b set not null;"),
      RuleCase(
        "set-not-null-scan", [3],
        "alter table a add constraint c check (d is not null) not valid;\nalter table a validate constraint c;\n"
          + "alter table a alter b set not null;"),
      RuleCase(
        "set-not-null-scan", [],
        "alter table a add constraint c check ((b is not null)); alter table a alter b set not null;"),
      RuleCase("attach-partition-scan", [1], "alter table a attach partition b for values in (1);"),
      RuleCase(
        "attach-partition-scan", [], "create table b (c int); alter table a attach partition b for values in (1);"),
      RuleCase(
        "attach-partition-scan", [],
        "alter table b add constraint c check (d = 1 and d is not null); alter table a attach partition b for values in (1);"
      ),
      RuleCase(
        "attach-partition-scan", [2],
        "alter table b add constraint c check (d = 1) not valid;\nalter table a attach partition b for values in (1);"),
      RuleCase("attach-partition-scan", [], "alter index a attach partition b;"),
      RuleCase("combine-alter-table", [], "alter table a alter b set not null; alter table a alter c set default 1;"),
    ])
  func locks(_ example: RuleCase) async { await expect(example) }

  @Test(
    "a rewrite is what PostgreSQL rewrites",
    arguments: [
      RuleCase("add-column-rewrite", [], "alter table a add b timestamptz not null default now() - interval '1 day';"),
      RuleCase(
        "add-column-rewrite", [], "alter table a add b text[] default array['x']::text[], add c int default 2 + 2;"),
      RuleCase("add-column-rewrite", [1], "alter table a add b int default f();"),
      RuleCase(
        "add-column-rewrite", [],
        "create function f() returns int stable language sql as 'select 1'; alter table a add b int default f();"),
      RuleCase("add-column-rewrite", [1], "alter table a add b bigserial;"),
      RuleCase("add-column-rewrite", [1], "alter table a add b int generated always as identity;"),
      RuleCase("add-column-rewrite", [1], "create domain d as int check (value > 0); alter table a add b d;"),
      RuleCase("add-column-rewrite", [], "create domain d as int; alter table a add b d;"),
      RuleCase("add-column-check-scan", [1], "alter table a add b int default 1 check (b > 0);"),
      RuleCase("alter-type-rewrite", [1], "alter table a alter b type bigint;"),
      RuleCase("alter-type-rewrite", [], "alter table a alter b type text;"),
      RuleCase("alter-type-rewrite", [1], "alter table a alter b type text using lower(b);"),
      RuleCase("alter-type-rewrite", [], "create table a (b int); alter table a alter b type bigint;"),
      RuleCase("other-table-rewrite", [1], "alter table a set logged;"),
      RuleCase("domain-constraint-scan", [], "create domain d as int; alter domain d add check (value > 0);"),
    ])
  func rewrites(_ example: RuleCase) async { await expect(example) }

  @Test(
    "a change of type is judged by the old one, where a file shows it",
    arguments: [
      ("varchar(10)", "varchar(20)", false, false), ("varchar(20)", "varchar(10)", true, true),
      ("varchar(10)", "text", false, false), ("text", "varchar", false, false), ("text", "varchar(9)", true, true),
      ("numeric(10,2)", "numeric(12,2)", false, false), ("numeric(10,2)", "numeric(12,3)", true, false),
      ("numeric(10,2)", "numeric(10,1)", true, true), ("numeric(10,2)", "numeric", false, false),
      ("int", "bigint", true, false), ("bigint", "int", true, true), ("char(5)", "char(6)", true, false),
      ("timestamp(3)", "timestamp", false, false), ("timestamp(3)", "timestamp(2)", true, true),
      ("cidr", "inet", false, false), ("varbit(5)", "varbit", false, false), ("timestamptz", "date", true, true),
      ("citext", "varchar", false, false), ("citext", "varchar(9)", true, true),
      ("varchar(9)", "citext", false, false),
    ])
  func typeChanges(_ old: String, _ new: String, rewrites: Bool, narrows: Bool) async {
    let files = [
      LintFile(path: "20250101000000_a.sql", bytes: Array("create table a (b \(old));".utf8), isPending: false),
      LintFile(path: "20250102000000_b.sql", bytes: Array("alter table a alter b type \(new);".utf8), isPending: true),
    ]

    let report = await Linter(LintConfiguration()).lint(LintInput(files: files))

    #expect(report.of("alter-type-rewrite").isEmpty != rewrites)
    #expect(report.of("narrowing-type-change").isEmpty != narrows)
  }

  @Test(
    "what the history shows of a table decides",
    arguments: [
      ("create table a (b text);", RuleCase("set-not-null-scan", [2], keyed)),
      ("create table a (b text not null);", RuleCase("set-not-null-scan", [], keyed)),
      ("create table a (b text check (b is not null));", RuleCase("set-not-null-scan", [], keyed)),
      ("create table a (b text); create index on a (b);", RuleCase("alter-type-index-rebuild", [1], toCitext)),
      ("create table a (b text);", RuleCase("alter-type-index-rebuild", [], toCitext)),
      (
        "create table a (b varchar(9) check (length(b) > 2), c varchar(9));",
        RuleCase(
          "alter-type-index-rebuild", [2], "alter table a alter c type varchar(10);\nalter table a alter b type text;")
      ),
      (
        "create table a (b text); create unique index i on a (b);",
        RuleCase("add-unique-on-existing", [], "drop index i; create unique index j on a (b);")
      ),
      (
        "create table a (b text, constraint u unique (b));",
        RuleCase(
          "add-unique-on-existing", [2],
          "alter table a drop constraint u, add unique (b);\nalter table a add unique (c);")
      ),
    ])
  func history(_ applied: String, _ example: RuleCase) async {
    let files = [
      LintFile(path: "20250101000000_a.sql", bytes: Array(applied.utf8), isPending: false),
      LintFile(path: "20250102000000_b.sql", bytes: Array(example.sql.utf8), isPending: true),
    ]

    let report = await Linter(LintConfiguration()).lint(LintInput(files: files))

    #expect(report.of(example.rule).map(\.start.line) == example.lines)
  }

  private static let keyed =
    "create unique index concurrently i on a (b);\nalter table a add constraint p primary key using index i;"
  private static let toCitext = "alter table a alter b type citext;"

  @Test(
    "what is made anew, or was made by the same files, is not lost",
    arguments: [
      RuleCase("drop-view", [1], "drop view v;"),
      RuleCase("drop-view", [], "drop view v; create view v as select 1;"),
      RuleCase("drop-function", [], "drop function if exists f(int); create function f(int) returns int return 1;"),
      RuleCase("drop-type", [], "alter type t rename to t_old; create type t as enum ('a'); drop type t_old;"),
      RuleCase("rename-other", [], "alter type t rename to t_old; create type t as enum ('a'); drop type t_old;"),
      RuleCase("drop-schema", [1], "drop schema s cascade; create schema s;"),
      RuleCase("drop-constraint", [1], "alter table a drop constraint c;"),
      RuleCase("drop-constraint", [], "alter table a drop constraint c, add constraint c check (b > 0) not valid;"),
      RuleCase("drop-constraint", [], "alter table a drop constraint c; drop table a;"),
      RuleCase("truncate", [], "create table a (b int); truncate a;"),
      RuleCase("truncate-cascade", [], "truncate a;"),
      RuleCase("rename-table", [], "alter table a rename to b; create view a as select * from b;"),
      RuleCase("rename-column", [1], "alter table a rename b to c;"),
      RuleCase("rename-column", [], "alter table a add b int; alter table a rename b to c;"),
      RuleCase("drop-default", [], "alter table a add b int default 1; alter table a alter b drop default;"),
      RuleCase("drop-default", [1], "alter table a add b int not null default 1; alter table a alter b drop default;"),
      RuleCase(
        "drop-default", [],
        "alter table a alter b drop default; alter table a alter b type int; alter table a alter b set default 1;"),
      RuleCase("drop-default", [], "alter table a alter b drop default, alter b type int, alter b set default 1;"),
      RuleCase("drop-default", [], "alter table a alter b drop default; alter table public.a alter b set default 1;"),
      RuleCase("drop-default", [1], "alter table a alter b drop default; alter table other.a alter b set default 1;"),
      RuleCase("drop-not-null", [1], "alter table a alter b drop not null;"),
      RuleCase("add-unique-on-existing", [], "alter table a add b int; create unique index i on a (b);"),
      RuleCase(
        "publication-change", [], "alter publication p add table a; alter publication p set (publish = 'insert');"),
      RuleCase("set-schema", [], "create table a (b int); alter table a set schema s;"),
      RuleCase("bulk-dml", [1], "delete from a;"),
      RuleCase("bulk-dml", [1, 1], "delete from a where 1 = 1; update a set b = 2 where true or c = 3;"),
      RuleCase("bulk-dml", [1], "delete from a where not false and null is null;"),
      RuleCase("bulk-dml", [], "delete from a where false; delete from a where 1 = 0; delete from a where 1 = b;"),
      RuleCase("bulk-dml", [], "create temp table a (b int); delete from a; update c set d = 1 where e;"),
    ])
  func losses(_ example: RuleCase) async { await expect(example) }

  private func expect(_ example: RuleCase) async {
    var configuration = LintConfiguration()
    configuration.severities = ["require-lock-timeout": .warning, "require-statement-timeout": .warning]

    let report = await lint(example.sql, configuration)

    #expect(report.of(example.rule).map(\.start.line) == example.lines)
    #expect(report.of("syntax-error").isEmpty)
  }
}
