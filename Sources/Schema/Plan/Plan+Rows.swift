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
  /// The types whose values have other attributes afterwards, or the same in another order: texts do not say which is
  /// which.
  private static func changedRows(_ old: [Fact.ID: Fact], _ new: [Fact.ID: Fact]) -> Set<String> {
    var changed: Set<String> = []
    for (id, fact) in old where [.compositeType, .table].contains(id.kind) {
      if fact["column order"] != new[id]?["column order"] { changed.insert(id.object.qualifiedName) }
    }
    var count = -1
    while count != changed.count {
      count = changed.count
      for (id, fact) in old where id.kind == .column && [.compositeType, .table].contains(id.object.kind) {
        let type = fact["type"] ?? ""
        if type != new[id]?["type"] || changed.contains(type.withoutBrackets) {
          changed.insert(id.object.qualifiedName)
        }
      }
    }
    return changed
  }

  /// The tables that rows leave, or come to, with a partition.
  private func otherPartitions(_ old: [Fact.ID: Fact], _ new: [Fact.ID: Fact]) -> Set<String> {
    var changed: Set<String> = []
    for (id, fact) in old where id.kind == .table {
      let partitions = [fact, new[id]].compactMap(\.self).filter { $0.has("partition bound") }
      guard !partitions.isEmpty, lost.contains(id) || fact["parents"] != new[id]?["parents"] else { continue }
      changed.formUnion(partitions.compactMap { $0["parents"] })
    }
    // Theirs are those of the whole as well.
    var count = -1
    while count != changed.count {
      count = changed.count
      for (id, fact) in old where fact.has("partition bound") && changed.contains(id.object.qualifiedName) {
        if let parent = fact["parents"] { changed.insert(parent) }
      }
    }
    return changed
  }

  /// - Parameters:
  ///   - source: What the plan begins with.
  ///   - target: What it ends with.
  package func keptRows(from source: Snapshot, to target: Snapshot) -> [KeptRows] {
    let old = Dictionary(source.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(target.facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let otherRows = Self.changedRows(old, new)
    let otherPartitions = otherPartitions(old, new)
    return source.facts.compactMap { fact -> KeptRows? in
      let id = fact.id
      guard id.kind == .table, !fact.has("partition bound"), new[id] != nil, !lost.contains(id),
        !otherPartitions.contains(id.object.qualifiedName)
      else { return nil }
      let columns = Identifier.names(of: fact["column order"]).compactMap { name -> (name: String, type: String?)? in
        let column = Fact.ID(column: name, of: id.object)
        guard let before = old[column], let after = new[column], !lost.contains(column), !before.has("generated"),
          !after.has("generated"), !otherRows.contains((before["type"] ?? "").withoutBrackets)
        else { return nil }
        return (Identifier.quoted(name), before["type"] == after["type"] ? nil : after["type"])
      }
      guard !columns.isEmpty else { return nil }
      let texts = columns.map { "\($0.name)::text AS \($0.name)" }.joined(separator: ", ")
      let found = columns.map { "\($0.name)::text" }.joined(separator: ", ")
      let expected = columns.map { column in column.type.map { "r.\(column.name)::\($0)::text" } ?? "r.\(column.name)" }
      // Those of tables that inherit are theirs.
      let table = (fact.has("partition by") ? "" : "ONLY ") + id.object.qualifiedName
      let record = columns.map { "\($0.name) text" }.joined(separator: ", ")
      return KeptRows(
        table: id.object.qualifiedName,
        reading: "SELECT to_jsonb(r.*)::text FROM (SELECT \(texts) FROM \(table)) r",
        expected: """
          SELECT jsonb_build_array(\(expected.joined(separator: ", ")))::text
          FROM jsonb_to_recordset($1::jsonb) AS r (\(record)) ORDER BY 1
          """,
        found:
          "SELECT jsonb_build_array(\(found))::text FROM \(new[id]?.has("partition by") == true ? id.object.qualifiedName : table) ORDER BY 1"
      )
    }
  }
}

extension String {
  /// The type of an array's elements; of any other type, the type.
  fileprivate var withoutBrackets: String { hasSuffix("[]") ? String(dropLast(2)) : self }
}
