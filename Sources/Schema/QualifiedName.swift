/// The name of an object inside a schema.
///
/// Two names are equal when their bytes are, as PostgreSQL sees them; Swift's own string equality would take a
/// composed and a decomposed `é` for one name.
package struct QualifiedName: Sendable, Codable {
  package var schema: String
  package var name: String

  package init(schema: String, name: String) {
    self.schema = schema
    self.name = name
  }
}

extension QualifiedName: Hashable {
  package static func == (a: QualifiedName, b: QualifiedName) -> Bool {
    a.name.hasSameBytes(as: b.name) && a.schema.hasSameBytes(as: b.schema)
  }
}

extension QualifiedName: Comparable {
  package static func < (a: QualifiedName, b: QualifiedName) -> Bool {
    a.schema.hasSameBytes(as: b.schema) ? a.name.precedes(b.name) : a.schema.precedes(b.schema)
  }
}

extension QualifiedName: CustomStringConvertible {
  /// As it is written in SQL: `public.orders`, `public."Select"`.
  package var description: String {
    "\(Identifier.quoted(schema)).\(Identifier.quoted(name))"
  }
}
