package import Basics

/// What a schema is, in one line: equal when no fact differs.
///
/// It begins with the version of the facts it was made from. Fingerprints of different versions cannot be compared, so
/// that a newer Penstock, which sees more, never takes an untouched database for a changed one.
package struct Fingerprint: Hashable, Sendable {
  /// Goes up with every change to what a snapshot's facts are or say.
  static let currentVersion = 2

  package let version: Int
  package let digest: Digest

  /// - Parameter facts: In any order.
  init(of facts: some Collection<Fact>) {
    version = Self.currentVersion
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * facts.count)
    for digest in facts.map(\.digest).sorted() { digest.append(to: &bytes) }
    digest = Digest(of: bytes)
  }

  /// Reads `1:sha256:...`; nil when `text` is not of that form.
  package init?(_ text: String) {
    guard
      let colon = text.firstIndex(of: ":"), let version = Int(text[..<colon]), version > 0,
      let digest = Digest(hex: text[text.index(after: colon)...])
    else { return nil }
    self.version = version
    self.digest = digest
  }

  /// Whether this Penstock can tell the fingerprinted schema from another.
  package var isCurrent: Bool { version == Self.currentVersion }
}

extension Fingerprint: CustomStringConvertible {
  package var description: String { "\(version):\(digest)" }
}

extension Fingerprint: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let fingerprint = Fingerprint(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not the fingerprint of a schema, such as 1:sha256:...")
    }
    self = fingerprint
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
