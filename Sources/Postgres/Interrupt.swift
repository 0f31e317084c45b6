internal import CLinux
internal import Glibc

/// A bell that any thread may ring and that `poll` hears: an eventfd.
final class Interrupt: Sendable {
  /// Readable from the first ring on, until it is reset.
  let descriptor: CInt

  /// - Throws: `.connectionFailed` when the process has no descriptor left.
  init() throws(PostgresError) {
    descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw PostgresError(
        .connectionFailed, "No eventfd could be made for a connection: \(String(cString: strerror(errno))).")
    }
  }

  deinit {
    close(descriptor)
  }

  func ring() {
    // A full counter is the only way to fail, and then the bell is ringing already.
    _ = eventfd_write(descriptor, 1)
  }

  func reset() {
    var rings: eventfd_t = 0
    _ = eventfd_read(descriptor, &rings)
  }
}
