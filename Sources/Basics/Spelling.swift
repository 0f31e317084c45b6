/// The words a user may write somewhere, for saying which one a misspelt word was meant to be.
package enum Spelling {
  /// The candidate nearest to `word`, or nil when none is near enough to be what was meant.
  ///
  /// Near is an optimal string alignment distance (insert, delete, replace, swap neighbours) of at most a third of
  /// the word's length, and at least 1. Case does not count.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    let best =
      candidates
      .map { (candidate: $0, distance: distance(word.lowercased(), $0.lowercased())) }
      .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
    guard let best, best.distance <= limit else { return nil }
    return best.candidate
  }

  /// `" (did you mean fail-on?)"`, or nothing when no candidate is near: the end of an error's sentence.
  package static func hint(for word: String, among candidates: some Sequence<String>) -> String {
    nearest(to: word, among: candidates).map { " (did you mean \($0)?)" } ?? ""
  }

  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.unicodeScalars)
    let b = Array(b.unicodeScalars)
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
      var current = [i]
      for j in 1...b.count {
        let replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var cost = min(previous[j] + 1, current[j - 1] + 1, replaced)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          cost = min(cost, beforePrevious[j - 2] + 1)
        }
        current.append(cost)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}
