/// What takes migrations back from a target, in one transaction with their rows of the history.
package struct Reversal: Sendable {
  /// Its statements, under the version of the newest that they undo.
  package let migration: Migration
  /// All that they undo.
  package let versions: [String]
  /// What rows and values they do away with.
  package let loses: [String]

  package init(of versions: [String], sql: String, loses: [String]) {
    let newest = versions.last ?? ""
    migration = Migration(
      version: newest, name: "rollback", path: "rollback/\(newest).sql", bytes: Array(sql.utf8))
    self.versions = versions
    self.loses = loses
  }
}
