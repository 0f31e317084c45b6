import Postgres
import Testing

@testable import Schema

@Suite("A plan")
struct PlanTests {
  @Test("makes one schema of the other, and back, and then there is nothing left to do", arguments: PlanCase.all)
  func proof(planned: PlanCase) async throws {
    try await Self.prove(from: planned.from, to: planned.to, since: planned.since)
    try await Self.prove(from: planned.to, to: planned.from, since: planned.since)
  }

  @Test("keeps the rows of a table that is made anew for the order of its columns")
  func rows() async throws {
    let statements = try await Self.prove(
      from: """
        create table a (id int generated always as identity primary key, b text, e text unique);
        insert into a (b, e) values ('x', '1'), ('y', '2');
        """,
      to: "create table a (id int generated always as identity primary key, b text, c int default 7, e text unique)",
      expecting: ["select concat_ws(' ', id, b, c, e) from a order by id"])

    #expect(statements == [["1 x 7 1", "2 y 7 2"]])
  }

  @Test("keeps the values of an enum that loses a label")
  func values() async throws {
    let statements = try await Self.prove(
      from: """
        create type mood as enum ('good', 'bad', 'ugly');
        create table a (id int, m mood default 'good', all_m mood[]);
        insert into a values (1, 'bad', '{good,bad}');
        create view v as select m from a where m <> 'good';
        """,
      to: """
        create type mood as enum ('bad', 'good');
        create table a (id int, m mood default 'good', all_m mood[]);
        create view v as select m from a where m <> 'good';
        """,
      expecting: ["select concat_ws(' ', m, all_m) from a", "select m::text from v"])

    #expect(statements == [["bad {good,bad}"], ["bad"]])
  }

  @Test("leaves new columns at the end where their order does not count")
  func anyOrder() async throws {
    let from = try await withSchema("create table a (id int, c int)") { try await $0.state() }
    let to = try await withSchema("create table a (id int, b text, c int)") { try await $0.state() }

    let plan = try Plan(from: from, to: to, options: .init(columnOrder: .any))

    #expect(plan.statements == ["ALTER TABLE public.a ADD COLUMN b text"])
  }

  @Test("names the rows and values that it does away with")
  func losses() async throws {
    let from = try await withSchema(
      """
      create type mood as enum ('good', 'bad'); create table gone (id int);
      create table a (id int, n int, m mood, twice int generated always as (id * 2) stored);
      """
    ) { try await $0.state() }
    let to = try await withSchema("create type mood as enum ('bad'); create table a (id int, m mood)") {
      try await $0.state()
    }

    let plan = try Plan(from: from, to: to)

    #expect(
      plan.losses.sorted() == [
        "'good' of enum public.mood, which rows may have", "column public.a.n with its values",
        "table public.gone with its rows",
      ])
    #expect(try Plan(from: to, to: from).losses == [])
    let anew = try await withSchema(
      "create type mood as enum ('bad'); create table a (m mood, id int)"
    ) { try await $0.state() }
    #expect(try Plan(from: from, to: anew).losses.contains("column public.a.n with its values"))
  }

  @Test("of equal schemas is empty")
  func empty() async throws {
    let state = try await withSchema("create table a (id serial primary key)") { try await $0.state() }

    #expect(try Plan(from: state, to: state).isEmpty)
    #expect(try Plan(from: state, to: state).sql == "")
  }

  /// Runs a plan on the first schema, and asks for nothing less than the second.
  ///
  /// - Returns: What the queries give afterwards, one list of first columns each.
  @discardableResult
  private static func prove(
    from: String, to: String, since: Int = 14, expecting queries: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [[String]] {
    let target = try await withSchema(to, since: since) { try await $0.state() }
    return try await withSchema(from) { schema in
      let source = try await schema.state()
      let plan = try Plan(from: source, to: target)
      let kept = try await KeptCells.read(plan.keptRows(from: source.snapshot, to: target.snapshot), in: schema)
      do {
        try await schema.run("reset all; set check_function_bodies = off; set search_path = ''")
        for statement in plan.statements { try await schema.run(statement) }
      } catch {
        Issue.record("\(error)\n\(plan.sql)", sourceLocation: sourceLocation)
        return []
      }
      try await schema.run("reset search_path")
      let reached = try await schema.state()
      let left = Difference(from: reached.snapshot, to: target.snapshot)
      #expect(left.isEmpty, "\(left.lines.joined(separator: "\n"))\n\(plan.sql)", sourceLocation: sourceLocation)
      #expect(try Plan(from: reached, to: target).statements == [], sourceLocation: sourceLocation)
      for cells in kept { try await cells.look(in: schema, plan.sql, sourceLocation) }
      var answers: [[String]] = []
      for query in queries {
        answers.append(try await schema.connection.query(query).map { try $0.decode(String.self) })
      }
      return answers
    }
  }
}

/// The rows of a table that a plan must leave alone.
private struct KeptCells {
  let rows: KeptRows
  let texts: String

  static func read(_ kept: [KeptRows], in schema: ScratchSchema) async throws -> [KeptCells] {
    var cells: [KeptCells] = []
    for rows in kept {
      let texts = try await schema.column(rows.reading)
      if !texts.isEmpty { cells.append(KeptCells(rows: rows, texts: "[\(texts.joined(separator: ","))]")) }
    }
    return cells
  }

  func look(in schema: ScratchSchema, _ sql: String, _ sourceLocation: SourceLocation) async throws {
    // A value that the plan makes another type of may have no text that would be read as that.
    guard let expected = try? await schema.column(rows.expected, texts) else { return }
    let found = try await schema.column(rows.found)
    #expect(found == expected, "\(rows.table)\n\(sql)", sourceLocation: sourceLocation)
  }
}

extension ScratchSchema {
  fileprivate func column(_ query: String, _ parameters: String...) async throws -> [String] {
    try await connection.query(query, parameters).map { try $0.decode(String.self) }
  }
}
