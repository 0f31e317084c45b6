/// The result of one statement, copied out of libpq: two arrays, however many cells there are.
final class ResultTable: Sendable {
  let columns: [String]
  let rowCount: Int
  /// Every cell's text, row after row.
  private let bytes: [UInt8]
  /// Where each cell's text ends in `bytes`; the bitwise complement of that for NULL, whose text is empty.
  private let ends: [Int]

  init(columns: [String], rowCount: Int, bytes: [UInt8], ends: [Int]) {
    self.columns = columns
    self.rowCount = rowCount
    self.bytes = bytes
    self.ends = ends
  }

  var rows: [Row] {
    (0..<rowCount).map { Row(table: self, index: $0) }
  }

  func isNull(row: Int, column: Int) -> Bool {
    ends[row * columns.count + column] < 0
  }

  /// Nil when the cell is not a `Value`.
  func value<Value: PostgresDecodable>(row: Int, column: Int, as type: Value.Type) -> Value? {
    let cell = row * columns.count + column
    let end = ends[cell]
    guard end >= 0 else { return Value.postgresNull }
    let previous = cell == 0 ? 0 : ends[cell - 1]
    let start = previous < 0 ? ~previous : previous
    let bytes = bytes
    return Value(postgresText: bytes.span.extracting(start..<end))
  }
}
