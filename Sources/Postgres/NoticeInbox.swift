/// Where libpq delivers what the server says besides its answers, during calls of a connection's own thread.
final class NoticeInbox {
  private var notices: [Notice] = []

  /// What libpq calls: a `PQnoticeReceiver`.
  ///
  /// - Parameters:
  ///   - inbox: A `NoticeInbox`, not retained.
  ///   - result: A `PGresult` that stays libpq's.
  static func receive(_ inbox: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let inbox, let result else { return }
    Unmanaged<NoticeInbox>.fromOpaque(inbox).takeUnretainedValue().notices.append(Notice(borrowing: result))
  }

  /// The notices since the last call, oldest first.
  func take() -> [Notice] {
    defer { notices = [] }
    return notices
  }
}
