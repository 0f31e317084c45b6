import Foundation
import Postgres
import Shadow
import SystemPackage
import TestSupport
import Testing

@Suite("The shadow servers of several versions", .timeLimit(.minutes(2)))
struct ShadowServersTests {
  @Test("each major version has a server of its own, which all who ask for it share")
  func eachVersion() async throws {
    guard let other = try await TestServer.otherVersion else { try Test.cancel("only one PostgreSQL is installed") }
    let newest = try await ServerBinaries.best()
    let servers = ShadowServers(.init(directory: ShadowFixture.directory(), installed: [newest, other]))

    async let one = servers.server(forMajor: other.major)
    async let same = servers.server(forMajor: other.major)
    let unknown = try await servers.server(forMajor: 9)
    let shadow = try await one.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create table public.t (id int);"))

    #expect(try await one === same)
    #expect(unknown.configuration.binaries == newest)
    let version = try await Connection.with(shadow.superuser, as: "penstock tests") { await $0.serverVersion }
    #expect(version / 10_000 == other.major)
    await servers.stop()
  }

  @Test("a server that died is started again for whoever asks for it next, and somebody is told")
  func revived() async throws {
    let binaries = try await ServerBinaries.best()
    try await confirmation { isTold in
      let servers = ShadowServers(.init(directory: ShadowFixture.directory(), installed: [binaries])) { _ in isTold() }
      let process = try #require(try await servers.server().server.processID)
      kill(process, SIGKILL)
      while FileManager.default.fileExists(atPath: "/proc/\(process)/cwd/PG_VERSION") { await Task.yield() }

      let server = try await servers.server()

      #expect(await server.server.processID != process)
      await servers.stop()
    }
  }

  @Test("a server that has built the platform and idles takes less than 40 MB of memory that is its own")
  func memory() async throws {
    let servers = ShadowServers(
      .init(directory: ShadowFixture.directory(), installed: [try await ServerBinaries.best()]))
    let server = try await servers.server()
    let shadow = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create table public.t (id int);"))
    await server.giveBack(shadow, for: [])
    try await server.release(try await server.reset(platform: Platform(.supabase), migrations: []))

    let memory = try privateMemory(of: server.server)

    #expect(memory.processes >= 4)
    #expect(memory.kibibytes < 40 * 1_024)
    await servers.stop()
  }

  /// Of all processes of a server, which work in its data folder.
  private func privateMemory(of server: EmbeddedServer) throws -> (processes: Int, kibibytes: Int) {
    let files = FileManager.default
    let data = URL(filePath: server.configuration.directory.appending("data").string).resolvingSymlinksInPath().path
    var (processes, kibibytes) = (0, 0)
    for process in try files.contentsOfDirectory(atPath: "/proc") where Int32(process) != nil {
      // Processes come and go, and those of others may not be looked at.
      guard (try? files.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == data,
        let report = try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)
      else { continue }
      processes += 1
      for line in report.split(separator: "\n")
      where line.hasPrefix("Private_Clean:") || line.hasPrefix("Private_Dirty:") {
        kibibytes += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      }
    }
    return (processes, kibibytes)
  }

  @Test("detached servers of every version are stopped without being started")
  func stopDetached() async throws {
    let directory = ShadowFixture.directory()
    let installed = try [await ServerBinaries.best()] + [try await TestServer.otherVersion].compactMap(\.self)
    let servers = ShadowServers(.init(directory: directory, installed: installed, lifetime: .detached))
    var running: [EmbeddedServer] = []
    for binaries in installed { running.append(try await servers.server(forMajor: binaries.major).server) }
    await servers.stop()

    #expect(try await ShadowServers.stopDetached(in: directory))

    for server in running {
      let data = server.configuration.directory.appending("data")
      #expect(!FileManager.default.fileExists(atPath: data.appending("postmaster.pid").string))
    }
    #expect(try await !ShadowServers.stopDetached(in: directory))
  }
}
