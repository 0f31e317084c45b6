/// A value that can be a statement's parameter.
package protocol PostgresEncodable: Sendable {
  /// The value in PostgreSQL's text format; nil is NULL.
  var postgresText: String? { get }
}

extension String: PostgresEncodable {
  package var postgresText: String? { self }
}

extension Bool: PostgresEncodable {
  package var postgresText: String? { self ? "t" : "f" }
}

extension Int: PostgresEncodable {
  package var postgresText: String? { String(self) }
}

extension Int32: PostgresEncodable {
  package var postgresText: String? { String(self) }
}

extension Int64: PostgresEncodable {
  package var postgresText: String? { String(self) }
}

extension Double: PostgresEncodable {
  package var postgresText: String? {
    switch self {
    case .infinity: "Infinity"
    case -.infinity: "-Infinity"
    case _ where isNaN: "NaN"
    default: description
    }
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  package var postgresText: String? { flatMap { $0.postgresText } }
}

/// An array of bytes is a `bytea`, every other array an array of one dimension.
extension Array: PostgresEncodable where Element: PostgresEncodable {
  package var postgresText: String? {
    // An empty array can be cast to any other.
    if Element.self == UInt8.self, let bytes = self as? [UInt8] { return Self.hexadecimal(bytes) }
    var literal = [UInt8(ascii: "{")]
    for (index, element) in enumerated() {
      if index > 0 { literal.append(UInt8(ascii: ",")) }
      guard let text = element.postgresText else {
        literal += "NULL".utf8
        continue
      }
      literal.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { literal.append(UInt8(ascii: "\\")) }
        literal.append(byte)
      }
      literal.append(UInt8(ascii: "\""))
    }
    literal.append(UInt8(ascii: "}"))
    return String(decoding: literal, as: UTF8.self)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array<UInt8>("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 2 + 2 * bytes.count) { buffer in
      buffer[0] = UInt8(ascii: "\\")
      buffer[1] = UInt8(ascii: "x")
      for (index, byte) in bytes.enumerated() {
        buffer[2 + 2 * index] = digits[Int(byte >> 4)]
        buffer[3 + 2 * index] = digits[Int(byte & 15)]
      }
      return buffer.count
    }
  }
}

/// Only for the elements of a `bytea`; a parameter of its own is better an `Int32`.
extension UInt8: PostgresEncodable {
  package var postgresText: String? { String(self) }
}
