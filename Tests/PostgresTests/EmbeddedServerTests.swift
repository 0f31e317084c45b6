import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("Embedded server", .timeLimit(.minutes(3)))
struct EmbeddedServerTests {
  @Test("a server is created, reached by its socket only, careless, and gone after it was stopped")
  func startAndStop() async throws {
    let server = try await start()
    let connection = try await connect(to: server)

    let setting = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name = ANY($1)"
    let settings = try await connection.query(
      setting, [["fsync", "listen_addresses", "wal_level", "server_encoding", "TimeZone"]])
    #expect(
      try settings[0].decode(String.self)
        == "TimeZone=UTC fsync=off listen_addresses= server_encoding=UTF8 wal_level=logical")
    try await connection.execute("CREATE PUBLICATION everything FOR ALL TABLES")
    #expect(await connection.takeNotices().isEmpty)
    let process = try #require(await server.processID)
    await connection.close()

    try await server.stop()

    #expect(!isRunning(process))
    #expect(await server.processID == nil)
    let error = try await postgresError { try await connect(to: server) }
    #expect(error.code == .connectionFailed)
  }

  @Test("a folder belongs to one process: the second one is told whose it is")
  func secondStart() async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder)

    let error = try await postgresError { try await start(in: folder) }

    #expect(error.code == .serverStart)
    #expect(error.message.contains("belongs to process \(getpid()), which is running"))
    #expect(try await connect(to: server).isUsable)
    try await server.stop()
  }

  @Test("a lock that is a link is not followed to somebody's file")
  func lockIsLink() async throws {
    let folder = TestServer.scratchFolder()
    let file = folder.appending("file").string
    for path in [folder, folder.appending("server")] { try #require(mkdir(path.string, 0o755) == 0) }
    try write("4711 detached", to: file)
    try #require(symlink(file, folder.appending("server/lock").string) == 0)

    let error = try await postgresError { try await EmbeddedServer.stopDetached(in: folder.appending("server")) }

    #expect(error.code == .serverStart)
  }

  @Test("what was in a server that was stopped is there when it starts again")
  func restart() async throws {
    let folder = TestServer.scratchFolder()
    let first = try await start(in: folder)
    try await connect(to: first).execute("CREATE TABLE kept ()")
    try await first.stop()

    let second = try await start(in: folder)

    #expect(try await hasTable("kept", on: second))
    try await second.stop()
  }

  @Test("a server that was killed is started again, once for all who ask, with what was committed")
  func revive() async throws {
    let server = try await start()
    let connection = try await connect(to: server)
    try await connection.execute("CREATE TABLE kept ()")
    // A careless server answers before the commit is written.
    try await connection.execute("CHECKPOINT")
    let process = try #require(await server.processID)
    #expect(try await !server.revive())

    kill(process, SIGKILL)
    while isRunning(process) { await Task.yield() }
    async let first = server.revive()
    async let second = server.revive()
    let revived = try await [first, second]

    #expect(revived.contains(true))
    #expect(await server.processID != process)
    #expect(try await hasTable("kept", on: server))
    try await server.stop()
    #expect(try await !server.revive())
  }

  @Test(
    "a server that died and whose data is gone or damaged is made anew when that does not matter",
    arguments: [nil, "data", "data/global/pg_control", "data/PG_VERSION"])
  func rebuiltWhenRevived(damage: String?) async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder)
    try await connect(to: server).execute("CREATE TABLE lost ()")
    let process = try #require(await server.processID)

    if let damage, damage != "data" {
      kill(process, SIGKILL)
      try write("9.6\n", to: "\(folder)/\(damage)")
    } else {
      // The server runs on for a while, and may put files back into the folder that is being removed.
      let path = damage.map { "\(folder)/\($0)" } ?? folder.string
      while FileManager.default.fileExists(atPath: path) { try? FileManager.default.removeItem(atPath: path) }
    }
    while damage?.contains("/") == true, isRunning(process) { await Task.yield() }

    #expect(try await server.revive())
    #expect(!isRunning(process))
    #expect(try await hasTable("lost", on: server) == false)
    let error = try await postgresError { try await start(in: folder) }
    #expect(error.message.contains("belongs to process \(getpid())"))
    try await server.stop()
  }

  @Test("data that matters is not made anew when it was removed under its server")
  func removedDurable() async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder, durable: true)
    try FileManager.default.removeItem(atPath: "\(folder)/data")

    let error = try await postgresError { try await server.revive() }

    #expect(error.message.contains("restart the daemon"))
    #expect(!FilePath("\(folder)/data").exists)
    try await server.stop()
  }

  @Test("who waits for a revival may leave, and the server is started all the same")
  func leaveRevival() async throws {
    let (server, gate) = try await serverThatRestartsSlowly()
    let process = await server.processID

    let waiter = Task { try await server.revive() }
    let descriptor = try await openToWrite(gate)
    waiter.cancel()
    let error = try await postgresError { try await waiter.value }
    try descriptor.closeAfter { _ = try descriptor.writeAll("go\n".utf8) }
    try await server.revive()

    #expect(error.code == .cancelled)
    #expect(await server.processID != process)
    #expect(try await connect(to: server).isUsable)
    try await server.stop()
  }

  @Test("stopping a server ends its revival")
  func stopRevival() async throws {
    let (server, gate) = try await serverThatRestartsSlowly()

    let waiter = Task { try await server.revive() }
    let descriptor = try await openToWrite(gate)
    try await server.stop()
    let error = try await postgresError { try await waiter.value }
    try descriptor.closeAfter { _ = try descriptor.writeAll("no\n".utf8) }

    #expect(error.code == .cancelled)
    #expect(await server.processID == nil)
  }

  /// A server that was killed, and whose next start waits for a line in the returned pipe: `go`, or anything else.
  private func serverThatRestartsSlowly() async throws -> (server: EmbeddedServer, gate: FilePath) {
    let real = try await ServerBinaries.best()
    let bin = FilePath("\(TestServer.scratchFolder())-bin")
    let (program, gate) = (bin.appending("postgres"), bin.appending("gate"))
    mkdir(bin.string, 0o755)
    for name in ["postgres", "initdb"] { symlink(real.bin.appending(name).string, bin.appending(name).string) }
    let server = try await EmbeddedServer.start(
      .init(
        directory: TestServer.scratchFolder(),
        binaries: ServerBinaries(major: real.major, version: real.version, bin: bin), superuser: "root"))
    let process = try #require(await server.processID)
    kill(process, SIGKILL)
    while isRunning(process) { await Task.yield() }
    mkfifo(gate.string, 0o644)
    unlink(program.string)
    try write(
      "#!/bin/sh\nread -r word <\(gate) && [ $word = go ] && exec \(real.bin)/postgres \"$@\"\n", to: program.string)
    chmod(program.string, 0o755)
    return (server, gate)
  }

  /// Waits for somebody who reads from the pipe; an `open` that waits itself would take a thread from the other tests.
  private func openToWrite(_ pipe: FilePath) async throws -> FileDescriptor {
    while true {
      do {
        return try FileDescriptor.open(pipe, .writeOnly, options: .nonBlocking)
      } catch Errno.noSuchAddressOrDevice {
        await Task.yield()
      }
    }
  }

  @Test("a detached server is stopped without being started, and what does not run is no error")
  func stopDetached() async throws {
    let folder = TestServer.scratchFolder()
    #expect(try await !EmbeddedServer.stopDetached(in: folder.appending("nowhere")))
    let server = try await start(in: folder, lifetime: .detached)
    let process = try #require(await server.processID)

    #expect(try await EmbeddedServer.stopDetached(in: folder))

    #expect(!isRunning(process))
    #expect(try await !EmbeddedServer.stopDetached(in: folder))
  }

  // MARK: Lifetimes

  @Test(
    "a server dies with its process, even when that is killed, and the next start carries on", arguments: [false, true])
  func diesWithProcess(isIsolated: Bool) async throws {
    let folder = TestServer.scratchFolder()

    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = folder.string as String, isIsolated = isIsolated as Bool] in
      let server = try await start(in: FilePath(path), isIsolated: isIsolated)
      try await connect(to: server).execute("CREATE TABLE kept ()")
      kill(getpid(), SIGKILL)
    }
    // The server goes away by itself: nobody starts another one yet.
    while FilePath("\(folder)/data/postmaster.pid").exists { await Task.yield() }

    let server = try await start(in: folder)
    #expect(try await hasTable("kept", on: server))
    try await server.stop()
  }

  @Test("a server whose owner was killed a moment ago is replaced")
  func replaced() async throws {
    let folder = TestServer.scratchFolder()

    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.string as String] in
      _ = try await start(in: FilePath(path))
      kill(getpid(), SIGKILL)
    }

    let server = try await start(in: folder)
    #expect(try await connect(to: server).isUsable)
    try await server.stop()
  }

  @Test(
    "a detached server outlives its process, is adopted by the next start, and is stopped", arguments: [false, true])
  func detached(isIsolated: Bool) async throws {
    let folder = TestServer.scratchFolder()

    await #expect(processExitsWith: .success) {
      [path = folder.string as String, isIsolated = isIsolated as Bool] in
      let server = try await start(in: FilePath(path), lifetime: .detached, isIsolated: isIsolated)
      try await connect(to: server).execute("CREATE TABLE t (id int)")
    }
    let first = try await start(in: folder, lifetime: .detached)
    let second = try await start(in: folder, lifetime: .detached, isIsolated: true)

    #expect(await second.exposure == nil || !isIsolated)
    #expect(await second.exposure != nil || isIsolated)
    let process = try #require(await first.processID)
    #expect(await second.processID == process)
    #expect(try await hasTable("t", on: second))
    let error = try await postgresError { try await start(in: folder, lifetime: .process) }
    #expect(error.message.contains("A detached server, process \(process), runs in"))
    try await second.stop()
    #expect(!isRunning(process))
  }

  @Test("processes that start a detached server at the same time get the same one")
  func sameTime() async throws {
    let folder = TestServer.scratchFolder()

    let processes = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for _ in 0..<3 {
        group.addTask { try await start(in: folder, lifetime: .detached).processID }
      }
      return try await group.reduce(into: Set<Int32?>()) { $0.insert($1) }
    }

    #expect(processes.count == 1)
    try await start(in: folder, lifetime: .detached).stop()
  }

  @Test("a detached server that a script started is adopted, until the script is replaced")
  func startedByScript() async throws {
    let real = try await ServerBinaries.best()
    let bin = FilePath("\(TestServer.scratchFolder())-bin")
    let (folder, program) = (TestServer.scratchFolder(), bin.appending("postgres"))
    mkdir(bin.string, 0o755)
    symlink(real.bin.appending("initdb").string, bin.appending("initdb").string)
    let binaries = ServerBinaries(major: real.major, version: real.version, bin: bin)
    var processes: [Int32?] = []
    for isReplaced in [true, false, true] {
      if isReplaced {
        let new = bin.appending("new").string
        try write("#!/bin/sh\nexec \(real.bin)/postgres \"$@\"\n", to: new)
        chmod(new, 0o755)
        rename(new, program.string)
      }
      processes.append(try await start(in: folder, binaries: binaries, lifetime: .detached).processID)
    }

    #expect(processes[0] == processes[1])
    #expect(processes[1] != processes[2])
    #expect(try await EmbeddedServer.stopDetached(in: folder))
  }

  // MARK: Wreckage

  @Test("after everything was killed, the server starts and has what it had")
  func killed() async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder, durable: true, lifetime: .detached)
    let connection = try await connect(to: server)
    try await connection.execute("CREATE TABLE kept ()")
    try await connection.execute("CHECKPOINT")
    let process = try #require(await server.processID)
    let backend = await connection.processID

    // The backend would live on while it is busy.
    async let busy = connection.query("SELECT sum(sqrt(n)) FROM generate_series(1, 1e9) n")
    kill(process, SIGKILL)
    let again = try await start(in: folder, durable: true)

    #expect(try await hasTable("kept", on: again))
    #expect(!isRunning(backend))
    _ = try? await busy
    try await again.stop()
  }

  @Test("a postmaster.pid whose number another program has got does not hinder")
  func recycledProcess() async throws {
    let folder = TestServer.scratchFolder()
    try await start(in: folder).stop()
    try write("\(getpid())\n\(folder)/data\n1\n5432\n/tmp\n\n", to: "\(folder)/data/postmaster.pid")

    let server = try await start(in: folder)

    #expect(try await connect(to: server).isUsable)
    try await server.stop()
  }

  @Test(
    "data that cannot be used is made anew when it does not matter", arguments: ["PG_VERSION", "global/pg_control"])
  func rebuilt(file: String) async throws {
    let folder = TestServer.scratchFolder()
    let first = try await start(in: folder)
    try await connect(to: first).execute("CREATE TABLE lost ()")
    try await first.stop()
    try write("9.6\n", to: "\(folder)/data/\(file)")

    let second = try await start(in: folder)

    #expect(try await hasTable("lost", on: second) == false)
    try await second.stop()
  }

  @Test("data that another version's server made is made anew by this one's when it does not matter")
  func otherVersion() async throws {
    guard let other = try await TestServer.otherVersion else { try Test.cancel("only one PostgreSQL is installed") }
    let folder = TestServer.scratchFolder()
    try await start(in: folder, binaries: other, lifetime: .detached)
    #expect(EmbeddedServer.major(ofDataIn: folder) == other.major)
    try await start(in: folder, binaries: other, lifetime: .detached).stop()

    let server = try await start(in: folder)

    let major = server.configuration.binaries.major
    #expect(EmbeddedServer.major(ofDataIn: folder) == major)
    #expect(try await connect(to: server).serverVersion / 10_000 == major)
    try await server.stop()
  }

  @Test("data of another version that matters is left alone, and the error says so")
  func durable() async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder, durable: true)
    let rows = try await connect(to: server).query("SHOW fsync")
    #expect(try rows[0].decode(String.self) == "on")
    try await server.stop()
    try write("9.6\n", to: "\(folder)/data/PG_VERSION")

    let error = try await postgresError { try await start(in: folder, durable: true) }

    #expect(error.code == .serverStart)
    #expect(error.message.contains("it is of PostgreSQL 9.6, and the server is PostgreSQL"))
    #expect(FilePath("\(folder)/data/global/pg_control").exists)
  }

  @Test("a server that does not start says why, with the end of its log")
  func badSetting() async throws {
    let error = try await postgresError { try await start(settings: ["shared_buffers": "a lot"]) }

    #expect(error.code == .serverStart)
    #expect(error.message.contains("FATAL:  invalid value for parameter \"shared_buffers\": \"a lot\""))
  }

  // MARK: Places

  @Test("a folder with a path too long for a socket is no obstacle")
  func longPath() async throws {
    let folder = TestServer.scratchFolder().appending(String(repeating: "long", count: 25))

    let server = try await start(in: folder)

    #expect(try await connect(to: server).isUsable)
    try await server.stop()
  }

  @Test("root's server runs as another user, who owns its data", .enabled(if: geteuid() == 0, "only root has another"))
  func unprivileged() async throws {
    let folder = TestServer.scratchFolder()
    let server = try await start(in: folder)
    let process = try #require(await server.processID)

    let owners = ["/proc/\(process)", "\(folder)", "\(folder)/data", "\(folder)/socket"].map { path in
      var status = stat()
      return stat(path, &status) == 0 ? status.st_uid : 0
    }

    #expect(Set(owners).count == 1 && !owners.contains(0))
    try await server.stop()
  }

  @Test(
    "root is told of a folder that the server's user cannot reach",
    .enabled(if: geteuid() == 0, "only root has another"))
  func unreachable() async throws {
    let parent = TestServer.scratchFolder()
    mkdir(parent.string, 0o700)

    let error = try await postgresError { try await start(in: parent.appending("server")) }

    #expect(error.code == .serverStart)
    #expect(error.message.contains("who cannot enter \(parent)."))
    #expect(error.message.contains("chmod o+x \(parent)"))
  }
}

