internal import Configuration
internal import Schema
internal import Shadow

/// Whose access a run compares, and which changes of it end the run.
package struct AccessOptions: Sendable {
  /// Roles beside those of the profile's API.
  private(set) var namedRoles: [String] = []
  private(set) var failOn: [AccessCondition] = []

  init() {}

  init?(_ value: YAMLValue) {
    guard let map = value.mapping(["roles", "fail-on"]) else { return nil }
    namedRoles = map["roles"]?.strings ?? []
    failOn = map["fail-on"]?.list?.compactMap { $0.choice(of: AccessCondition.self) } ?? []
  }

  /// The roles to watch, each once.
  func roles(on profile: Profile) -> [String] {
    var roles = profile.apiRoles
    if failOn.contains(.anonGains) { roles.append(AccessCondition.anonymousRole) }
    var known: Set<String> = []
    return (roles + namedRoles).filter { known.insert($0).inserted }
  }

  /// - Throws: `RunFailure` when one of the conditions is met, or cannot be watched.
  func check(_ difference: AccessDifference, before: AccessMatrix, after: AccessMatrix) throws(RunFailure) {
    let present = Set((before.roles + after.roles).map(\.name))
    if let missing = namedRoles.first(where: { !present.contains($0) }) {
      throw RunFailure(
        "there is no role \(missing), whose access is to be watched",
        advice: "Create it on the target, or take it out of access.roles of the stage diff.")
    }
    let met = failOn.map { (condition: $0, reasons: $0.reasons(in: difference)) }.filter { !$0.reasons.isEmpty }
    guard !met.isEmpty else { return }
    let lines = met.flatMap { met in
      let rest = met.reasons.count - Self.shownReasons
      return met.reasons.prefix(Self.shownReasons).map { "\(met.condition.rawValue): \($0)" }
        + (rest > 0 ? ["\(met.condition.rawValue): and \(rest) more; penstock show has all of them"] : [])
    }
    throw RunFailure(
      lines.joined(separator: "\n"),
      advice: "If it is meant, take \(met.map(\.condition.rawValue).joined(separator: " and ")) out of access.fail-on "
        + "of the stage diff for this push; if not, mend the migration.")
  }

  private static let shownReasons = 8
}
