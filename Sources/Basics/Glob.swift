/// A pattern over names with slashes, as GitHub Actions and git refspecs have them.
///
/// `*` stands for any characters but a slash, `**` for any at all (`**/` also for nothing), `?` for one character that is
/// no slash, `[a-z]` and `[!a-z]` for one of a set; every other character stands for itself.
package struct Glob: Hashable, Sendable {
  package let pattern: String
  private let tokens: [Token]

  private enum Token: Hashable {
    case character(Character)
    case any
    case anyInSegment
    case anyDeep
    /// Stands before `insideDirectories`: `**/` for nothing at all.
    case noDirectories
    case insideDirectories
    case set([ClosedRange<Character>], negated: Bool)
  }

  /// Nil when a set is not closed.
  package init?(_ pattern: String) {
    var tokens: [Token] = []
    var rest = pattern[...]
    while let character = rest.popFirst() {
      switch character {
      case "*" where rest.first == "*":
        rest.removeFirst()
        let startsSegment = tokens.isEmpty || tokens.last == .character("/")
        if startsSegment, rest.first == "/" {
          rest.removeFirst()
          tokens += [.noDirectories, .insideDirectories]
        } else {
          tokens.append(.anyDeep)
        }
      case "*": tokens.append(.anyInSegment)
      case "?": tokens.append(.any)
      case "[":
        guard let set = Self.takeSet(&rest) else { return nil }
        tokens.append(set)
      default: tokens.append(.character(character))
      }
    }
    self.pattern = pattern
    self.tokens = tokens
  }

  /// Whether the whole of `name` fits the pattern.
  package func matches(_ name: String) -> Bool {
    // The set of places in the pattern that the text so far may have come to: no backtracking, so no slow patterns.
    var places = closure([0])
    for character in name {
      var next: Set<Int> = []
      for place in places where place < tokens.count {
        switch tokens[place] {
        case .character(let wanted): if wanted == character { next.insert(place + 1) }
        case .any: if character != "/" { next.insert(place + 1) }
        case .anyInSegment: if character != "/" { next.insert(place) }
        case .anyDeep: next.insert(place)
        case .noDirectories: break
        case .insideDirectories:
          next.insert(place)
          if character == "/" { next.insert(place + 1) }
        case .set(let ranges, let negated):
          if character != "/", ranges.contains(where: { $0.contains(character) }) != negated { next.insert(place + 1) }
        }
      }
      places = closure(next)
    }
    return places.contains(tokens.count)
  }

  /// `places` and those that are reached from them without a character.
  private func closure(_ places: Set<Int>) -> Set<Int> {
    var result = places
    var open = Array(places)
    while let place = open.popLast() {
      guard place < tokens.count else { continue }
      let reached: [Int] =
        switch tokens[place] {
        case .anyInSegment, .anyDeep: [place + 1]
        case .noDirectories: [place + 1, place + 2]
        default: []
        }
      open += reached.filter { result.insert($0).inserted }
    }
    return result
  }

  private static func takeSet(_ rest: inout Substring) -> Token? {
    var negated = false
    if let first = rest.first, first == "!" || first == "^" {
      negated = true
      rest.removeFirst()
    }
    var ranges: [ClosedRange<Character>] = []
    while let low = rest.popFirst() {
      if low == "]", !ranges.isEmpty { return .set(ranges, negated: negated) }
      if rest.first == "-", let high = rest.dropFirst().first, high != "]", low <= high {
        rest.removeFirst(2)
        ranges.append(low...high)
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }
}
