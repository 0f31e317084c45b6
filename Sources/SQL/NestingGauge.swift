/// Bounds the depth of a statement's parse tree from its tokens.
///
/// libpg_query and protobuf-c walk the tree by recursion and do not look at the stack: `1+1+1+...`, ten thousand times,
/// overflows it. Brackets nest, and so do chains of operators, of set operations and of joins, each a level a link.
/// A comma ends a chain of operators, not one of joins.
struct NestingGauge {
  private struct Level {
    /// What the bracket itself and the chains of joins and set operations around this place add.
    var lasting = 1
    /// What the chain of operators up to this place adds.
    var chain = 0
  }

  private var levels = [Level()]
  private var sum = 1

  /// The deepest place so far.
  private(set) var maximum = 1
  /// The number of brackets open at this place.
  var openBrackets: Int { levels.count - 1 }

  mutating func take(_ token: Token, in bytes: [UInt8]) {
    switch token.kind {
    case .operator:
      lengthenChain()
    case .punctuation:
      switch bytes[token.range.lowerBound] {
      case Byte.openParenthesis, Byte.openBracket:
        levels.append(Level())
        sum += 1
      case Byte.closeParenthesis, Byte.closeBracket:
        guard levels.count > 1 else { break }
        let level = levels.removeLast()
        sum -= level.lasting + level.chain
      case Byte.colon:
        lengthenChain()
      case Byte.comma:
        endChain()
      case Byte.semicolon:
        endChain()
        sum -= levels[levels.count - 1].lasting - 1
        levels[levels.count - 1].lasting = 1
      default: break
      }
    case .word:
      if Self.chaining.contains(where: { token.isWord($0, in: bytes) }) {
        lengthenChain()
      } else if Self.lasting.contains(where: { token.isWord($0, in: bytes) }) {
        levels[levels.count - 1].lasting += 1
        sum += 1
      }
    default: break
    }
    maximum = max(maximum, sum)
  }

  private mutating func lengthenChain() {
    levels[levels.count - 1].chain += 1
    sum += 1
  }

  private mutating func endChain() {
    sum -= levels[levels.count - 1].chain
    levels[levels.count - 1].chain = 0
  }

  private static let chaining: [StaticString] = [
    "at", "is", "not", "case", "isnull", "notnull", "collate", "operator",
  ]
  private static let lasting: [StaticString] = ["join", "union", "except", "intersect"]
}
