internal import Basics

/// The name of a run: 26 characters that sort by the time at which the run was queued.
///
/// A ULID: 48 bits of milliseconds and 80 random bits in Crockford's base 32 (<https://github.com/ulid/spec>).
package struct RunID: Hashable, Sendable {
  package let rawValue: String

  /// A new name, unlike any other.
  package init() {
    var generator = SystemRandomNumberGenerator()
    let time = UInt64(Timestamp.now.milliseconds)
    let random = (
      UInt64.random(in: 0..<(1 << 40), using: &generator), UInt64.random(in: 0..<(1 << 40), using: &generator)
    )
    rawValue = Self.encode(time, digits: 10) + Self.encode(random.0, digits: 8) + Self.encode(random.1, digits: 8)
  }

  /// Nil unless `text` is 26 characters of Crockford's alphabet.
  package init?(_ text: String) {
    let text = text.uppercased()
    guard text.utf8.count == 26, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
    rawValue = text
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  private static func encode(_ number: UInt64, digits: Int) -> String {
    let letters = (0..<digits).reversed().map { alphabet[Int(number >> UInt64(5 * $0)) & 31] }
    return String(decoding: letters, as: UTF8.self)
  }
}

extension RunID: CustomStringConvertible {
  package var description: String { rawValue }
}

extension RunID: Comparable {
  package static func < (a: RunID, b: RunID) -> Bool { a.rawValue < b.rawValue }
}

extension RunID: Codable {
  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
