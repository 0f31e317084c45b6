internal import Basics
internal import FoundationEssentials
internal import Glibc
package import SystemPackage

/// Where a shadow's server keeps its data.
package enum ShadowDirectory: Hashable, Sendable {
  /// In memory where there is plenty of it, else below the state folder: `shadow.directory: auto`.
  case automatic
  case path(FilePath)

  private static let memory: FilePath = "/dev/shm"

  /// The folder to use. Losing one in memory at a reboot costs one replay of the migrations.
  ///
  /// - Parameters:
  ///   - state: The folder that is Penstock's own; each has a folder in memory of its own.
  ///   - size: What the states may take, in bytes. A folder in memory is chosen when twice as much is free there, and
  ///     the machine can spare four times as much.
  package func resolved(state: FilePath, size: Int) -> FilePath {
    switch self {
    case .path(let path):
      return path
    case .automatic:
      guard Self.isMemoryPlentiful(for: size) else { return state.appending("shadow") }
      return Self.memory.appending("penstock-\(geteuid())-\(Digest(of: state.string).hex.prefix(12))")
    }
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
