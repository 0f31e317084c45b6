package import Schema

/// One of the two conditions of a policy.
package struct PolicyCondition: Hashable, Sendable {
  package enum Part: String, Hashable, Sendable { case using, check }

  package let table: QualifiedName
  package let policy: String
  package let part: Part

  package init(table: QualifiedName, policy: String, part: Part) {
    self.table = table
    self.policy = policy
    self.part = part
  }
}
