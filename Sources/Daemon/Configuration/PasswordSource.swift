internal import Configuration
internal import Foundation
package import SystemPackage

/// Where a password is to be found; never the password itself.
package enum PasswordSource: Hashable, Sendable {
  /// A file of this name in `$CREDENTIALS_DIRECTORY`, which systemd's `LoadCredential=` fills.
  case credential(String)
  /// A variable of the daemon's environment.
  case variable(String)
  /// A file that only the daemon's user should be able to read.
  case file(FilePath)

  static let refusal =
    "where everybody who reads the file, its backups and its history can see it: "
    + "name a place instead, password: { credential: NAME }, { file: PATH } or { env: VARIABLE }"

  /// Nil after a problem was reported.
  init?(_ value: YAMLValue) {
    guard !value.isScalar else {
      value.report("the password is in the file, \(Self.refusal)")
      return nil
    }
    guard let map = value.mapping(["credential", "env", "file"]) else { return nil }
    switch (map["credential"], map["env"], map["file"]) {
    case (let name?, nil, nil):
      guard let name = name.string, !name.isEmpty else { return nil }
      guard !name.contains("/") else {
        value.report("the credential \(name) must be a name, not a path")
        return nil
      }
      self = .credential(name)
    case (nil, let name?, nil):
      guard let name = name.string else { return nil }
      self = .variable(name)
    case (nil, nil, let path?):
      guard let path = path.absolutePath else { return nil }
      self = .file(path)
    default:
      value.report("a password comes from one place: credential, env or file")
      return nil
    }
  }

  /// The password, without the line end that editors leave behind.
  /// - Parameter variables: The daemon's environment.
  /// - Throws: `configuration` when it is not there.
  package func password(variables: [String: String]) throws(DaemonError) -> String {
    switch self {
    case .variable(let name):
      guard let value = variables[name] else {
        throw DaemonError(.configuration, "the environment variable \(name), which is to hold a password, is not set")
      }
      return value
    case .credential(let name):
      guard let folder = variables["CREDENTIALS_DIRECTORY"] else {
        throw DaemonError(
          .configuration,
          "there is no CREDENTIALS_DIRECTORY to read the credential \(name) from: "
            + "add LoadCredential=\(name):FILE to the service, or name a file instead")
      }
      return try Self.contents(of: FilePath(folder).appending(name))
    case .file(let path):
      return try Self.contents(of: path)
    }
  }

  private static func contents(of path: FilePath) throws(DaemonError) -> String {
    do {
      let text = try String(contentsOf: URL(fileURLWithPath: path.string), encoding: .utf8)
      return String(text.reversed().drop(while: \.isNewline).reversed())
    } catch {
      throw DaemonError(.configuration, "cannot read the password in \(path): \(error.localizedDescription)")
    }
  }
}
