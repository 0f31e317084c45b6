/// A kind of name for which a repository can have a pattern.
package enum NamePattern: String, Hashable, Sendable, CaseIterable {
  case schema, table, column, view, index, constraint, sequence, type, function, trigger, policy
}
