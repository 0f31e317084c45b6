internal import FoundationEssentials
internal import Glibc
package import Postgres
internal import Synchronization
package import SystemPackage

/// The PostgreSQL server that the tests of one process share.
package enum TestServer {
  /// Starts at its first use and dies with the process.
  ///
  /// - Throws: `.noServerBinaries` where no PostgreSQL server is installed: the tests need one.
  package static var shared: EmbeddedServer {
    get async throws { try await start.value }
  }

  /// The name of the shared server's superuser.
  package static let superuser = "tester"

  /// The installed server of another major version than the shared one's, for tests of two versions; nil where there is
  /// only one. `PENSTOCK_POSTGRESQL=FOLDER:FOLDER` names two.
  package static var otherVersion: ServerBinaries? {
    get async throws {
      let installed = await ServerBinaries.installed()
      let major = try installed.best().major
      return installed.last { $0.major != major }
    }
  }

  /// The path of a folder, not yet there, for something of one test; in memory where that is possible.
  ///
  /// A later test run removes it, once this process is gone.
  package static func scratchFolder() -> FilePath {
    let number = folders.add(1, ordering: .relaxed).newValue
    return home.appending("\(number)")
  }

  // Nobody cancels it: it ends when the server has started, and every test waits for that.
  private static let start = Task {
    try await EmbeddedServer.start(
      EmbeddedServer.Configuration(
        directory: scratchFolder(), binaries: ServerBinaries.best(), superuser: superuser,
        settings: ["max_connections": "100"]))
  }

  private static let folders = Atomic(0)

  /// The folder of this process's folders.
  private static let home: FilePath = {
    let parent: FilePath = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let prefix = "penstock-tests-"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? [] {
      guard name.hasPrefix(prefix), let owner = pid_t(name.dropFirst(prefix.count)) else { continue }
      // Another run may be at it too: whoever comes second finds nothing left to remove.
      if kill(owner, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(parent)/\(name)") }
    }
    let home = parent.appending("\(prefix)\(getpid())")
    guard home.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
      // A static's initialiser cannot throw, and no test can do without the folder.
      fatalError("the tests cannot create the folder \(home)")
    }
    return home
  }()
}
