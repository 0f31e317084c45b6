internal import Glibc

extension String {
  /// Equality as PostgreSQL sees names: byte by byte.
  func hasSameBytes(as other: String) -> Bool {
    // Strings with the same bytes are always equal, and the comparison of equal strings is a fast path.
    self == other && utf8.elementsEqual(other.utf8)
  }

  /// Whether the other text is in this one, byte by byte; neither may have a NUL.
  func contains(bytesOf other: String) -> Bool { strstr(self, other) != nil }

  /// A total order in which only strings with the same bytes are equal.
  func precedes(_ other: String) -> Bool {
    self == other ? utf8.lexicographicallyPrecedes(other.utf8) : self < other
  }
}
