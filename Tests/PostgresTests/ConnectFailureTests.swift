import Glibc
import Postgres
import TestSupport
import Testing

@Suite("Connecting in vain")
struct ConnectFailureTests {
  @Test("a database that does not exist is named, with what to do")
  func noDatabase() async throws {
    let target = try await TestServer.shared.connectionString(database: "no such", user: TestServer.superuser)

    let error = try await postgresError { try await Connection.open(target, applicationName: "tests") }

    #expect(error.code == .connectionFailed)
    #expect(error.sqlState == .invalidDatabase)
    #expect(error.message.contains("database \"no such\" does not exist. Create the database, or correct its name."))
  }

  @Test("a port where nobody listens is told at once")
  func noServer() async throws {
    let port = try ListeningPort()
    let number = port.number
    port.close()
    let target = try ConnectionString("postgresql://app:s3cr3t@127.0.0.1:\(number)/app")

    let error = try await postgresError { try await Connection.open(target, applicationName: "tests") }

    #expect(error.code == .connectionFailed)
    #expect(error.sqlState == nil)
    #expect(error.message.hasPrefix("Cannot connect to postgresql://app@127.0.0.1:\(number)/app: "))
    #expect(error.message.contains("Connection refused. Check that a server is running there"))
    #expect(!error.description.contains("s3cr3t"))
  }

  @Test("a host that never answers is given up after the timeout")
  func noAnswer() async throws {
    let port = try ListeningPort()
    let target = try ConnectionString("postgresql://app@127.0.0.1:\(port.number)/app")

    let error = try await postgresError {
      _ = try await Connection.open(target, applicationName: "tests", timeout: .milliseconds(50))
    }

    #expect(error.code == .connectionFailed)
    #expect(error.message.contains("no answer within 50 ms"))
    port.close()
  }

  @Test("waiting for a host that never answers can be cancelled")
  func cancel() async throws {
    let port = try ListeningPort()
    let target = try ConnectionString("postgresql://app@127.0.0.1:\(port.number)/app")
    let task = Task { _ = try await Connection.open(target, applicationName: "tests", timeout: .seconds(600)) }

    port.awaitClient()
    task.cancel()

    let error = try await postgresError { try await task.value }
    #expect(error.code == .cancelled)
    port.close()
  }

  @Test("a wrong password and a missing one are told apart, and neither is printed")
  func password() async throws {
    let port = try ListeningPort()
    let number = port.number
    port.close()
    let server = try await EmbeddedServer.start(
      EmbeddedServer.Configuration(
        directory: TestServer.scratchFolder(), binaries: ServerBinaries.best(), superuser: "root",
        settings: ["listen_addresses": "127.0.0.1", "port": number]))
    let local = try await Connection.open(
      server.connectionString(database: "postgres", user: "root"), applicationName: "tests")
    try await local.execute("CREATE ROLE app LOGIN PASSWORD 'right s3cr3t'")
    await local.close()
    let target = try ConnectionString("postgresql://app@127.0.0.1:\(number)/postgres")

    let wrong = try await postgresError {
      _ = try await Connection.open(target.with(password: "wrong s3cr3t"), applicationName: "tests")
    }
    let missing = try await postgresError { try await Connection.open(target, applicationName: "tests") }
    let right = try await Connection.open(target.with(password: "right s3cr3t"), applicationName: "tests")

    #expect(wrong.sqlState == .invalidPassword)
    #expect(wrong.message.hasSuffix("for user \"app\". Check the user name and the password."))
    #expect(missing.message.contains("the server asks for a password and none was given"))
    #expect(!wrong.description.contains("s3cr3t"))
    #expect(await right.isUsable)
    await right.close()
    try await server.stop()
  }
}

/// A TCP port of this machine that accepts connections and never says a word.
private struct ListeningPort {
  let number: String
  private let descriptor: CInt

  init() throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isListening)
    number = String(UInt16(bigEndian: address.sin_port))
  }

  /// Returns once somebody has connected.
  func awaitClient() {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&request, 1, -1)
  }

  func close() {
    Glibc.close(descriptor)
  }
}
