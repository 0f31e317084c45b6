internal import CPGQuery

/// Makes values of one statement's parse tree.
///
/// The tree says what a statement means; where a part of it begins and ends, it says only in part, and the difference
/// between what is written and what is understood not at all. There the statement's tokens help out.
struct Lowering {
  let bytes: [UInt8]
  /// The statement.
  let range: Range<Int>
  private let cache = TokenCache()

  private final class TokenCache {
    var tokens: TokenList?
  }

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  /// Found at the first use; most statements need none.
  var tokens: TokenList {
    if let tokens = cache.tokens { return tokens }
    let tokens = TokenList(bytes, in: range)
    cache.tokens = tokens
    return tokens
  }

  /// - Parameter location: As the tree has it, in bytes from the statement's beginning; -1 when it does not know.
  func offset(_ location: Int32) -> Int {
    min(range.lowerBound + max(0, Int(location)), range.upperBound)
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  // MARK: Which statement it is

  func syntax(_ node: Node) -> Syntax {
    tableSyntax(node) ?? objectSyntax(node) ?? generalSyntax(node) ?? accessSyntax(node) ?? dataSyntax(node)
      ?? sessionSyntax(node) ?? .other(node: node.kindName)
  }
}
