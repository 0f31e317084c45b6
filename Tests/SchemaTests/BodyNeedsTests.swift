import Testing

@testable import Schema

@Suite("What bodies of functions need, in large schemas")
struct BodyNeedsTests {
  @Test("a schema for each tenant is heeded by itself: the needs grow as the tenants do, and the plan runs")
  func tenants() async throws {
    let empty = try await withSchema { try await $0.state() }
    let few = try await withSchema(Self.tenants(20)) { try await $0.state() }
    let many = try await withSchema(Self.tenants(60)) { try await $0.state() }
    let statements = try Plan(from: empty, to: many).statements

    let needs = Self.needs(from: empty, to: few)
    #expect(needs > 0)
    #expect(Self.needs(from: empty, to: many) == 3 * needs)
    for name in ["tenant_1", "tenant_60"] {
      let view = try #require(statements.firstIndex { $0.hasPrefix("CREATE MATERIALIZED VIEW \(name).early") })
      let made = statements[..<view].filter { $0.hasPrefix("CREATE OR REPLACE FUNCTION \(name).") }
      #expect(made.count == 5)
    }
    try await withSchema { schema in
      try await schema.run("set check_function_bodies = off")
      for statement in statements { try await schema.run(statement) }
      #expect(Difference(from: try await schema.snapshot(), to: many.snapshot).isEmpty)
    }
  }

  @Test("functions that all name each other have as many needs as there are functions, and all are there when one runs")
  func eachOther() async throws {
    let empty = try await withSchema { try await $0.state() }
    let functions = (1...40).map { number in
      let names = (1...40).map { "f\($0)" }.joined(separator: ", ")
      return "create function f\(number)() returns int language sql immutable as 'select 1 /* \(names) */';"
    }
    let target = try await withSchema(functions.joined() + "create materialized view early as select f7() as n") {
      try await $0.state()
    }
    let statements = try Plan(from: empty, to: target).statements

    #expect(Self.needs(from: empty, to: target) < 50)
    let view = try #require(statements.firstIndex { $0.hasPrefix("CREATE MATERIALIZED VIEW") })
    #expect(statements[..<view].filter { $0.hasPrefix("CREATE OR REPLACE FUNCTION") }.count == 40)
  }

  @Test("what leads to each other is one component, after what it leads to")
  func components() {
    let followers = [1: [2, 5], 2: [3], 3: [1, 4], 4: [4], 5: [6], 6: [5], 7: [1]]
    let components = connectedComponents(from: [1, 7]) { followers[$0] ?? [] }

    #expect(components.map { $0.sorted() } == [[4], [5, 6], [1, 2, 3], [7]])
  }

  private static func needs(from source: SchemaState, to target: SchemaState) -> Int {
    BodyNeeds(Planner(from: source, to: target, options: .init())).pairs.count
  }

  /// All have the same names: each function's body calls the next one, and reads a table.
  private static func tenants(_ count: Int) -> String {
    (1...count).map { tenant in
      let schema = "tenant_\(tenant)"
      let parts = (1...5).map { number in
        let next = number < 5 ? "f\(number + 1)(n)" : "n"
        return """
          create table \(schema).t\(number) (id int);
          create function \(schema).f\(number)(n int) returns bigint language plpgsql set search_path = \(schema) as
          $$ begin return \(next) + (select count(*) from t\(number)); end $$;
          """
      }
      return "create schema \(schema);" + parts.joined()
        + "create materialized view \(schema).early as select \(schema).f1(1) as n;"
    }.joined()
  }
}
