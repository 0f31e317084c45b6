internal import Basics

/// The words of a comment that silences rules.
///
/// `penstock: ignore RULE[, RULE] [REASON]`, `penstock: ignore-file RULE[, RULE] [REASON]`, and squawk's
/// `squawk-ignore RULE[, RULE]` and `squawk-ignore-file`.
struct SuppressionText: Hashable, Sendable {
  enum Dialect: Hashable, Sendable {
    case penstock
    case squawk
  }

  var dialect: Dialect
  var coversFile: Bool
  /// As written, in order.
  var rules: [String]
  /// Empty when there is none.
  var reason: String

  /// Nil when the comment is about something else.
  /// - Parameter comment: With or without its `--` or `/* */`.
  init?(_ comment: String) {
    guard comment.hasBytes(of: "ignore") else { return nil }
    var text = Self.content(of: comment)
    if Self.take("penstock:", from: &text) {
      dialect = .penstock
      text = text.drop(while: \.isWhitespace)
      if Self.take("ignore-file", from: &text) {
        coversFile = true
      } else if Self.take("ignore", from: &text) {
        coversFile = false
      } else {
        return nil
      }
    } else if Self.take("squawk-ignore-file", from: &text) {
      dialect = .squawk
      coversFile = true
    } else if Self.take("squawk-ignore", from: &text) {
      dialect = .squawk
      coversFile = false
    } else {
      return nil
    }
    guard text.first.map({ $0.isWhitespace }) ?? true else { return nil }

    rules = []
    repeat {
      text = text.drop(while: \.isWhitespace)
      let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
      if !name.isEmpty { rules.append(String(name)) }
      text = text.dropFirst(name.count).drop(while: \.isWhitespace)
    } while Self.take(",", from: &text)
    reason = String(text.drop { $0.isWhitespace || $0 == ":" || $0 == "-" || $0 == "–" || $0 == "—" })
  }

  private static func content(of comment: String) -> Substring {
    var text = comment[...]
    if text.hasPrefix("--") {
      text = text.dropFirst(2)
    } else if text.hasPrefix("/*") {
      text = text.dropFirst(2)
      if text.hasSuffix("*/") { text = text.dropLast(2) }
    }
    text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func take(_ prefix: String, from text: inout Substring) -> Bool {
    guard text.hasPrefix(prefix) else { return false }
    text = text.dropFirst(prefix.count)
    return true
  }
}
