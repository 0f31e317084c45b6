/// How much a rule's findings weigh.
package enum Severity: String, Codable, Sendable, CaseIterable {
  /// The rule is not run.
  case off
  /// Worth knowing; nothing is wrong.
  case advice
  /// Likely to hurt: slow, locked, or not as meant.
  case warning
  /// Must not reach a target: fails, loses data, or opens a hole.
  case error
}

extension Severity: Comparable {
  package static func < (a: Severity, b: Severity) -> Bool { a.weight < b.weight }

  private var weight: Int {
    switch self {
    case .off: 0
    case .advice: 1
    case .warning: 2
    case .error: 3
    }
  }
}
