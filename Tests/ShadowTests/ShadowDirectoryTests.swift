import Foundation
import Postgres
import SystemPackage
import Testing

@testable import Shadow

@Suite("Where a shadow lives")
struct ShadowDirectoryTests {
  @Test("a folder that is asked for is used")
  func path() {
    #expect(ShadowDirectory.path("/srv/shadow").resolved(state: "/var/lib/penstock", size: 1) == "/srv/shadow")
  }

  @Test("automatic means below the state folder when memory is short")
  func shortOfMemory() {
    let directory = ShadowDirectory.automatic.resolved(state: "/var/lib/penstock", size: 1 << 50)

    #expect(directory == "/var/lib/penstock/shadow")
  }

  @Test("a folder in memory that is there is used, also when memory is short by now")
  func shortOfMemoryByNow() throws {
    let state = FilePath("/var/lib/penstock-\(UInt64.random(in: 0...UInt64.max))")
    let folder = ShadowDirectory.automatic.resolved(state: state, size: 1)
    try #require(folder.starts(with: "/dev/shm"), "this machine has no memory to spare")
    try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder.string) }

    #expect(ShadowDirectory.automatic.resolved(state: state, size: 1 << 50) == folder)
  }

  @Test("a folder in memory goes when the state folder that it belongs to has gone, and not before")
  func orphans() async throws {
    let files = FileManager.default
    let state = FilePath(NSTemporaryDirectory()).appending("penstock-state-\(UInt64.random(in: 0...UInt64.max))")
    try files.createDirectory(atPath: state.string, withIntermediateDirectories: true)
    let folder = await ShadowDirectory.automatic.prepared(state: state, size: 1)
    try #require(folder.starts(with: "/dev/shm"), "this machine has no memory to spare")
    let server = try await ShadowServer.start(
      .init(directory: folder, binaries: ServerBinaries.best(), lifetime: .detached))
    let process = try #require(await server.server.processID)

    _ = await ShadowDirectory.path("/elsewhere").prepared(state: state, size: 1)
    #expect(files.fileExists(atPath: folder.string))
    try files.removeItem(atPath: state.string)

    #expect(await isSwept(folder))
    // A zombie is no server any more.
    #expect((try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")) == nil)
  }

  @Test("a folder in memory stays while a repository's server in it belongs to a process that lives")
  func living() async throws {
    let files = FileManager.default
    let state = FilePath(NSTemporaryDirectory()).appending("penstock-state-\(UInt64.random(in: 0...UInt64.max))")
    try files.createDirectory(atPath: state.string, withIntermediateDirectories: true)
    let folder = await ShadowDirectory.automatic.prepared(state: state, size: 1)
    try #require(folder.starts(with: "/dev/shm"), "this machine has no memory to spare")
    let binaries = try await ServerBinaries.best()
    let detached = try await ShadowServer.start(
      .init(directory: folder, name: "one", binaries: binaries, lifetime: .detached))
    let living = try await ShadowServer.start(.init(directory: folder, name: "other", binaries: binaries))

    try files.removeItem(atPath: state.string)
    _ = await ShadowDirectory.path("/elsewhere").prepared(state: state, size: 1)
    #expect(try await !living.revive())
    #expect(files.fileExists(atPath: folder.string))
    try await living.stop()

    #expect(await isSwept(folder))
    try await detached.stop()
  }

  /// A sweep leaves alone what another is at, of a test beside this one or of another process, whose it is then.
  private func isSwept(_ folder: FilePath) async -> Bool {
    for _ in 0..<200 {
      _ = await ShadowDirectory.path("/elsewhere").prepared(state: "/elsewhere", size: 1)
      guard FileManager.default.fileExists(atPath: folder.string) else { return true }
      try? await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  @Test("a folder in memory that others may write to, or that is a link, is neither used nor swept")
  func strangers() async throws {
    let files = FileManager.default
    let state = FilePath(NSTemporaryDirectory()).appending("penstock-state-\(UInt64.random(in: 0...UInt64.max))")
    let folder = ShadowDirectory.automatic.resolved(state: state, size: 1)
    try #require(folder.starts(with: "/dev/shm"), "this machine has no memory to spare")
    let trap = folder.removingLastComponent().appending("trap-\(UInt64.random(in: 0...UInt64.max))")
    try files.createDirectory(atPath: trap.string, withIntermediateDirectories: false)
    defer { try? files.removeItem(atPath: trap.string) }
    try "/nonexistent".write(toFile: trap.appending("state-folder").string, atomically: false, encoding: .utf8)

    try files.createSymbolicLink(atPath: folder.string, withDestinationPath: trap.string)
    #expect(await ShadowDirectory.automatic.prepared(state: state, size: 1) == state.appending("shadow"))
    #expect(ShadowDirectory.automatic.resolved(state: state, size: 1) == state.appending("shadow"))
    #expect((try? files.destinationOfSymbolicLink(atPath: folder.string)) == trap.string)
    try files.removeItem(atPath: folder.string)

    try files.copyItem(atPath: trap.string, toPath: folder.string)
    try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.string)
    #expect(await ShadowDirectory.automatic.prepared(state: state, size: 1) == state.appending("shadow"))
    #expect(files.fileExists(atPath: folder.appending("state-folder").string))
    try files.removeItem(atPath: folder.string)
  }

  @Test("a server of an installation from before an upgrade is not taken over: it has the extensions of that time")
  func upgraded() async throws {
    let directory = ShadowFixture.directory()
    let binaries = try await ServerBinaries.best()
    var servers: [EmbeddedServer] = []
    for installation in ["old", "new", "new"] {
      let tree = try ServerTree(of: binaries, in: directory.appending(installation))
      servers.append(
        try await EmbeddedServer.start(
          .init(directory: directory.appending("server"), binaries: tree.binaries, lifetime: .detached)))
    }

    #expect(await servers[0].processID != servers[1].processID)
    #expect(await servers[1].processID == servers[2].processID)
    try await servers[2].stop()
  }
}
