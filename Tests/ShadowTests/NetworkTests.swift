import Glibc
import Migrations
import Postgres
import Shadow
import TestSupport
import Testing

/// dblink is what `postgres` has on the platform; the superuser here stands for whatever else may connect somewhere.
@Suite("A shadow and what is outside of it", .timeLimit(.minutes(2)))
struct NetworkTests {
  @Test("nothing is reached over the network, not even this machine, and by nobody")
  func network() async throws {
    if let exposure = await (try ShadowFixture.server()).server.exposure {
      try Test.cancel("the kernel does not keep a server from the network: \(exposure)")
    }
    let listener = try Listener()
    let target = "host=127.0.0.1 port=\(listener.port) user=x password=x connect_timeout=2"
    let attempts = [
      "select dblink_connect('\(target)')",
      """
      create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '\(listener.port)');
      create user mapping for public server elsewhere options (user 'x', password 'x');
      create foreign table far (a int) server elsewhere;
      select * from far
      """,
    ]

    try await ShadowFixture.withShadow { shadow in
      _ = try await ShadowFixture.session(shadow.superuser) {
        try await $0.script(
          """
          create extension dblink with schema public;
          create extension postgres_fdw with schema public;
          grant usage on foreign data wrapper postgres_fdw to postgres;
          """)
      }
      for role in [shadow.migrationRole, shadow.superuser] {
        for sql in attempts {
          let error = try await ShadowFixture.session(role) { session in
            await #expect(throws: PostgresError.self, "\(sql)") {
              try await session.script("begin; set search_path = public; \(sql)")
            }
          }
          // connection_exception: it was tried, and nobody was there.
          #expect(["08001", "08000"].contains(error?.sqlState?.rawValue), "\(sql): \(String(describing: error))")
        }
      }
      let error = try await ShadowFixture.session(shadow.superuser) { session in
        await #expect(throws: PostgresError.self) {
          try await session.execute("create subscription s connection '\(target) dbname=x' publication p")
        }
      }
      #expect(error?.message.contains("could not connect") == true)
    }

    let wasReached = listener.wasReached
    #expect(!wasReached)
  }

  @Test("the sockets of servers, the shadow's own and others, are no way to another role")
  func sockets() async throws {
    let shadowServer = try await ShadowFixture.server().server
    let other = try await TestServer.shared
    let doors = [
      shadowServer.connectionString(database: "postgres", user: shadowServer.configuration.superuser),
      shadowServer.connectionString(database: "postgres", user: "postgres"),
      other.connectionString(database: "postgres", user: TestServer.superuser),
    ]

    try await ShadowFixture.withShadow { shadow in
      try await ShadowFixture.session(shadow.migrationRole) { session in
        try await session.execute("create extension dblink with schema public")
        for door in doors {
          let target = "\(door.keywords) password=x"
          for (function, state) in [("dblink_connect", "2F003"), ("dblink_connect_u", "42501")] {
            let error = await #expect(throws: PostgresError.self) {
              try await session.execute("select public.\(function)('\(target)')")
            }
            #expect(error?.sqlState?.rawValue == state, "\(function) \(target): \(String(describing: error))")
          }
        }
      }
    }
  }

  @Test("a bomb of connections ends, with a verdict or without effect, and the next run is clean")
  func bomb() async throws {
    let server = try await ShadowServer.start(
      .init(directory: ShadowFixture.directory(), binaries: ServerBinaries.best()))
    let door = server.server.connectionString(database: "postgres", user: "postgres").keywords
    let bomb = { (handler: String) in
      ShadowFixture.migrations(
        """
        create extension dblink with schema extensions;
        do $$ begin
          for n in 1..500 loop
            begin perform extensions.dblink_connect('c' || n, '\(door) password=x'); \(handler) end;
          end loop;
        end $$;
        """)
    }

    await #expect(throws: ApplyFailure.self) {
      try await server.reset(platform: Platform(.supabase), migrations: bomb(""))
    }
    let shadow = try await server.reset(
      platform: Platform(.supabase), migrations: bomb("exception when others then null;"))
    try await server.release(shadow)
    let next = try await server.reset(
      platform: Platform(.supabase), migrations: ShadowFixture.migrations("create table public.t (a int);"))
    let left = try await ShadowFixture.session(next.superuser) {
      try await $0.column("select pid::text from pg_stat_activity where usename = 'postgres'")
    }
    try await server.stop()

    #expect(left == [])
  }
}

extension ConnectionString {
  /// As libpq takes it.
  fileprivate var keywords: String {
    "host=\(host ?? "") port=\(port ?? "") dbname=\(database ?? "") user=\(user ?? "")"
  }
}

/// Somebody who listens on a port of this machine.
private struct Listener: ~Copyable {
  let port: UInt16
  private let descriptor: CInt

  init() throws {
    let socket = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, address, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    descriptor = socket
    try #require(isListening)
  }

  deinit { close(descriptor) }

  var wasReached: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) != 0
  }
}
