/// One row of a result.
///
/// A row is two words: the rows of a result share its bytes, and a cell becomes a Swift value only when it is read.
package struct Row: Sendable {
  private let table: ResultTable
  private let index: Int

  init(table: ResultTable, index: Int) {
    self.table = table
    self.index = index
  }

  /// The names of the columns, in order; a query may give two columns the same name.
  package var columns: [String] { table.columns }

  /// Reads the row's first cells as values of these types, from left to right.
  ///
  /// - Throws: `.decoding` when the row has fewer columns, a cell is not such a value, or is NULL and the type is not
  ///   an Optional.
  package func decode<each Value: PostgresDecodable>(
    _ types: repeat (each Value).Type
  ) throws(PostgresError) -> (repeat each Value) {
    var column = 0
    func next<Next: PostgresDecodable>(_ type: Next.Type) throws(PostgresError) -> Next {
      defer { column += 1 }
      return try value(at: column, as: type)
    }
    return (repeat try next((each Value).self))
  }

  /// Reads the row's first cell.
  package func decode<Value: PostgresDecodable>(_ type: Value.Type) throws(PostgresError) -> Value {
    try value(at: 0, as: type)
  }

  /// Reads the first cell whose column has this name.
  ///
  /// - Throws: `.decoding` as `decode` does, and when there is no such column.
  package func decode<Value: PostgresDecodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    guard let column = columns.firstIndex(of: name) else {
      throw PostgresError(.decoding, "The result has no column \(name): its columns are \(columns).")
    }
    return try value(at: column, as: type)
  }

  /// The text of the first cell whose column has this name; nil when it is NULL.
  ///
  /// - Precondition: There is such a column: it is the caller who wrote the query.
  package subscript(name: String) -> String? {
    guard let column = columns.firstIndex(of: name) else {
      preconditionFailure("a row was asked for column \(name), but its columns are \(columns)")
    }
    return table.value(row: index, column: column, as: String?.self) ?? nil
  }

  private func value<Value: PostgresDecodable>(at column: Int, as type: Value.Type) throws(PostgresError) -> Value {
    guard column < columns.count else {
      throw PostgresError(.decoding, "The result has only \(columns.count) columns, and column \(column + 1) was read.")
    }
    let value = table.value(row: index, column: column, as: type)
    if let value { return value }
    let found = table.isNull(row: index, column: column) ? "NULL" : "not one"
    throw PostgresError(.decoding, "Column \(columns[column]) was read as \(type), but it is \(found).")
  }
}
