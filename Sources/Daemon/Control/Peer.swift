internal import Glibc
internal import NIOCore

/// Who is at the other end of the control socket, as the kernel knows it (`SO_PEERCRED`, `unix(7)`).
package struct Peer: Hashable, Sendable {
  /// The user's name, or number when it has none.
  package let user: String
  /// The names of the user and of the groups that the user is in.
  package let names: Set<String>

  package init(user: String, groups: Set<String> = []) {
    self.user = user
    names = groups.union([user])
  }

  init(_ credentials: Credentials) {
    guard let entry = getpwuid(credentials.user)?.pointee else {
      self.init(user: "user \(credentials.user)")
      return
    }
    let user = String(cString: entry.pw_name)
    var count: Int32 = 128
    var numbers = [gid_t](repeating: 0, count: Int(count))
    let found = getgrouplist(user, entry.pw_gid, &numbers, &count)
    let groups = found < 0 ? [credentials.group] : Array(numbers.prefix(Int(count)))
    self.init(user: user, groups: Set(groups.compactMap { getgrgid($0).map { String(cString: $0.pointee.gr_name) } }))
  }

  /// Laid out as `struct ucred`.
  struct Credentials {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
  }
}

extension Channel {
  /// Who connected to a unix socket.
  func peerCredentials() async throws -> Peer.Credentials {
    guard let provider = self as? any SocketOptionProvider else {
      throw DaemonError(.protocolViolation, "the connection is no socket")
    }
    let option = NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    return try await provider.unsafeGetSocketOption(level: .socket, name: option).get()
  }
}
