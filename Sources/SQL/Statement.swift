package import Basics

/// One statement of a script.
package struct Statement: Hashable, Sendable {
  /// From the first byte of its first word to the last byte before its semicolon, blanks and comments at both ends
  /// left out. In bytes of the file.
  package let range: Range<Int>
  /// The bytes of ``range``, exactly; ``copyData`` is not part of it.
  package let text: String
  /// Where ``range`` starts.
  package let position: SourcePosition
  /// Where ``range`` ends: just past its last character.
  package let end: SourcePosition
  /// What it does.
  package let syntax: Syntax
  /// The lines that follow `COPY ... FROM stdin;`, without the `\.` that ends them. In bytes of the file.
  package let copyData: Range<Int>?
}
