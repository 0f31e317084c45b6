/// Pairs that broke plans, or other tools: views.
extension PlanCase {
  static let hardViews = [
    PlanCase(
      "options of views", since: 15,
      """
      create table a (id int, n int); create view v with (security_barrier = true) as select id from a; create
      view c as select id from a where id > 0 with cascaded check option; create view w as select id from a; grant
      select on w to anon; comment on column w.id is 'id';
      """,
      """
      create table a (id int, n int); create view v with (security_invoker = true) as select id, n from a; create
      view c as select id from a where id > 1 with local check option; create view w with (security_invoker =
      true, security_barrier = true) as select id from a; grant select on w to anon; comment on column w.id is
      'id';
      """),
    PlanCase(
      "columns of views renamed, removed and in another order",
      """
      create table a (id int, n int); create view v (x, y) as select id, n from a; create view w as select x from
      v; create view u as select * from v; alter view v alter x set default 5; grant select (x) on v to anon;
      """,
      """
      create table a (id int, n int); create view v (z, y) as select n, id from a; create view w as select z as x
      from v; create view u as select * from v; grant select (z) on v to anon;
      """),
    PlanCase(
      "views of views with columns that change",
      """
      create table a (id int, n int, t text); create view v1 as select id, n from a; create view v2 as select *
      from v1 where n > 0; create materialized view m as select id from v2; create unique index mi on m (id);
      create view v3 as select m.id, v2.n from m join v2 using (id); create function f() returns setof v3 language
      sql as 'select * from v3'; grant select on v3 to anon;
      """,
      """
      create table a (id int, t text); create view v1 as select id, t from a; create view v2 as select * from v1
      where t <> ''; create materialized view m as select id, 1 as k from v2; create unique index mi on m (id);
      create index mk on m (k); create view v3 as select m.id, v2.t from m join v2 using (id); create function f()
      returns setof v3 language sql as 'select * from v3'; grant select on v3 to anon;
      """),
    PlanCase(
      "recursive views",
      """
      create table a (id int, parent int); create recursive view tree (id, depth) as select id, 0 from a where
      parent is null union all select a.id, t.depth + 1 from a join tree t on a.parent = t.id;
      """,
      """
      create table a (id bigint, parent bigint, n text); create recursive view tree (id, depth, path) as select
      id, 0, n from a where parent is null union all select a.id, t.depth + 1, t.path || a.n from a join tree t on
      a.parent = t.id;
      """),
    PlanCase(
      "matviews without data, with options, on matviews",
      """
      create table a (id int, n int); create materialized view m with (fillfactor = 70) as select id, n from a
      with no data; create materialized view o as select id from m with no data; create index on o (id);
      """,
      """
      create table a (id bigint, n int); create materialized view m as select id, n from a; create materialized
      view o as select id, count(*) as c from m group by id; create unique index on o (id); alter materialized
      view o cluster on o_id_idx;
      """),
    PlanCase(
      "a view that a rule, a trigger and a grant are on changes its columns",
      """
      create table a (id int, n int); create view v as select id, n from a; grant select, insert on v to anon;
      comment on view v is 'v'; create function g() returns trigger language plpgsql as 'begin return new; end';
      create trigger i instead of insert on v for each row execute function g(); alter view v alter n set default
      1; create function rows() returns setof v language sql as 'select * from v';
      """,
      """
      create table a (id int, n int); create view v as select n, id, 'x'::text as t from a; grant select, insert
      on v to anon; comment on view v is 'v'; create function g() returns trigger language plpgsql as
      'begin return new; end'; create trigger i instead of insert on v for each row execute function g(); alter
      view v alter n set default 1; create function rows() returns setof v language sql as 'select * from v';
      """),
    PlanCase(
      "materialized views on a table that is made anew, with rights and comments",
      """
      create table a (id int primary key, z text); insert into a values (1, 'x'); create materialized view m as
      select * from a; create unique index on m (id); grant select on m to anon; comment on materialized view m is
      'm'; comment on column m.z is 'z'; create view v as select * from m; grant select on v to anon;
      """,
      """
      create table a (id int primary key, k int, z text); insert into a values (1, null, 'x'); create materialized
      view m as select * from a; create unique index on m (id); grant select on m to anon; comment on materialized
      view m is 'm'; comment on column m.z is 'z'; create view v as select * from m; grant select on v to anon;
      """),
    PlanCase(
      "a view becomes a materialized view under another view",
      """
      create table a (id int); create view v as select id from a; create view w as select id from v; grant select
      on v to anon; grant select on w to anon;
      """,
      """
      create table a (id int); create materialized view v as select id from a; create view w as select id from v;
      grant select on v to anon; create index on v (id);
      """),
  ]
}
