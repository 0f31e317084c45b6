/// A pattern over slash-separated paths: `*` and `?` stand for any within a name, `**` for any number of folders.
struct Glob {
  private let segments: [Substring]

  init(_ pattern: String) {
    segments = pattern.split(separator: "/", omittingEmptySubsequences: true)
  }

  func matches(_ path: String) -> Bool {
    Self.matches(segments[...], path.split(separator: "/", omittingEmptySubsequences: true)[...])
  }

  private static func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == "**" {
      return path.indices.contains { matches(pattern.dropFirst(), path[$0...]) }
        || matches(pattern.dropFirst(), path[path.endIndex...])
    }
    guard let name = path.first, matches(Array(first), Array(name)) else { return false }
    return matches(pattern.dropFirst(), path.dropFirst())
  }

  /// The usual walk with one point to come back to: linear for every pattern with one star, quadratic at worst.
  private static func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
    var p = 0
    var n = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == name[n] {
        p += 1
        n += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        p = last.pattern + 1
        n = last.name + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
