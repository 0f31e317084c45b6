internal import Basics
internal import FoundationEssentials
internal import Glibc
internal import Postgres
package import SystemPackage

/// Where a shadow's server keeps its data.
package enum ShadowDirectory: Hashable, Sendable {
  /// In memory where there is plenty of it, else below the state folder: `shadow.directory: auto`.
  case automatic
  case path(FilePath)

  private static let memory: FilePath = "/dev/shm"

  /// The file that says whose a folder in memory is: the path of a state folder.
  private static let mark = "state-folder"

  /// The folder to use, as `resolved`; one in memory is marked with its owner.
  ///
  /// Folders in memory whose state folders are gone, with a checkout or a demonstration that was deleted, are removed
  /// on the way: nobody else would, and they are memory.
  package func prepared(state: FilePath, size: Int) async -> FilePath {
    await Self.sweep()
    let folder = resolved(state: state, size: size)
    guard folder.starts(with: Self.memory), self == .automatic else { return folder }
    mkdir(folder.string, 0o755)
    // Another may have made it since it was looked for.
    guard Self.isOurs(folder) else { return Self.fallback(state: state) }
    // Without the mark the folder is merely never taken for an orphan.
    try? state.string.write(toFile: folder.appending(Self.mark).string, atomically: true, encoding: .utf8)
    return folder
  }

  private static func sweep() async {
    let prefix = "penstock-\(geteuid())-"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: memory.string)) ?? [] where name.hasPrefix(prefix)
    {
      let folder = memory.appending(name)
      guard isOurs(folder), let owner = try? String(contentsOfFile: folder.appending(mark).string, encoding: .utf8),
        !FileManager.default.fileExists(atPath: owner)
      else { continue }
      // A server that belongs to a living process is not stopped; its folder goes with the next sweep.
      guard (try? await ShadowServers.stopDetached(in: folder)) != nil else { continue }
      try? FileManager.default.removeItem(atPath: folder.string)
    }
  }

  /// The folder to use. Losing one in memory at a reboot costs one replay of the migrations.
  ///
  /// - Parameters:
  ///   - state: The folder that is Penstock's own; each has a folder in memory of its own.
  ///   - size: What the states may take, in bytes. A folder in memory is chosen when it is there already, or when twice as
  ///     much is free there and the machine can spare four times as much; and never one that another user has made or may
  ///     write to.
  package func resolved(state: FilePath, size: Int) -> FilePath {
    switch self {
    case .path(let path):
      return path
    case .automatic:
      let folder = Self.memory.appending("penstock-\(geteuid())-\(Digest(of: state.string).hex.prefix(12))")
      // A server may run in the one that is there, and it is what takes the memory.
      let isUsable = Self.isOurs(folder) || Self.isMissing(folder) && Self.isMemoryPlentiful(for: size)
      return isUsable ? folder : Self.fallback(state: state)
    }
  }

  private static func fallback(state: FilePath) -> FilePath { state.appending("shadow") }

  private static func isMissing(_ folder: FilePath) -> Bool {
    var status = stat()
    return folder.withPlatformString({ lstat($0, &status) }) != 0 && errno == ENOENT
  }

  /// Whether it is a folder, and nobody else can have put anything into it: everybody may make one in memory.
  private static func isOurs(_ folder: FilePath) -> Bool {
    var status = stat()
    return folder.withPlatformString({ lstat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
  }

  private static func isMemoryPlentiful(for size: Int) -> Bool {
    var status = statvfs()
    guard memory.withPlatformString({ statvfs($0, &status) }) == 0 else { return false }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    return free >= 2 * size && availableMemory() >= 4 * size
  }

  /// In bytes, as the kernel estimates it; 0 when it does not say.
  private static func availableMemory() -> Int {
    guard let report = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return 0 }
    let line = report.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return kibibytes * 1024
  }
}
