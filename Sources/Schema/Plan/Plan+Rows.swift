/// Rows that a plan must leave alone: those of a table that both schemas have, in the columns that both have, as far as
/// the plan claims no loss.
package struct KeptRows: Sendable {
  /// As it is written in SQL.
  package let table: String
  /// The rows as they are, one cell each: a JSON object of texts, null for NULL.
  package let reading: String
  /// Given a JSON array of such objects as `$1`, what the second schema makes of them: sorted cells.
  package let expected: String
  /// The rows as they have become: sorted cells.
  package let found: String
}

extension Plan {
  /// - Parameters:
  ///   - source: What the plan begins with.
  ///   - target: What it ends with.
  package func keptRows(from source: Snapshot, to target: Snapshot) -> [KeptRows] {
    let old = Dictionary(source.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(target.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return source.facts.compactMap { fact -> KeptRows? in
      let id = fact.id
      guard id.kind == .table, !fact.has("partition bound"), new[id] != nil, !lost.contains(id) else { return nil }
      let columns = Identifier.names(of: fact["column order"]).compactMap { name -> (name: String, type: String?)? in
        let column = Fact.ID(column: name, of: id.object)
        guard let before = old[column], let after = new[column], !lost.contains(column), !before.has("generated"),
          !after.has("generated")
        else { return nil }
        return (Identifier.quoted(name), before["type"] == after["type"] ? nil : after["type"])
      }
      guard !columns.isEmpty else { return nil }
      let texts = columns.map { "\($0.name)::text AS \($0.name)" }.joined(separator: ", ")
      let found = columns.map { "\($0.name)::text" }.joined(separator: ", ")
      let expected = columns.map { column in column.type.map { "r.\(column.name)::\($0)::text" } ?? "r.\(column.name)" }
      let record = columns.map { "\($0.name) text" }.joined(separator: ", ")
      return KeptRows(
        table: id.object.qualifiedName,
        reading: "SELECT to_jsonb(r)::text FROM (SELECT \(texts) FROM \(id.object.qualifiedName)) r",
        expected: """
          SELECT jsonb_build_array(\(expected.joined(separator: ", ")))::text
          FROM jsonb_to_recordset($1::jsonb) AS r (\(record)) ORDER BY 1
          """,
        found: "SELECT jsonb_build_array(\(found))::text FROM \(id.object.qualifiedName) ORDER BY 1")
    }
  }
}
