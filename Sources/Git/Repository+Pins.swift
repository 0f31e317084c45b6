/// Pins: references of Penstock's own that keep a queued run's commit from `git gc` after a force-push or a deleted
/// branch.
extension Repository {
  private static let pinPrefix = "refs/penstock/runs/"

  /// Keeps a commit until `unpin`.
  /// - Parameter run: The run's name; a second pin of the same name replaces the first.
  package func pin(_ commit: ObjectID, forRun run: String) async throws(GitError) {
    try await setReference(
      RefName(rawValue: Self.pinPrefix + run), to: commit, message: "penstock: pinned for run \(run)")
  }

  /// Lets a run's commit go; nothing happens when it was not pinned.
  package func unpin(run: String) async throws(GitError) {
    try await deleteReference(RefName(rawValue: Self.pinPrefix + run))
  }

  /// The runs that have a commit pinned.
  package func pins() throws(GitError) -> [String: ObjectID] {
    let references = try references(under: Self.pinPrefix)
    return Dictionary(
      uniqueKeysWithValues: references.map { (String($0.name.rawValue.dropFirst(Self.pinPrefix.count)), $0.target) })
  }

  /// Keeps the pins out of what clients are offered on a fetch or push (`transfer.hideRefs`).
  package func hidePins() throws(GitError) {
    try addConfiguration("transfer.hideRefs", value: "refs/penstock")
  }
}
