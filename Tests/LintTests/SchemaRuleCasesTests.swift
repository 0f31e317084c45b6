import Basics
import Testing

@testable import Lint

/// Buckets, and behind them a policy by which those who are signed in list the bucket `a`.
private func policyBehind(buckets: String) -> String {
  "insert into storage.buckets \(buckets);\n"
    + "create policy p on storage.objects for select to authenticated using (bucket_id = 'a');"
}

/// Cases of the rules about row level security, rights, and what a schema should be like.
@Suite("Rules about security and schemas, case by case")
struct SchemaRuleCasesTests {
  @Test(
    "policies are judged by what they say",
    arguments: [
      RuleCase("rls-initplan", [1], "create policy p on a to authenticated using (b = auth.uid());"),
      RuleCase("rls-initplan", [], "create policy p on a to authenticated using (b = (select auth.uid()));"),
      RuleCase("rls-initplan", [], "create policy p on a using ((select auth.jwt() ->> 'role') = 'x');"),
      RuleCase("rls-initplan", [1], "create policy p on a using (exists (select 1 from m where m.u = auth.uid()));"),
      RuleCase("rls-initplan", [1], "alter policy p on a using (current_setting('x') = b);"),
      RuleCase("rls-initplan", [], "create policy p on a using (current_user = b);"),
      RuleCase("policy-to-public", [1], "create policy p on a using (b);"),
      RuleCase("policy-to-public", [], "create policy p on a for select using (true);"),
      RuleCase("policy-to-public", [], "create policy p on a as restrictive using (b);"),
      RuleCase("rls-always-true", [1], "create policy p on a for insert with check (true);"),
      RuleCase("rls-always-true", [1], "create policy p on a for delete to authenticated using ((true));"),
      RuleCase("rls-always-true", [], "create policy p on a for all to service_role using (true);"),
      RuleCase("rls-always-true", [], "create policy p on a for update using (true) with check (b);"),
      RuleCase(
        "superuser-owner", [2], "select 1;\nalter view v owner to supabase_admin; alter view w owner to supabase_admin;"
      ),
      RuleCase("superuser-owner", [], "alter view v owner to postgres;"),
      RuleCase("ownership-mixed", [], "create table a (b int); alter table a owner to x;"),
      RuleCase(
        "ownership-mixed", [3],
        "create table a (b int);\ncreate table c (d int);\ncreate table e (f int);\nalter table e owner to x;"),
      RuleCase(
        "invalid-index", [], "create table a (b int) partition by range (b);\ncreate index i on only a (b);"),
      RuleCase(
        "invalid-index", [3],
        "create table a (b int) partition by range (b);\ncreate table c partition of a default;\ncreate index i on only a (b);"
      ),
      RuleCase("queue-in-api", [], "select pgmq.create('q');"),
      RuleCase("rls-user-metadata", [1], "create policy p on a using (auth.jwt() -> 'user_metadata' ->> 'r' = 'x');"),
      RuleCase("rls-user-metadata", [], "create policy p on a using (user_metadata = 'x');"),
      RuleCase("update-policy-no-with-check", [], "create policy p on a for all using (b);"),
      RuleCase(
        "multiple-permissive-policies", [2],
        "create policy p on a for select using (b);\ncreate policy q on a using (c);"),
      RuleCase(
        "multiple-permissive-policies", [],
        "create policy p on a for select using (b); create policy q on a for insert with check (c);"),
      RuleCase(
        "multiple-permissive-policies", [],
        "create policy p on a using (b); create policy q on a to service_role using (true);"),
      RuleCase(
        "multiple-permissive-policies", [],
        "create policy p on a using (b); create policy q on a as restrictive using (c);"),
      RuleCase(
        "multiple-permissive-policies", [],
        "create policy p on a using (b); drop policy p on a; create policy q on a using (b);"),
      RuleCase(
        "policy-column-unindexed", [2],
        "create table a (b uuid);\ncreate policy p on a using ((select auth.uid()) = b);"),
      RuleCase(
        "policy-column-unindexed", [],
        "create table a (b uuid primary key); create policy p on a using (b = auth.uid());"),
      RuleCase(
        "policy-column-unindexed", [],
        "create table a (b uuid); create policy p on a using (exists (select 1 from m where b = auth.uid()));"),
      RuleCase(
        "rls-weakened", [], "alter table a disable row level security; alter table a enable row level security;"),
      RuleCase("rls-weakened", [], "create table a (b int); alter table a disable row level security;"),
      RuleCase(
        "public-bucket-listing", [1], "create policy p on storage.objects for select using (bucket_id = 'a'::text);"),
      RuleCase(
        "public-bucket-listing", [],
        "create policy p on storage.objects for select using (bucket_id = 'a' and owner = auth.uid());"),
      RuleCase(
        "public-bucket-listing", [2],
        policyBehind(buckets: "(id, name, public) values ('b', 'b', false), ('a', 'a', true)")),
      RuleCase(
        "public-bucket-listing", [],
        policyBehind(buckets: "(id, name, public) values ('a', 'a', false), ('b', 'b', true)")),
      RuleCase("public-bucket-listing", [], policyBehind(buckets: "(id, name, public) values ('a', 'true', false)")),
      RuleCase(
        "public-bucket-listing", [],
        policyBehind(
          buckets: "(id, allowed_mime_types, avif_autodetection, public) values ('a', array['x', 'y'], true, false)")),
      RuleCase(
        "public-bucket-listing", [2],
        policyBehind(
          buckets: "(id, created_at, allowed_mime_types, public) values ('a', now(), array['x', 'y'], 'true'::boolean)")
      ),
      RuleCase("public-bucket-listing", [2], policyBehind(buckets: "values ('a', 'a', null, TRUE)")),
      RuleCase("public-bucket-listing", [3], policyBehind(buckets: "-- it's open\n(id, public) values ('a', true)")),
      RuleCase(
        "public-bucket-listing", [2], policyBehind(buckets: "(id, public) select 'a', true where not exists (select)")),
    ])
  func policies(_ example: RuleCase) async { await expect(example) }

