/// Columns of text, for a list on a terminal.
struct Table {
  private let header: [String]
  private var rows: [[String]] = []

  init(_ header: String...) {
    self.header = header
  }

  /// - Precondition: As many cells as the header has.
  mutating func add(_ cells: String...) {
    precondition(cells.count == header.count, "a row has a cell for each column of the header")
    rows.append(cells)
  }

  var isEmpty: Bool { rows.isEmpty }

  /// The header and the rows, each column as wide as its widest cell, without trailing blanks.
  var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
