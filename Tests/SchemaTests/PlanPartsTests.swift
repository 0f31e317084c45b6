import Postgres
import Testing

@testable import Schema

@Suite("The parts of a plan")
struct PlanPartsTests {
  @Test("a plan is one transaction for psql, in which bodies of functions are not looked into")
  func script() async throws {
    let plan = try await Self.plan(
      from: "create table a (id int)",
      to: "create table a (id int, n int); create function f() returns int language sql as 'select 1'")

    #expect(plan.parts.map(\.isTransaction) == [true])
    #expect(plan.script.hasPrefix("BEGIN;\n\nSET LOCAL check_function_bodies = off;\n\n"))
    #expect(plan.script.hasSuffix("\nCOMMIT;\n"))
    #expect(plan.parts[0].sql == plan.sql && plan.sql.hasPrefix("SET check_function_bodies = off;\n"))
  }

  @Test("a label that is added is over before it is used, also when it has a quote in it; else all is one transaction")
  func labels() async throws {
    let used = try await Self.plan(
      from: "create type t as enum ('a'); create table old (id int)",
      to: "create type t as enum ('a', 'it''s', 'z'); create table x (s t default 'it''s')")
    let unused = try await Self.plan(
      from: "create type t as enum ('a')", to: "create type t as enum ('b', 'a'); create table x (s t default 'a')")

    #expect(used.parts.count == 2)
    #expect(
      used.parts.first?.steps.map(\.sql) == [
        "ALTER TYPE public.t ADD VALUE 'it''s' AFTER 'a'", "ALTER TYPE public.t ADD VALUE 'z' AFTER 'it''s'",
      ])
    #expect(unused.parts.count == 1)
  }

  @Test("what each statement does away with is said with it")
  func losses() async throws {
    let plan = try await Self.plan(
      from: "create table a (id int, n int); create table b (id int)", to: "create table a (m int, id int)")

    let losses = plan.parts.flatMap(\.steps).filter { !$0.losses.isEmpty }
    #expect(
      losses.map(\.sql).sorted() == ["DROP TABLE public.a_penstock_old", "DROP TABLE public.b"], "\(plan.statements)")
    #expect(losses.flatMap(\.losses).sorted() == plan.losses.sorted())
  }

  @Test("one column or table that went, and one like it that came, may be a rename; two of either are none")
  func renames() async throws {
    let difference = try await Self.difference(
      from: """
        create table a (id int, sum numeric, x text, y text); create table customers (id int, name text);
        """,
      to: """
        create table a (id int, total numeric, z text, w text); create table clients (id int, name text);
        """)

    #expect(
      difference.possibleRenames == [
        "ALTER TABLE public.a RENAME COLUMN sum TO total", "ALTER TABLE public.customers RENAME TO clients",
      ])
  }

  private static func plan(from: String, to: String) async throws -> Plan {
    let source = try await withSchema(from) { try await $0.state() }
    let target = try await withSchema(to) { try await $0.state() }
    return try Plan(from: source, to: target)
  }

  private static func difference(from: String, to: String) async throws -> Difference {
    Difference(from: try await snapshot(of: from), to: try await snapshot(of: to))
  }
}
