/// A value that a cell of a result can be read as.
package protocol PostgresDecodable {
  /// Nil when `text`, a value in PostgreSQL's text format, is not such a value.
  init?(postgresText text: Span<UInt8>)

  /// What NULL is read as; nil, for every type but Optional, when it cannot be.
  static var postgresNull: Self? { get }
}

extension PostgresDecodable {
  package static var postgresNull: Self? { nil }
}

extension String: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    self = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

extension Bool: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    guard text.count == 1 else { return nil }
    switch text[0] {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: return nil
    }
  }
}

extension Int: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    self.init(decimal: text)
  }
}

extension Int32: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    self.init(decimal: text)
  }
}

extension Int64: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    self.init(decimal: text)
  }
}

extension FixedWidthInteger {
  /// An optional minus and decimal digits; nil for anything else, and for a number that does not fit.
  fileprivate init?(decimal text: Span<UInt8>) {
    var index = 0
    var isNegative = false
    if text.count > 0, text[0] == UInt8(ascii: "-") {
      isNegative = true
      index = 1
    }
    guard index < text.count else { return nil }
    var value: Self = 0
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedAgain) =
        isNegative
        ? product.subtractingReportingOverflow(Self(digit)) : product.addingReportingOverflow(Self(digit))
      guard !overflowed, !overflowedAgain else { return nil }
      value = sum
      index += 1
    }
    self = value
  }
}

extension Double: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    guard let string = String(postgresText: text) else { return nil }
    self.init(string)
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    guard let wrapped = Wrapped(postgresText: text) else { return nil }
    self = .some(wrapped)
  }

  package static var postgresNull: Self? { .some(.none) }
}

/// An array of bytes is a `bytea`, every other array an array of one dimension.
extension Array: PostgresDecodable where Element: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    if Element.self == UInt8.self {
      guard let bytes = Self.bytes(hexadecimal: text) as? [Element] else { return nil }
      self = bytes
    } else {
      var reader = ArrayLiteral(text)
      guard let elements: [Element] = reader.read() else { return nil }
      self = elements
    }
  }

  private static func bytes(hexadecimal text: Span<UInt8>) -> [UInt8]? {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for index in stride(from: 2, to: text.count, by: 2) {
      guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// Only for the elements of a `bytea`.
extension UInt8: PostgresDecodable {
  package init?(postgresText text: Span<UInt8>) {
    self.init(decimal: text)
  }
}
