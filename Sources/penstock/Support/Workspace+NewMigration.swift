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
    return try write(fileName, try sql ?? scaffold.sql())
  }

  /// Writes a file into the folder of the migrations, where there must be none of its name.
  ///
  /// - Returns: The file, as seen from the repository's root.
  func write(_ fileName: String, _ sql: String) throws -> String {
    let folder = root.appending(directory)
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
    let path = folder.appending(fileName)
    try Data(sql.utf8).write(to: URL(filePath: path.string), options: .withoutOverwriting)
    return "\(directory)/\(fileName)"
  }
}
