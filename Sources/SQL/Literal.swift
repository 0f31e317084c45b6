/// A string constant of a statement.
package struct Literal: Hashable, Sendable {
  /// What it means: quotes removed, doubled quotes and escapes resolved.
  package let value: String
  /// With its quotes and prefix. In bytes of the file.
  package let range: Range<Int>
  /// Between its quotes; where nothing is doubled or escaped, the bytes of ``value``.
  package let contents: Range<Int>
  /// Whether it stands inside the body of a function or a `DO` block, not in the statement itself.
  package let isInsideBody: Bool
}

extension Statement {
  /// The string constants, in the order of the text, found anew at each call.
  ///
  /// Those inside a dollar-quoted body of a function or a `DO` block take the place of the body itself. Constants that
  /// continue on the next line are several; the data of a ``copyData`` is none.
  package var literals: [Literal] {
    var literals: [Literal] = []
    forEachLiteral { literals.append($0) }
    return literals
  }

  /// As ``literals``, one after the other: there may be a million.
  package func forEachLiteral(_ body: (Literal) -> Void) {
    let bytes = Array(text.utf8)
    withoutActuallyEscaping(body) { body in
      LiteralFinder(bytes: bytes, base: range.lowerBound, found: body).find(in: bytes.indices, insideBody: false)
    }
  }
}

/// Finds string constants in a statement's bytes.
private struct LiteralFinder {
  let bytes: [UInt8]
  /// Where the first of the bytes is in the file.
  let base: Int
  let found: (Literal) -> Void

  func find(in range: Range<Int>, insideBody: Bool) {
    var lexer = Lexer(bytes, in: range)
    var head = StatementHead()
    // What never ends is in a body of another language; a statement's own constants all end.
    while let token = try? lexer.next() {
      guard !token.isComment else { continue }
      head.take(token, in: bytes)
      guard token.isString else { continue }
      let hasBody = head.kind == .routine || head.kind == .doBlock
      if token.kind == .dollarString, hasBody, !insideBody {
        find(in: token.dollarStringContents(in: bytes), insideBody: true)
      } else {
        add(token, insideBody: insideBody)
      }
    }
  }

  private func add(_ token: Token, insideBody: Bool) {
    let contents = token.stringContents(in: bytes)
    found(
      Literal(
        value: StringConstant.value(of: bytes[contents], as: token.kind),
        range: base + token.range.lowerBound..<base + token.range.upperBound,
        contents: base + contents.lowerBound..<base + contents.upperBound,
        isInsideBody: insideBody))
  }
}

extension Token {
  /// Between the quotes; this must be a string.
  func stringContents(in bytes: [UInt8]) -> Range<Int> {
    if kind == .dollarString { return dollarStringContents(in: bytes) }
    let prefix = bytes[range].prefix { $0 != Byte.quote }.count
    return range.lowerBound + prefix + 1..<range.upperBound - 1
  }
}
