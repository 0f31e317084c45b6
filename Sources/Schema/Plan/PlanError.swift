/// Thrown when no order of a plan's steps was found in which each can be done.
package struct PlanError: Error {
  /// Each must come before the next, and the last before the first.
  let cycle: [Action]
}

extension PlanError: CustomStringConvertible {
  package var description: String {
    let steps = cycle.map { "\($0.verb) \($0.id)" }.joined(separator: ", then ")
    return "No plan was found: some changes need each other (\(steps)). Make the change in two migrations."
  }
}
