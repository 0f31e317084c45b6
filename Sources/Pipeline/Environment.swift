package import Migrations
package import Postgres
package import Shadow

/// A database that migrations are promoted to, and what its owner asks of a pipeline that does so.
package struct Environment: Sendable {
  package let name: String
  package let target: ConnectionString
  package let profile: Profile
  /// Who promotes to it: the same after a restart of the same daemon, and nobody else's.
  package let instance: String
  /// What is sent to the target in place of a statement: nothing is changed for a real one; the embedded default does
  /// what its platform would do.
  package let adaptation: any Adaptation
  /// Whether the database may be dropped and built again.
  package let isDisposable: Bool
  /// Stages that every pipeline for this environment must have.
  package let requiredStages: [String]
  /// At least so many approvals, whatever the pipeline says.
  package let approvals: Int
  /// Who may approve; empty for anybody.
  package let approvers: [String]

  package init(
    name: String, target: ConnectionString, profile: Profile, instance: String,
    adaptation: any Adaptation = PlainAdaptation(), isDisposable: Bool = false, requiredStages: [String] = [],
    approvals: Int = 0, approvers: [String] = []
  ) {
    self.name = name
    self.target = profile.connection(to: target)
    self.profile = profile
    self.instance = instance
    self.adaptation = adaptation
    self.isDisposable = isDisposable
    self.requiredStages = requiredStages
    self.approvals = approvals
    self.approvers = approvers
  }
}
