import Testing

@testable import Schema

@Suite("A catalog")
struct CatalogTests {
  @Test("has a table with all that rules ask of it")
  func table() async throws {
    let catalog = Catalog(
      try await snapshot(
        of: """
          create table customers (id bigint primary key, "Region" text, unique (id, "Region"));
          create table orders (
            id bigint generated always as identity primary key,
            gone int,
            customer_id bigint not null,
            "Region" text collate "C" default 'eu',
            at timestamptz not null default now(),
            twice int generated always as (1 + 1) stored,
            constraint positive check (customer_id > 0),
            constraint one unique ("Region", at)
          );
          alter table orders drop gone;
          alter table orders add constraint fk foreign key (customer_id, "Region") references customers (id, "Region")
            on delete cascade on update set null deferrable not valid;
          alter table orders enable row level security;
          alter table orders force row level security;
          create index by_region on orders ("Region", lower("Region"), at) include (id) where at is not null;
          create policy own on orders as restrictive for update to anon, authenticated using (true) with check (false);
          grant select, insert on orders to anon with grant option;
          grant update (at) on orders to authenticated;
          comment on table orders is 'What is ordered';
          comment on column orders.at is 'When';
          comment on index by_region is 'Fast';
          comment on policy own on orders is 'Mine';
          comment on constraint fk on orders is 'Whose';
          """))

    let orders = try #require(catalog.table(QualifiedName(schema: "public", name: "orders")))
    #expect(orders.kind == .ordinary)
    #expect(orders.owner == "tester")
    #expect(orders.comment == "What is ordered")
    #expect(orders.hasRowSecurity)
    #expect(orders.forcesRowSecurity)
    #expect(!orders.isPartition)

    #expect(orders.columns.map(\.name) == ["id", "customer_id", "Region", "at", "twice"])
    #expect(orders.columns.map(\.position) == [1, 2, 3, 4, 5])
    #expect(orders.columns.map(\.isNotNull) == [true, true, false, true, false])
    #expect(orders.column("id")?.identity == .always)
    #expect(orders.column("Region")?.collation == "pg_catalog.\"C\"")
    #expect(orders.column("Region")?.defaultExpression == "'eu'::text")
    #expect(orders.column("at")?.type == "timestamp with time zone")
    #expect(orders.column("at")?.defaultExpression == "now()")
    #expect(orders.column("at")?.comment == "When")
    #expect(orders.column("twice")?.generated == "(1 + 1)")
    #expect(orders.column("twice")?.defaultExpression == nil)

    #expect(orders.primaryKey?.columns == ["id"])
    #expect(orders.uniqueKeys.map(\.columns) == [["Region", "at"]])
    #expect(orders.checks.map(\.definition) == ["CHECK ((customer_id > 0))"])
    let key = try #require(orders.foreignKeys.first)
    #expect(key.columns == ["customer_id", "Region"])
    #expect(key.referencedTable == QualifiedName(schema: "public", name: "customers"))
    #expect(key.referencedColumns == ["id", "Region"])
    #expect(key.onDelete == .cascade)
    #expect(key.onUpdate == .setNull)
    #expect(!key.isValid)
    #expect(key.isDeferrable)
    #expect(key.comment == "Whose")

    #expect(orders.indexes.map(\.name) == ["by_region", "one", "orders_pkey"])
    let index = orders.indexes[0]
    #expect(index.keys == [.column("Region"), .expression("lower(\"Region\")"), .column("at")])
    #expect(index.leadingColumns == ["Region"])
    #expect(index.includedColumns == ["id"])
    #expect(index.isPartial)
    #expect(index.isValid)
    #expect(!index.isUnique)
    #expect(index.comment == "Fast")
    #expect(orders.indexes[2].isPrimary)

    let policy = try #require(orders.policies.first)
    #expect(policy.command == .update)
    #expect(!policy.isPermissive)
    #expect(policy.roles == ["anon", "authenticated"])
    #expect(policy.using == "true")
    #expect(policy.check == "false")
    #expect(policy.comment == "Mine")

    let grants = Dictionary(uniqueKeysWithValues: orders.grants.map { ($0.grantee, $0) })
    #expect(grants["anon"]?.privileges == [.select, .insert])
    #expect(grants["anon"]?.grantable == [.select, .insert])
    #expect(grants["authenticated"]?.column == "at")
    #expect(grants["authenticated"]?.privileges == [.update])
    #expect(grants["tester"]?.privileges.contains(.truncate) == true)
  }

  @Test("has views, functions, enums, triggers and partitions")
  func others() async throws {
    let catalog = Catalog(
      try await snapshot(
        of: """
          create table days (day date) partition by range (day);
          create table rest partition of days default;
          create view v with (security_invoker = on) as select day from days;
          create view w as select 1 as one;
          create materialized view m as select 1 as one;
          create function touch() returns trigger language plpgsql security definer set search_path = '', public
            as 'begin return new; end';
          create procedure p() language sql as 'select 1';
          create function stable_one(int) returns int language sql stable as 'select 1';
          create trigger t instead of insert on v for each row execute function touch();
          create type status as enum ('open', 'it''s late');
          comment on function touch() is 'Touches';
          revoke execute on function touch() from public;
          """, since: 15))

    #expect(catalog.tables.map(\.name.name) == ["days", "rest"])
    #expect(catalog.tables[0].kind == .partitioned)
    #expect(catalog.tables[1].isPartition)
    #expect(catalog.tables[1].parents == [catalog.tables[0].name])

    #expect(catalog.views.map(\.name.name) == ["m", "v", "w"])
    #expect(catalog.views.map(\.isMaterialized) == [true, false, false])
    #expect(catalog.views.map(\.isSecurityInvoker) == [false, true, false])
    #expect(catalog.views[1].columns.map(\.name) == ["day"])
    #expect(catalog.views[1].triggers.map(\.function) == [QualifiedName(schema: "public", name: "touch")])

    #expect(catalog.functions.map(\.name.name) == ["p", "stable_one", "touch"])
    #expect(catalog.functions.map(\.kind) == [.procedure, .function, .function])
    #expect(catalog.functions[1].arguments == "integer")
    #expect(catalog.functions[1].volatility == "stable")
    let touch = catalog.functions[2]
    #expect(touch.isSecurityDefiner)
    #expect(touch.configuration == ["search_path": "\"\", public"])
    #expect(touch.language == "plpgsql")
    #expect(touch.returnType == "trigger")
    #expect(touch.comment == "Touches")
    #expect(touch.grants.map(\.grantee) == ["tester"])

    #expect(catalog.enums.map(\.labels) == [["open", "it's late"]])
  }

  @Test("keeps what users add to a platform's tables apart")
  func managed() async throws {
    let catalog = Catalog(
      try await snapshot(
        of: """
          create schema storage;
          create table storage.objects (id int);
          create policy mine on storage.objects using (true);
          create function touch() returns trigger language plpgsql as 'begin return new; end';
          create trigger t before insert on storage.objects for each row execute function touch();
          """, scope: .supabase))

    #expect(catalog.tables.isEmpty)
    #expect(catalog.policiesOnManagedTables.map(\.table.description) == ["storage.objects"])
    #expect(catalog.triggersOnManagedTables.map(\.name) == ["t"])
  }
}