  @Test(
    "views and functions are judged as the last statement leaves them",
    arguments: [
      RuleCase("security-definer-view", [1], "create view v as select 1;"),
      RuleCase("security-definer-view", [], "create view v as select 1; alter view v set (security_invoker = true);"),
      RuleCase("security-definer-view", [], "create view v as select 1; revoke all on v from anon, authenticated;"),
      RuleCase("security-definer-view", [], "create view private.v as select 1; create temp view w as select 1;"),
      RuleCase("security-definer-view", [], "create view v as select 1; drop view v;"),
      RuleCase(
        "view-lost-security-invoker", [2],
        "create view v with (security_invoker) as select 1;\ncreate or replace view v as select 2;"),
      RuleCase(
        "view-lost-security-invoker", [],
        "create view v with (security_invoker) as select 1; create or replace view v as select 2;\n"
          + "alter view v set (security_invoker = on);"),
      RuleCase("auth-users-exposed", [1], "create materialized view v as select * from auth.users;"),
      RuleCase("function-search-path-mutable", [1], "create function f() returns int language plpgsql as 'begin end';"),
      RuleCase(
        "function-search-path-mutable", [], "create function f() returns int stable language sql as 'select 1';"),
      RuleCase(
        "function-search-path-mutable", [1],
        "create function f() returns int stable security definer language sql as '';"),
      RuleCase("function-search-path-mutable", [], "create function f() returns int security definer return 1;"),
      RuleCase(
        "function-search-path-mutable", [],
        "create function f(a integer) returns int language plpgsql as ''; alter function f(int) set search_path = '';"),
      RuleCase(
        "security-definer-executable", [],
        "create function f() returns trigger security definer language plpgsql as '';"),
      RuleCase(
        "security-definer-executable", [],
        "create function f() returns int security definer language sql as ''; revoke all on function f() from public;"),
      RuleCase("extension-in-public", [], "create extension if not exists pgcrypto; create extension pg_cron;"),
      RuleCase("extension-in-public", [1], "create extension hstore schema public;"),
      RuleCase("grant-to-public-or-anon", [], "grant usage on schema public to anon; grant select on a to anon;"),
      RuleCase("grant-to-public-or-anon", [1], "grant select on a to public; grant insert on a to anon;"),
      RuleCase("public-schema-create", [1], "grant all on schema public to public;"),
      RuleCase("fkey-to-auth-unique", [], "create table a (b uuid references auth.users);"),
      RuleCase("matview-in-api", [], "create materialized view private.v as select 1;"),
    ])
  func access(_ example: RuleCase) async { await expect(example) }

