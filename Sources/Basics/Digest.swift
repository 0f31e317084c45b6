internal import Crypto

/// A SHA-256 digest, written `sha256:` and 64 hexadecimal digits.
package struct Digest: Hashable, Sendable {
  /// The 32 bytes, the first in front: a schema has tens of thousands of digests, too many for an array each.
  private let words: Words

  private struct Words: Hashable {
    let first: UInt64
    let second: UInt64
    let third: UInt64
    let fourth: UInt64
  }

  /// - Parameter bytes: 32 of them.
  private init(bytes: UnsafeRawBufferPointer) {
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    words = Words(first: word(0), second: word(1), third: word(2), fourth: word(3))
  }

  /// Always 32 bytes.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    append(to: &bytes)
    return bytes
  }

  /// Appends the 32 bytes.
  package func append(to bytes: inout [UInt8]) {
    for word in [words.first, words.second, words.third, words.fourth] {
      withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// The digest of `data`.
  package init(of data: some Sequence<UInt8>) {
    var hash = SHA256()
    if data.withContiguousStorageIfAvailable({ hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
      Array(data).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    self = hash.finalize().withUnsafeBytes { Digest(bytes: $0) }
  }

  /// The digest of the UTF-8 of `text`.
  package init(of text: String) {
    self.init(of: text.utf8)
  }

  /// The digest of several digests in order: the link of a chain.
  package init(chaining digests: Digest...) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32 * digests.count)
    for digest in digests { digest.append(to: &bytes) }
    self.init(of: bytes)
  }

  /// Nil unless `hex` is 64 hexadecimal digits, with or without `sha256:` before them.
  package init?(hex: some StringProtocol) {
    let digits = hex.hasPrefix("sha256:") ? hex.dropFirst(7)[...] : hex[...]
    guard digits.utf8.count == 64 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    var high: UInt8?
    for digit in digits {
      guard let value = digit.hexDigitValue, digit.isASCII else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
    self = bytes.withUnsafeBytes { Digest(bytes: $0) }
  }

  /// 64 lowercase hexadecimal digits.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 64) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digits[Int(byte >> 4)]
        buffer[2 * index + 1] = digits[Int(byte & 15)]
      }
      return 64
    }
  }
}

extension Digest: Comparable {
  /// In the order of the bytes.
  package static func < (a: Digest, b: Digest) -> Bool {
    if a.words.first != b.words.first { return a.words.first < b.words.first }
    if a.words.second != b.words.second { return a.words.second < b.words.second }
    if a.words.third != b.words.third { return a.words.third < b.words.third }
    return a.words.fourth < b.words.fourth
  }
}

extension Digest: CustomStringConvertible {
  package var description: String { "sha256:\(hex)" }
}

extension Digest: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a SHA-256 digest")
    }
    self = digest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
