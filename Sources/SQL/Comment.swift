package import Basics

/// A comment of a script: `-- to the end of the line` or `/* between marks */`.
package struct Comment: Hashable, Sendable {
  /// What it says, without its marks and the blanks around.
  package let text: String
  /// With its marks, without the line's end. In bytes of the file.
  package let range: Range<Int>
  /// Where it starts.
  package let position: SourcePosition
  /// Whether it stands inside the body of a function or a `DO` block.
  package let isInsideBody: Bool

  init(_ comment: Splitter.FoundComment, in bytes: [UInt8], at position: SourcePosition) {
    let isBlock = bytes[comment.range.lowerBound] == Byte.slash
    let inside = bytes[comment.range].dropFirst(2).dropLast(isBlock ? 2 : 0)
    let trimmed = inside.drop(while: Byte.isBlank)
    let blanks = trimmed.reversed().prefix(while: Byte.isBlank).count
    text = String(decoding: trimmed.dropLast(blanks), as: UTF8.self)
    range = comment.range
    self.position = position
    isInsideBody = comment.isInsideBody
  }
}
