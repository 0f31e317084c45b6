internal import Postgres

/// A row of a ``FactQuery``: an array of texts and NULLs, in one cell.
///
/// Postgres reads arrays of any type. This one is read tens of thousands of times in a snapshot, with most of its
/// elements NULL, so it is read straight from the result's bytes.
struct FactCells: PostgresDecodable {
  private(set) var values: [String?] = []

  /// Reads `{table,public,NULL,"a \"b\""}`, as the server writes arrays of one dimension.
  init?(postgresText text: Span<UInt8>) {
    guard text.count >= 2, text[0] == UInt8(ascii: "{") else { return nil }
    values.reserveCapacity(24)
    var index = 1
    while index < text.count, text[index] != UInt8(ascii: "}") {
      if text[index] == UInt8(ascii: "\"") {
        guard let end = appendQuoted(text, from: index + 1) else { return nil }
        index = end
      } else {
        index = appendPlain(text, from: index)
      }
      if index < text.count, text[index] == UInt8(ascii: ",") { index += 1 }
    }
  }

  /// Reads an element without quotes; returns where it ends.
  private mutating func appendPlain(_ text: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < text.count, text[end] != UInt8(ascii: ","), text[end] != UInt8(ascii: "}") { end += 1 }
    // A text that reads NULL would be in quotes.
    let element = text.extracting(start..<end)
    values.append(isNull(element) ? nil : String(postgresText: element))
    return end
  }

  /// Reads an element up to its closing quote; returns what comes after that, or nil when there is none.
  private mutating func appendQuoted(_ text: Span<UInt8>, from start: Int) -> Int? {
    var end = start
    while end < text.count, text[end] != UInt8(ascii: "\""), text[end] != UInt8(ascii: "\\") { end += 1 }
    if end < text.count, text[end] == UInt8(ascii: "\"") {
      values.append(String(postgresText: text.extracting(start..<end)))
      return end + 1
    }
    var bytes: [UInt8] = []
    end = start
    while end < text.count, text[end] != UInt8(ascii: "\"") {
      if text[end] == UInt8(ascii: "\\") { end += 1 }
      guard end < text.count else { return nil }
      bytes.append(text[end])
      end += 1
    }
    guard end < text.count else { return nil }
    values.append(String(decoding: bytes, as: UTF8.self))
    return end + 1
  }

  private func isNull(_ element: Span<UInt8>) -> Bool {
    element.count == 4 && element[0] == UInt8(ascii: "N") && element[1] == UInt8(ascii: "U")
      && element[2] == UInt8(ascii: "L") && element[3] == UInt8(ascii: "L")
  }
}
