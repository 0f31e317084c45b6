import Foundation
import Postgres
import TestSupport
import Testing

@testable import Schema

@Suite("The access matrix")
struct AccessMatrixTests {
  @Test("says of grants, row security, policies, views and memberships of any kind what the server then does")
  func server() async throws {
    try await withScratchDatabase { target in
      try await Connection.with(target, as: "access tests") { connection in
        try await connection.script(Self.functions)
        for seed in 0..<Self.cases {
          try await connection.execute("begin")
          let access = AccessCase(seed: UInt64(seed), hasInvokers: await connection.serverVersion >= 150_000)
          let faults = try await Self.faults(of: access, on: connection)
          try await connection.execute("rollback")
          #expect(faults.isEmpty, "seed \(seed): \(faults.first ?? "")")
        }
      }
    }
  }

  @Test("names each of the hundreds of policies that a table may have")
  func manyPolicies() async throws {
    let policies = (0..<400).map { "create policy p\($0) on a to anon using (id = \($0));" }
    try await withSchema(
      "create table a (id int); alter table a enable row level security; grant select on a to anon;" + policies.joined()
    ) { schema in
      let matrix = try await schema.access()
      let text = AccessText(matrix, usesColor: false, hasDetails: true, width: 100).text

      #expect((0..<400).allSatisfy { text.contains("(id = \($0))") })
    }
  }

  private static func faults(of access: AccessCase, on connection: isolated Connection) async throws -> [String] {
    try await connection.script(access.script.map { $0 + ";\n" }.joined())
    let matrix = try await AccessMatrix.read(from: connection, scope: .postgres, roles: AccessCase.roles)
    let attempts = try access.attempts(matrix)
    let predictions = attempts.map { attempt -> String? in
      if case .runs(let rows) = attempt.expectation { rows } else { nil }
    }
    let rows = try await connection.query(
      """
      select a.rows, a.error, probe.prediction(prediction)
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality u (role, command, prediction, number),
        probe.attempt(role, command) a
      order by number
      """, [attempts.map(\.role), attempts.map(\.command), predictions])
    var faults: [String] = []
    for (attempt, row) in zip(attempts, rows) {
      let (count, error, predicted) = try row.decode(Int?.self, String?.self, Int?.self)
      let violates = error?.contains("violates row-level security policy") ?? false
      let isRight =
        switch attempt.expectation {
        case .refused: error != nil && !violates
        case .nothing: error != nil || count == 0
        case .runs(nil): error == nil || violates
        case .runs: count == predicted && (error == nil || violates)
        }
      guard !isRight else { continue }
      faults.append(
        """
        \(attempt.role): \(attempt.command): \(error ?? "\(count ?? 0) rows"), but the matrix says \(attempt.because), \
        \(attempt.expectation), \(predicted.map(String.init) ?? "-")
        \(access.script.joined(separator: ";\n"));
        """)
    }
    return faults
  }

  /// `PENSTOCK_ACCESS_CASES` asks for more.
  private static let cases = ProcessInfo.processInfo.environment["PENSTOCK_ACCESS_CASES"].flatMap { Int($0) } ?? 300

  /// Everything that an attempt does is taken back.
  private static let functions = """
    create schema probe;
    create function probe.attempt(role text, command text, out rows int, out error text) language plpgsql as $$
    begin
      execute format('set local role %I', role);
      execute command;
      get diagnostics rows = row_count;
      raise exception using errcode = 'PEN01', message = rows::text;
    exception when others then
      if sqlstate = 'PEN01' then rows = sqlerrm::int; else error = sqlstate || ' ' || sqlerrm; end if;
    end $$;
    create function probe.prediction(query text) returns int language plpgsql as $$
    declare rows int;
    begin
      if query is not null then execute query into rows; end if;
      return rows;
    end $$;
    """
}
