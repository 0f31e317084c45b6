internal import Crypto

/// A SHA-256 digest, written `sha256:` and 64 hexadecimal digits.
package struct Digest: Hashable, Sendable {
  /// Always 32 bytes.
  package let bytes: [UInt8]

  /// The digest of `data`.
  package init(of data: some Sequence<UInt8>) {
    var hash = SHA256()
    if data.withContiguousStorageIfAvailable({ hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
      Array(data).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    bytes = Array(hash.finalize())
  }

  /// The digest of the UTF-8 of `text`.
  package init(of text: String) {
    self.init(of: text.utf8)
  }

  /// The digest of several digests in order: the link of a chain.
  package init(chaining digests: Digest...) {
    self.init(of: digests.flatMap(\.bytes))
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
    self.bytes = bytes
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
