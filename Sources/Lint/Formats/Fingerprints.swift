internal import Basics

/// What tells each finding of a report from the others and stays what it is when lines move.
///
/// Two findings that say the same of one file are told apart by their order.
struct Fingerprints {
  private var seen: [String: Int] = [:]

  /// 64 hexadecimal digits.
  mutating func next(_ finding: Finding) -> String {
    let identity = [finding.rule.rawValue, finding.file, finding.object ?? "", finding.message].joined(separator: "\n")
    let number = seen[identity, default: 0]
    seen[identity] = number + 1
    return Digest(of: "\(identity)\n\(number)").hex
  }
}
