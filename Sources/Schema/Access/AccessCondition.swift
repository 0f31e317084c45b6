/// A change of access that a pipeline can refuse.
package enum AccessCondition: String, Sendable, CaseIterable {
  /// The role `anon` reaches more than before.
  case anonGains = "anon-gains"
  /// A table that had row security has it no more.
  case rowSecurityOff = "rls-off"
  /// A policy lets more rows through, or its words do not tell that it does not.
  case policyWidened = "policy-widened"

  /// The role that people who are not logged in have.
  package static let anonymousRole = "anon"

  /// What in a difference meets the condition, a sentence each.
  package func reasons(in difference: AccessDifference) -> [String] {
    switch self {
    case .anonGains:
      let changes = difference.changes.filter {
        $0.role == Self.anonymousRole && ($0.effect == .gains || $0.effect == .widened)
      }
      // A function that has its caller's rights lets nobody do what he may not do anyway.
      let routines = difference.routines.filter {
        $0.gaining.contains(Self.anonymousRole) && $0.routine.runsAs != nil
      }
      return AccessSummary.sentences(changes)
        + routines.map { "anon may call \($0.routine.signature), which has the rights of \($0.routine.runsAs ?? "")" }
    case .rowSecurityOff:
      return difference.rowSecurity.filter { $0.to == .off }.map { "row security of \($0.table) is switched off" }
    case .policyWidened:
      // Of somebody whom no policy has bound, none is widened.
      return AccessSummary.sentences(
        difference.changes.filter {
          ($0.effect == .widened || $0.effect == .changed) && $0.from.extent == .policy
        })
    }
  }
}
