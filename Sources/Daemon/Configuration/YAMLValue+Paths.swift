internal import Basics
internal import Configuration
internal import SystemPackage

extension YAMLValue {
  /// A path from the root: a service has no folder that a relative one could count from.
  var absolutePath: FilePath? {
    guard let text = string else { return nil }
    guard text.hasPrefix("/"), !text.utf8.contains(0) else {
      report("\(text) must be a path that begins with /")
      return nil
    }
    return FilePath(text).lexicallyNormalized()
  }

  /// The keys of a mapping of the user's own names; empty for anything else.
  var quietKeys: [String] {
    isScalar ? [] : (entries ?? []).map(\.key)
  }

  /// What an unknown name was meant to be, or which there are.
  func hint(for word: String, among known: [String]) -> String {
    let hint = Spelling.hint(for: word, among: known)
    return hint.isEmpty ? "; there are \(known.joined(separator: ", "))" : hint
  }
}
