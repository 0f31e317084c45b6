/// Pairs that broke plans, or other tools: partitions.
extension PlanCase {
  static let hardPartitions = [
    PlanCase(
      "an enum in a key of partitions",
      """
      create type t as enum ('a', 'b'); create table x (s t not null, n int) partition by list (s);
      create table xa partition of x for values in ('a'); create table xb partition of x for values in ('b');
      insert into x values ('a', 1), ('b', 2);
      """,
      """
      create type t as enum ('b', 'a'); create table x (s t not null, n int) partition by list (s);
      create table xa partition of x for values in ('a'); create table xb partition of x for values in ('b');
      insert into x values ('a', 1), ('b', 2);
      """),
    PlanCase(
      "bounds of partitions",
      """
      create table d (day date not null, n int, primary key (day)) partition by range (day);
      create table d1 partition of d for values from ('2026-01-01') to ('2026-02-01'); create table rest partition
      of d default;
      insert into d values ('2026-01-05', 1), ('2026-03-01', 2);
      """,
      """
      create table d (day date not null, n int, primary key (day)) partition by range (day);
      create table d1 partition of d for values from ('2026-01-01') to ('2026-02-15'); create table rest partition
      of d default;
      insert into d values ('2026-01-05', 1), ('2026-03-01', 2);
      """),
    PlanCase(
      "partitions that come, go and stay as tables",
      """
      create table d (day date not null, n int) partition by range (day); create index i on d (n);
      create table d1 partition of d for values from ('2026-01-01') to ('2026-02-01');
      create table d2 partition of d for values from ('2026-02-01') to ('2026-03-01');
      create table d3 (day date not null, n int);
      insert into d values ('2026-01-05', 1), ('2026-02-05', 2); insert into d3 values ('2026-03-05', 3);
      """,
      """
      create table d (day date not null, n int) partition by range (day); create index i on d (n);
      create table d1 (day date not null, n int);
      create table d2 partition of d for values from ('2026-02-01') to ('2026-03-01');
      create table d3 partition of d for values from ('2026-03-01') to ('2026-04-01');
      insert into d values ('2026-02-05', 2), ('2026-03-05', 3);
      """),
    PlanCase(
      "partitions of partitions",
      """
      create table d (day date not null, k int not null, n int) partition by range (day);
      create table d1 partition of d for values from ('2026-01-01') to ('2026-02-01') partition by list (k);
      create table d1a partition of d1 for values in (1); create table d1r partition of d1 default;
      insert into d values ('2026-01-05', 1, 1), ('2026-01-06', 2, 2);
      """,
      """
      create table d (day date not null, k int not null, n bigint, m text default 'x') partition by range (day);
      create table d1 partition of d for values from ('2026-01-01') to ('2026-02-01') partition by list (k);
      create table d1a partition of d1 for values in (1, 3); create table d1r partition of d1 default;
      create index on d (n); alter table d add primary key (day, k);
      insert into d values ('2026-01-05', 1, 1), ('2026-01-06', 2, 2);
      """),
    PlanCase(
      "a hash partitioned table with a default of a partition's own",
      """
      create table d (id int not null, n int) partition by hash (id);
      create table d0 partition of d for values with (modulus 2, remainder 0); create table d1 partition of d for
      values with (modulus 2, remainder 1);
      """,
      """
      create table d (id int not null, n int default 1) partition by hash (id);
      create table d0 partition of d for values with (modulus 2, remainder 0); create table d1 partition of d for
      values with (modulus 2, remainder 1);
      alter table d1 alter n set default 2; alter table d1 add check (n > 0); create index on d1 (n); comment on
      table d1 is 'one';
      """),
    PlanCase(
      "inheritance with columns and checks of its own",
      """
      create table p (id int not null, s text default 'a', check (id > 0)); create table c (x int) inherits (p);
      insert into c values (2, 'b', 2);
      """,
      """
      create table p (id bigint not null, s text default 'b', t date, check (id > 1)); create table c (x int,
      check (x > 0)) inherits (p);
      alter table c alter s set default 'c'; insert into c values (2, 'b', null, 2);
      """),
    PlanCase(
      "inheritance from two tables",
      """
      create table p (id int); create table q (n int); create table c () inherits (p, q); insert into c values (1,
      2);
      """,
      """
      create table p (id int); create table q (n int); create table c (id int, n int) inherits (q, p); insert into
      c values (2, 1);
      """),
    PlanCase(
      "foreign keys of partitioned tables",
      """
      create table r (id int primary key); create table d (day date not null, r int, primary key (day)) partition
      by range (day); create table d1 partition of d for values from ('2026-01-01') to ('2026-02-01'); create
      table e (day date references d); insert into d values ('2026-01-01', null); insert into e values
      ('2026-01-01');
      """,
      """
      create table r (id int primary key); create table d (day date not null, r int references r on delete
      cascade, primary key (day)) partition by range (day); create table d1 partition of d for values from
      ('2026-01-01') to ('2026-02-01'); create table e (day date); alter table e add constraint other foreign key
      (day) references d on delete cascade; insert into d values ('2026-01-01', null); insert into e values
      ('2026-01-01');
      """),
    PlanCase(
      "indexes of partitioned tables and their partitions'",
      """
      create table d (day date not null, n int, t text) partition by range (day); create table d1 partition of d
      for values from ('2026-01-01') to ('2026-02-01'); create index i on d (n); create index own on d1 (t);
      """,
      """
      create table d (day date not null, n int, t text) partition by range (day); create table d1 partition of d
      for values from ('2026-01-01') to ('2026-02-01'); create index i on d (n, t); create index j on only d (t);
      create index own on d1 (t); alter index j attach partition own; create unique index u on d (day);
      """),
    PlanCase(
      "a range-partitioned table is partitioned otherwise",
      """
      create table d (day date not null, n int) partition by range (day); create table d1 partition of d for
      values from ('2026-01-01') to ('2026-02-01'); create view v as select * from d; insert into d values
      ('2026-01-05', 1);
      """,
      """
      create table d (day date not null, n int) partition by list (n); create table d1 partition of d for values
      in (1); create view v as select * from d; insert into d values ('2026-01-05', 1);
      """),
    PlanCase(
      "a table with rows becomes partitioned",
      """
      create table d (id int not null, day date not null, primary key (id, day)); create index on d (day); create
      view v as select * from d; alter table d enable row level security; create policy p on d using (true);
      insert into d values (1, '2026-01-05');
      """,
      """
      create table d (id int not null, day date not null, primary key (id, day)) partition by range (day); create
      table d1 partition of d for values from ('2026-01-01') to ('2026-02-01'); create table drest partition of d
      default; create index on d (day); create view v as select * from d; alter table d enable row level security;
      create policy p on d using (true); insert into d values (1, '2026-01-05');
      """),
    PlanCase(
      "identity of a partitioned table's serial and default that differ by partition",
      """
      create table d (id bigserial, k int not null, primary key (id, k)) partition by list (k); create table d1
      partition of d for values in (1); insert into d (k) values (1);
      """,
      """
      create table d (id bigint not null default 0, k int not null, t text not null default 'x', primary key (id,
      k)) partition by list (k); create table d1 partition of d for values in (1); create table d2 partition of d
      for values in (2, 3); insert into d (k) values (1);
      """),
    PlanCase(
      "tables that inherit from one that is made anew",
      """
      create table a (id int primary key, z text); create table k (x int) inherits (a); insert into a values (1,
      'a'); insert into k values (2, 'k', 3);
      """,
      """
      create table a (id int primary key, m int, z text); create table k (x int) inherits (a); insert into a
      values (1, null, 'a'); insert into k values (2, null, 'k', 3);
      """),
    PlanCase(
      "two partitions that change bounds with each other",
      """
      create table d (n int not null) partition by list (n); create table d1 partition of d for values in (1);
      create table d2 partition of d for values in (2); create index on d (n);
      """,
      """
      create table d (n int not null) partition by list (n); create table d1 partition of d for values in (2);
      create table d2 partition of d for values in (1, 3); create table d0 partition of d for values in (4);
      create index on d (n);
      """),
    PlanCase(
      "a partitioned table with rows gets a column in the middle",
      """
      create table d (day date not null, n int) partition by range (day); create table d1 partition of d for
      values from ('2026-01-01') to ('2026-02-01'); create table d2 partition of d default; create index on d (n);
      insert into d values ('2026-01-05', 1), ('2026-03-05', 2);
      """,
      """
      create table d (day date not null, k int, n int) partition by range (day); create table d1 partition of d
      for values from ('2026-01-01') to ('2026-02-01'); create table d2 partition of d default; create index on d
      (n); insert into d values ('2026-01-05', null, 1), ('2026-03-05', null, 2);
      """),
    PlanCase(
      "an inherited column that becomes the table's own, and a check that is not handed down",
      """
      create table p (id int, s text, constraint c check (id > 0)); create table k (n int) inherits (p);
      """,
      """
      create table p (id int, constraint c check (id > 0) no inherit); create table k (id int, s text, n int)
      inherits (p);
      """),
    PlanCase(
      "a table leaves its parent, and another takes its name",
      """
      create table p (id int, s text default 'a'); create table k (n int) inherits (p); create index on k (n);
      insert into k values (1, 'x', 2);
      """,
      """
      create table p (id int, s text default 'b', t int); create table k (id int, s text default 'a', n int);
      create table j (n int) inherits (p); create index on k (n); insert into k values (1, 'x', 2);
      """),
  ]
}
