extension Difference {
  /// What may be renames: where one thing went and one like it came, and no other. A plan never takes them for that.
  ///
  /// - Returns: `ALTER TABLE public.orders RENAME COLUMN sum TO total`, sorted.
  package var possibleRenames: [String] { (columnRenames + tableRenames).sorted() }

  private var columnRenames: [String] {
    let removed = Dictionary(grouping: removed.filter(\.isOfTableColumn), by: \.id.object)
    let added = Dictionary(grouping: added.filter(\.isOfTableColumn), by: \.id.object)
    var renames: [String] = []
    for (table, old) in removed {
      for column in old {
        let (before, after) = (old.filter(column.isLike), (added[table] ?? []).filter(column.isLike))
        guard before.count == 1, after.count == 1 else { continue }
        let names = [column, after[0]].map { Identifier.quoted($0.id.member?.name ?? "") }
        renames.append("ALTER TABLE \(table.qualifiedName) RENAME COLUMN \(names[0]) TO \(names[1])")
      }
    }
    return renames
  }

  private var tableRenames: [String] {
    let (old, new) = (Self.shapes(of: removed), Self.shapes(of: added))
    return old.compactMap { shape, tables in
      guard tables.count == 1, let after = new[shape], after.count == 1, tables[0].schema == after[0].schema else {
        return nil
      }
      return "ALTER TABLE \(tables[0].qualifiedName) RENAME TO \(Identifier.quoted(after[0].name))"
    }
  }

  /// Tables by what their columns are called and are.
  private static func shapes(of facts: [Fact]) -> [Set<[String]>: [Fact.Object]] {
    let tables = Set(facts.filter { $0.id.kind == .table }.map(\.id.object))
    let columns = Dictionary(grouping: facts.filter { $0.isOfTableColumn && tables.contains($0.id.object) }) {
      $0.id.object
    }
    return Dictionary(grouping: columns.keys.sorted()) { table in
      Set((columns[table] ?? []).map { [$0.id.member?.name ?? "", $0["type"] ?? ""] })
    }
  }
}

extension Fact {
  fileprivate var isOfTableColumn: Bool { id.kind == .column && id.object.kind == .table }

  fileprivate func isLike(_ other: Fact) -> Bool { attributes == other.attributes }
}