@Suite("Server binaries")
struct ServerBinariesTests {
  @Test("the installed servers are found, newest first, each once")
  func installed() async throws {
    let installed = await ServerBinaries.installed()

    let newest = try #require(installed.first)
    #expect(Set(installed.map(\.bin)).count == installed.count)
    #expect(installed.map(\.major) == installed.map(\.major).sorted(by: >))
    #expect(newest.version.hasPrefix("\(newest.major)"))
    #expect(try await ServerBinaries.best() == newest)
    #expect(try await ServerBinaries.best(forMajor: newest.major) == newest)
    #expect(try await ServerBinaries.best(forMajor: 8) == newest)
  }

  @Test(
    "of those that are installed the asked version's newest is chosen, else the newest, else how to get one is said")
  func choice() throws {
    let installed = [("17.2", 17), ("15.18", 15), ("15.3", 15)].map { version, major in
      ServerBinaries(major: major, version: version, bin: FilePath("/opt/\(version)/bin"))
    }

    #expect(try installed.best(forMajor: 15).version == "15.18")
    #expect(try installed.best(forMajor: 16).version == "17.2")
    #expect(try installed.best().version == "17.2")
    let error = #expect(throws: PostgresError.self) { try [ServerBinaries]().best(forMajor: 16) }
    #expect(error?.code == .noServerBinaries)
    #expect(error?.message.contains("apt install postgresql-16") == true)
  }

