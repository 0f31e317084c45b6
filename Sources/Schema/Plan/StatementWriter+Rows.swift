/// Functions that make values of a composite type, or a table's rows, into those of the one that takes its place: their
/// texts do not say which attribute is which. They go with the old type.
extension StatementWriter {
  func rowConversions(to type: Fact) -> [String] {
    let object = type.id.object
    guard needsConversion(object) else { return [] }
    let (old, new) = (object.setAside.qualifiedName, object.qualifiedName)
    let function = object.conversion
    let values = planner.target.columns(of: object).map { column -> String in
      guard let before = planner.source[column.id] else { return "NULL" }
      let value = "($1).\(columnName(before))"
      return before["type"] == column["type"] && !planner.changesType(of: column.id)
        ? value : conversion(of: value, from: before, to: column)
    }
    let row = "SELECT CASE WHEN $1 IS DISTINCT FROM NULL THEN ROW(\(values.joined(separator: ", ")))::\(new) END"
    let rows =
      "SELECT CASE WHEN $1 IS NOT NULL THEN ARRAY(SELECT \(function)($1[i]) "
      + "FROM pg_catalog.generate_subscripts($1, 1) AS i ORDER BY i) END"
    return [
      "CREATE FUNCTION \(function)(\(old)) RETURNS \(new) LANGUAGE sql AS \(Literal.quoted(row))",
      "CREATE FUNCTION \(function)(\(old)[]) RETURNS \(new)[] LANGUAGE sql AS \(Literal.quoted(rows))",
    ]
  }

  func rowConversions(dropping object: Fact.Object) -> [String] {
    guard needsConversion(object) else { return [] }
    return ["[]", ""].map { "DROP FUNCTION \(object.conversion)(\(object.setAside.qualifiedName)\($0))" }
  }

  /// The function for values of a type, or for arrays of them; nil where there is none.
  func rowConversion(to new: String, from old: String) -> String? {
    guard old == new else { return nil }
    let path = Identifier.path(of: new.hasSuffix("[]") ? String(new.dropLast(2)) : new)
    guard path.count == 2 else { return nil }
    return [Fact.Kind.compositeType, .table]
      .map { Fact.Object(kind: $0, schema: path[0], name: path[1], arguments: nil) }
      .first { needsConversion($0) }?.conversion.description
  }

  /// Whether another's column has such values.
  private func needsConversion(_ object: Fact.Object) -> Bool {
    let own = Fact.ID(own: object)
    return [.compositeType, .table].contains(object.kind) && planner.fate(own) == .converted
      && planner.source.dependents(on: own).contains {
        $0.id.kind == .column && $0.id.object != object && [.table, .compositeType].contains($0.id.object.kind)
      }
  }
}

extension Fact.Object {
  fileprivate var conversion: QualifiedName {
    QualifiedName(
      schema: schema ?? "", name: String(decoding: Array(name.utf8.prefix(50)), as: UTF8.self) + "_penstock_new")
  }
}
