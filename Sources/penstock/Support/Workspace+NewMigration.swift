import Foundation
import Migrations
import SystemPackage

extension Workspace {
  /// Writes a new migration under a version that nobody has.
  ///
  /// - Parameter sql: Nil for what the scaffold's template says.
  /// - Returns: The file, as seen from the repository's root.
  func write(_ scaffold: Scaffold, sql: String? = nil) async throws -> String {
    let fileName = scaffold.fileName(at: Date(), taken: try await TakenVersions(workspace: self).all())
    let folder = root.appending(directory)
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    let path = folder.appending(fileName)
    try Data((try sql ?? scaffold.sql()).utf8).write(to: URL(filePath: path.string), options: .withoutOverwriting)
    return "\(directory)/\(fileName)"
  }
}
