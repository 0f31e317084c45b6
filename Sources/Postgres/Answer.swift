internal import CLibPQ
internal import Glibc

/// One result as libpq hands it out; the owner of its `PGresult`.
struct Answer: ~Copyable {
  private let pointer: OpaquePointer

  /// Takes over the pointer.
  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    PQclear(pointer)
  }

  var status: ExecStatusType { PQresultStatus(pointer) }

  /// Whether it is one row of several answers to a statement, and not the end of them.
  var isSingleRow: Bool { status == PGRES_SINGLE_TUPLE }

  var tag: CommandTag { CommandTag(text: String(cString: PQcmdStatus(pointer))) }

  /// The cells, copied; a table without columns for a statement that returns none.
  var table: ResultTable {
    let rowCount = PQntuples(pointer)
    let columnCount = PQnfields(pointer)
    let columns = (0..<columnCount).map { String(cString: PQfname(pointer, $0)) }
    var ends: [Int] = []
    ends.reserveCapacity(Int(rowCount) * Int(columnCount))
    var end = 0
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        if PQgetisnull(pointer, row, column) != 0 {
          ends.append(~end)
        } else {
          end += Int(PQgetlength(pointer, row, column))
          ends.append(end)
        }
      }
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: end) { buffer, count in
      for row in 0..<rowCount {
        for column in 0..<columnCount {
          let length = Int(PQgetlength(pointer, row, column))
          guard length > 0, let text = PQgetvalue(pointer, row, column) else { continue }
          (buffer.baseAddress! + count).initialize(
            from: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: length)
          count += length
        }
      }
    }
    return ResultTable(columns: columns, rowCount: Int(rowCount), bytes: bytes, ends: ends)
  }

  /// Of the cells' texts, in bytes, with a little for each cell.
  var size: Int {
    var size = 0
    for row in 0..<PQntuples(pointer) {
      for column in 0..<PQnfields(pointer) { size += Int(PQgetlength(pointer, row, column)) + 16 }
    }
    return size
  }

  /// What a failed result says.
  var error: PostgresError {
    let message = field(.primaryMessage) ?? String(cString: PQresultErrorMessage(pointer))
    var error = PostgresError(.server, message.trimmingNewlines, sqlState: field(.sqlState).map(SQLState.init))
    error.detail = field(.detail)
    error.hint = field(.hint)
    error.position = field(.position).flatMap { Int($0) }
    error.internalQuery = field(.internalQuery)
    error.internalPosition = field(.internalPosition).flatMap { Int($0) }
    error.context = field(.context)
    error.schemaName = field(.schemaName)
    error.tableName = field(.tableName)
    error.columnName = field(.columnName)
    error.dataTypeName = field(.dataTypeName)
    error.constraintName = field(.constraintName)
    return error
  }

  private func field(_ field: DiagnosticField) -> String? { field.text(in: pointer) }
}

extension Notice {
  /// - Parameter result: Stays the property of libpq, which lends it for the length of a notice receiver's call.
  init(borrowing result: OpaquePointer) {
    func field(_ field: DiagnosticField) -> String? { field.text(in: result) }
    severity = field(.severity) ?? "NOTICE"
    sqlState = field(.sqlState).map(SQLState.init)
    message = field(.primaryMessage) ?? String(cString: PQresultErrorMessage(result)).trimmingNewlines
    detail = field(.detail)
    hint = field(.hint)
    position = field(.position).flatMap { Int($0) }
    context = field(.context)
  }
}

/// The fields of an error or notice that are read: the `PG_DIAG_` macros of postgres_ext.h, which Swift does not see.
private enum DiagnosticField: Unicode.Scalar {
  case severity = "V"
  case sqlState = "C"
  case primaryMessage = "M"
  case detail = "D"
  case hint = "H"
  case position = "P"
  case internalPosition = "p"
  case internalQuery = "q"
  case context = "W"
  case schemaName = "s"
  case tableName = "t"
  case columnName = "c"
  case dataTypeName = "d"
  case constraintName = "n"

  /// In bytes: `RAISE` says anything, and what it says goes into records and logs.
  private static let limit = 64 << 10

  /// What it says in a result; of very much, the beginning.
  func text(in result: OpaquePointer) -> String? {
    PQresultErrorField(result, CInt(rawValue.value)).map { text in
      String(decoding: UnsafeRawBufferPointer(start: text, count: strnlen(text, Self.limit)), as: UTF8.self)
    }
  }
}