  @Test("a folder without a server is refused")
  func noServer() async throws {
    let error = try await postgresError { try await ServerBinaries(bin: "/usr/share") }

    #expect(error.code == .noServerBinaries)
  }
}

// MARK: -

@discardableResult
private func start(
  in folder: FilePath? = nil, binaries: ServerBinaries? = nil, durable: Bool = false,
  lifetime: EmbeddedServer.Lifetime = .process, isIsolated: Bool = false, settings: [String: String] = [:]
) async throws -> EmbeddedServer {
  let binaries = if let binaries { binaries } else { try await ServerBinaries.best() }
  return try await EmbeddedServer.start(
    EmbeddedServer.Configuration(
      directory: folder ?? TestServer.scratchFolder(), binaries: binaries, superuser: "root",
      durable: durable, lifetime: lifetime, isIsolated: isIsolated, settings: settings))
}

private func connect(to server: EmbeddedServer) async throws -> Connection {
  try await Connection.open(
    server.connectionString(database: "postgres", user: "root"), applicationName: "tests")
}

private func hasTable(_ name: String, on server: EmbeddedServer) async throws -> Bool {
  let rows = try await connect(to: server).query("SELECT to_regclass($1) IS NOT NULL", [name])
  return try rows[0].decode(Bool.self)
}

/// Whether a process is there that is no zombie.
private func isRunning(_ process: Int32) -> Bool {
  var target = [CChar](repeating: 0, count: Int(PATH_MAX))
  return readlink("/proc/\(process)/exe", &target, target.count) > 0
}

private func write(_ text: String, to path: String) throws {
  let file = try FileDescriptor.open(
    FilePath(path), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
  _ = try file.closeAfter { try file.writeAll(text.utf8) }
}

extension FilePath {
  fileprivate var exists: Bool { access(string, F_OK) == 0 }
}
