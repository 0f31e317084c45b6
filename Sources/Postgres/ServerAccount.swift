internal import Glibc
internal import SystemPackage

/// The user of the operating system that an embedded server runs as: PostgreSQL refuses to be root.
struct ServerAccount: Hashable {
  let name: String
  let userID: uid_t
  let groupID: gid_t
  let isCurrent: Bool

  /// We ourselves; for root, `postgres` if there is such a user, else `nobody`.
  static func forServer() throws(PostgresError) -> ServerAccount {
    guard geteuid() == 0 else {
      return ServerAccount(name: "uid \(geteuid())", userID: geteuid(), groupID: getegid(), isCurrent: true)
    }
    guard let account = named("postgres") ?? named("nobody") else {
      throw PostgresError(
        .serverStart,
        """
        PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody to run it as. \
        Create one: useradd --system postgres.
        """)
    }
    return account
  }

  private static func named(_ name: String) -> ServerAccount? {
    var entry = passwd()
    var buffer = [CChar](repeating: 0, count: 16_384)
    var found: UnsafeMutablePointer<passwd>?
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
    return ServerAccount(name: name, userID: entry.pw_uid, groupID: entry.pw_gid, isCurrent: false)
  }

  /// The nearest folder at or above `path` that the account may not enter; nil when it reaches `path`.
  func obstacle(onTheWayTo path: FilePath) -> FilePath? {
    guard !isCurrent else { return nil }
    var folder = FilePath("/")
    for component in path.components {
      folder.append(component)
      var status = stat()
      guard folder.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
      let bit =
        status.st_uid == userID ? S_IXUSR : status.st_gid == groupID ? S_IXGRP : S_IXOTH
      if status.st_mode & bit == 0 { return folder }
    }
    return nil
  }
}
