internal import CLibGit2

/// The name of a commit, tree, blob or tag: a SHA-1.
package struct ObjectID: Hashable, Sendable {
  // The 20 bytes, most significant first.
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// What git writes for "no object": the old value of a new branch, the new value of a deleted one.
  package static let zero = ObjectID(high: 0, middle: 0, low: 0)

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// Nil unless `hex` is 40 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 40, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }) else { return nil }
    func number<Value: FixedWidthInteger>(_ range: Range<Int>) -> Value? {
      Value(String(decoding: digits[range], as: UTF8.self), radix: 16)
    }
    guard let high: UInt64 = number(0..<16), let middle: UInt64 = number(16..<32), let low: UInt32 = number(32..<40)
    else { return nil }
    self.init(high: high, middle: middle, low: low)
  }

  /// True of `zero` alone.
  package var isZero: Bool { self == .zero }

  /// 40 lowercase hexadecimal digits.
  package var hex: String {
    func digits(_ value: some BinaryInteger, _ count: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: count - text.utf8.count) + text
    }
    return digits(high, 16) + digits(middle, 16) + digits(low, 8)
  }

  /// The first ten digits, for people.
  package var abbreviated: String { String(hex.prefix(10)) }
}

extension ObjectID {
  init(_ oid: git_oid) {
    self = withUnsafeBytes(of: oid) { bytes in
      ObjectID(
        high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }
  }

  /// For handing to libgit2: `var oid = id.oid`, then `&oid`.
  var oid: git_oid {
    var oid = git_oid()
    withUnsafeMutableBytes(of: &oid) { bytes in
      bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return oid
  }
}

extension ObjectID: CustomStringConvertible {
  package var description: String { hex }
}

extension ObjectID: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = ObjectID(hex: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a git object name")
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
