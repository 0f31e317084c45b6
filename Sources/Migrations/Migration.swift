package import Basics

/// One migration file: what is in it, and what its name says.
package struct Migration: Sendable {
  /// The digits before the file name's first separator, as written: `20251108120000`, `0001`, `7`.
  package let version: String
  /// What stands between the separator and `.sql`: `create_customer_invoices`.
  package let name: String
  /// Where the file is, relative to the repository's root.
  package let path: String
  /// The file's bytes, whatever they are: nothing is normalised.
  package let bytes: [UInt8]
  /// SHA-256 of `bytes`.
  package let checksum: Digest

  package init(version: String, name: String, path: String, bytes: [UInt8]) {
    self.version = version
    self.name = name
    self.path = path
    self.bytes = bytes
    self.checksum = Digest(of: bytes)
  }

  /// A migration of a path whose file name matches `order`'s pattern, or nil when it does not.
  package init?(path: String, bytes: [UInt8], order: VersionOrder = .text) {
    guard let (version, name) = order.parse(path.lastComponent) else { return nil }
    self.init(version: version, name: name, path: path, bytes: bytes)
  }

  /// The last component of `path`.
  package var fileName: String { path.lastComponent }
}

extension Migration: Hashable {
  package static func == (a: Migration, b: Migration) -> Bool {
    a.path == b.path && a.checksum == b.checksum
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(checksum)
  }
}

extension String {
  /// What follows the last `/`.
  var lastComponent: String {
    lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
  }
}
