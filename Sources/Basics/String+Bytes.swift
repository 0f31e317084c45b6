extension String {
  /// Whether the bytes of another text are among those of this one.
  ///
  /// As `contains`, but for what only Unicode takes to be equal; a hundred times as fast.
  package func hasBytes(of other: String) -> Bool {
    var (text, other) = (self, other)
    return text.withUTF8 { text in
      other.withUTF8 { other in
        guard let first = other.first else { return true }
        guard text.count >= other.count else { return false }
        for at in 0...(text.count - other.count) where text[at] == first {
          if text[at..<at + other.count].elementsEqual(other) { return true }
        }
        return false
      }
    }
  }
}
