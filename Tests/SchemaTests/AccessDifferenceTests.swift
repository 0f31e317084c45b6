import Foundation
import TestSupport
import Testing

@testable import Schema

@Suite("A difference of access")
struct AccessDifferenceTests {
  private static let table = """
    create table notes (id int, a int, b int);
    alter table notes enable row level security;
    grant usage on schema public to anon, authenticated;
    create policy own on notes for select to anon using (a = 1 and b = 2);
    grant select on notes to anon;

    """

  private func change(_ change: String) async throws -> AccessDifference {
    try await withSchema(Self.table) { schema in
      let before = try await schema.access()
      try await schema.run(change)
      return AccessDifference(from: before, to: try await schema.access())
    }
  }

  @Test(
    "tells by the words of policies whether more rows are reached",
    arguments: [
      ("alter policy own on notes using (true)", AccessChange.Effect.widened),
      ("alter policy own on notes using (b = 2)", .widened),
      ("alter policy own on notes using (a = 1 and b = 2 or id = 3)", .widened),
      ("alter policy own on notes using (id in (select 7) or (b = 2 and a = 1))", .widened),
      ("create policy other on notes for all to public using (id = 3)", .widened),
      ("alter table notes disable row level security", .widened),
      ("alter policy own on notes using (a = 1 and b = 2 and id = 3)", .narrowed),
      ("create policy never on notes as restrictive for select to anon using (id > 3)", .narrowed),
      ("alter policy own on notes using (a = 1 and b = 3)", .changed),
      ("alter policy own on notes using (a = 1 and id = 3)", .changed),
      ("alter policy own on notes to authenticated", .loses),
      ("drop policy own on notes", .loses),
      ("revoke select on notes from anon; grant select (id) on notes to anon", .loses),
      ("revoke usage on schema public from public, anon", .loses),
      ("grant delete on notes to anon; create policy d on notes for delete to anon using (a = 1)", .gains),
    ])
  func effects(statement: String, effect: AccessChange.Effect) async throws {
    let difference = try await change(statement)

    #expect(difference.changes.first { $0.role == "anon" }?.effect == effect)
  }

  @Test("is empty where the same is said otherwise")
  func same() async throws {
    let difference = try await change(
      """
      alter policy own on notes rename to mine;
      create policy again on notes for select to anon using (a = 1 and b = 2 and id = 4);
      create policy open on notes as restrictive for all using (true);
      """)

    #expect(difference.isEmpty, "\(AccessDifferenceText(difference).text)")
  }

  @Test(
    "says of a view that asks its owner's rights that it goes past row security, and of one that does not, that it is bound"
  )
  func views() async throws {
    try await withSchema(Self.table, since: 15) { schema in
      try await schema.run(
        """
        create view past as select * from notes;
        create view bound with (security_invoker) as select * from notes;
        grant select on past, bound to anon;
        """)
      let matrix = try await schema.access()

      let past = try #require(matrix[QualifiedName(schema: "public", name: "past")]?["anon"]?.select)
      let bound = try #require(matrix[QualifiedName(schema: "public", name: "bound")]?["anon"]?.select)
      #expect(past.extent == .all)
      #expect(past.bypassed == [QualifiedName(schema: "public", name: "notes")])
      #expect(bound.extent == .policy)
      #expect(bound.policies.map(\.name) == ["own"])
    }
  }

  @Test("anon-gains is met by what anon gains, and by functions that have their owner's rights, not by others")
  func anonGains() async throws {
    let difference = try await change(
      """
      create function plain() returns int language sql as 'select 1';
      create function risen() returns int language sql security definer as 'select 1';
      grant insert (id) on notes to anon;
      create policy i on notes for insert to anon with check (id > 0);
      grant select on notes to authenticated;
      """)

    let reasons = AccessCondition.anonGains.reasons(in: difference)
    #expect(
      reasons == [
        "anon gains INSERT on public.notes: by policy i: (id > 0), columns id",
        "anon may call public.risen(), which has the rights of tester",
      ])
    #expect(AccessCondition.policyWidened.reasons(in: difference) == [])
    #expect(AccessCondition.rowSecurityOff.reasons(in: difference) == [])
  }

  @Test("as JSON, a matrix and a difference have the keys that the schema names, and no others")
  func schema() async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "docs/schema/access.schema.json")))
    func faults(of json: Any, in name: String) -> [String] {
      JSONSchema.faults(of: json, against: ["$ref": "#/$defs/\(name)"], in: schema)
    }
    try await withSchema(Self.table) { database in
      let empty = try await database.access()
      try await database.run(
        """
        create view past as select id, a from notes;
        grant select (id) on past to anon;
        create function risen(x int) returns int language sql security definer as 'select 1';
        create table plain (id int);
        alter table notes force row level security;
        """)
      let full = try await database.access()

      let encoder = JSONEncoder()
      let matrix = try JSONSerialization.jsonObject(with: encoder.encode(full))
      let difference = try JSONSerialization.jsonObject(
        with: encoder.encode(AccessDifference(from: empty, to: full)))
      #expect(faults(of: matrix, in: "matrix") == [])
      #expect(faults(of: difference, in: "difference") == [])
      #expect(faults(of: matrix, in: "difference") != [])
      let again = try JSONDecoder().decode(AccessMatrix.self, from: encoder.encode(full))
      #expect(AccessDifference(from: full, to: again).isEmpty)
    }
  }
}

extension ScratchSchema {
  func access() async throws -> AccessMatrix {
    try await AccessMatrix.read(from: connection, scope: .postgres, roles: ["anon", "authenticated", "service_role"])
  }
}