  @Test(
    "columns, keys and indexes",
    arguments: [
      RuleCase("prefer-bigint", [1, 1], "create table a (id int, n int, m int references b (id), s serial);"),
      RuleCase("prefer-bigint", [], "create table a (id bigint, c smallint);"),
      RuleCase("prefer-text", [], "create table a (b varchar); create temp table c (d varchar(9));"),
      RuleCase("prefer-timestamptz", [1], "alter table a alter b type timestamp;"),
      RuleCase("prefer-identity", [1], "create table a (b bigserial);"),
      RuleCase("prefer-identity", [], "create table a (b smallserial);"),
      RuleCase("ban-char", [1], "alter table a add b character(3)[];"),
      RuleCase("ban-money", [1], "create table a (b money);"),
      RuleCase("unsupported-reg-types", [], "create table a (b regclass);"),
      RuleCase("duplicate-column-assignment", [], "update a set b.x = 1, b.y = 2, c[1] = 1, c[2] = 2;"),
      RuleCase("duplicate-column-assignment", [1], "insert into a (b, b) values (1, 2);"),
      RuleCase(
        "duplicate-or-redundant-index", [], "create table a (b int primary key, c int); create index on a (c, b);"),
      RuleCase("duplicate-or-redundant-index", [1], "create table a (b int primary key); create index i on a (b);"),
      RuleCase(
        "duplicate-or-redundant-index", [2],
        "create table a (b int, c int); create index i on a (b);\ncreate index j on a (b);"),
      RuleCase(
        "duplicate-or-redundant-index", [],
        "create table a (b int, c int); create unique index i on a (b); create index j on a (b, c);"),
      RuleCase(
        "duplicate-or-redundant-index", [],
        "create table a (b text, c int); create index i on a (b text_pattern_ops); create index j on a (b, c);"),
      RuleCase(
        "fk-type-mismatch", [2], "create table a (id bigint primary key);\ncreate table b (a int references a);"),
      RuleCase(
        "fk-type-mismatch", [], "create table a (id bigserial primary key); create table b (a int8 references a (id));"),
      RuleCase("left-not-valid-constraint", [1], "alter table a add constraint c check (b > 0) not valid;"),
      RuleCase(
        "left-not-valid-constraint", [],
        "alter table a add constraint c check (b > 0) not valid; alter table a drop constraint if exists c;"),
      RuleCase("updated-at-trigger", [1], "create table a (updated_at timestamptz);"),
      RuleCase(
        "updated-at-trigger", [1],
        "create table a (updated_at timestamptz); create trigger t after update on a for each row execute function f();"
      ),
      RuleCase("uppercase", [1], "create table a (\"userId\" int, b int);"),
      RuleCase("reserved-word", [], "create table a (name text, value int, \"values\" int, type text, time time);"),
      RuleCase("too-many-index-columns", [], "create unique index i on a (b, c, d, e);"),
      RuleCase("identifier-too-long", [1], "create table \"\(String(repeating: "ü", count: 32))\" (b int);"),
      RuleCase("identifier-too-long", [], "create table \(String(repeating: "a", count: 63)) (b int);"),
      RuleCase("sensitive-column-exposed", [], "create table private.a (password text);"),
    ])
  func schema(_ example: RuleCase) async { await expect(example) }

  @Test("squawk's comments are honoured by squawk's names")
  func squawkNames() async {
    let report = await lint("-- squawk-ignore constraint-missing-not-valid\nalter table a add check (b > 0);")

    #expect(report.of("check-not-valid").isEmpty)
  }

  private func expect(_ example: RuleCase) async {
    let report = await lint(example.sql)

    #expect(report.of(example.rule).map(\.start.line) == example.lines)
    #expect(report.of("syntax-error").isEmpty)
  }
}
