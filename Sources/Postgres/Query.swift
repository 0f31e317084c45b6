/// One statement and its parameters, to be sent by the extended protocol.
package struct Query: Sendable {
  package let sql: String
  /// For `$1`, `$2` and so on. Their types are left to the server to infer: write `$1::int` where it cannot.
  package let parameters: [any PostgresEncodable]

  package init(_ sql: String, _ parameters: [any PostgresEncodable] = []) {
    self.sql = sql
    self.parameters = parameters
  }
}

extension Query: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) {
    self.init(value)
  }
}

/// What a statement reports when it is done, such as `CREATE TABLE` or `INSERT 0 3`.
package struct CommandTag: Hashable, Sendable {
  package let text: String

  package init(text: String) {
    self.text = text
  }

  /// The number at the end of the tag: rows inserted, changed, selected or copied. Nil for tags without one.
  package var rowCount: Int? {
    text.split(separator: " ").last.flatMap { Int($0) }
  }
}

extension CommandTag: CustomStringConvertible {
  package var description: String { text }
}
