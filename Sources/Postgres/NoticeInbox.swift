/// Where libpq delivers what the server says besides its answers, during calls of a connection's own thread.
final class NoticeInbox {
  private var notices: [Notice] = []

  private var size = 0

  /// In bytes: a statement may send any number of notices, and the first ones say what the matter is.
  private static let limit = 1 << 20

  /// What libpq calls: a `PQnoticeReceiver`.
  ///
  /// - Parameters:
  ///   - inbox: A `NoticeInbox`, not retained.
  ///   - result: A `PGresult` that stays libpq's.
  static func receive(_ inbox: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
    guard let inbox, let result else { return }
    Unmanaged<NoticeInbox>.fromOpaque(inbox).takeUnretainedValue().keep(result)
  }

  private func keep(_ result: OpaquePointer) {
    guard size < Self.limit else { return }
    let notice = Notice(borrowing: result)
    notices.append(notice)
    size += notice.message.utf8.count + (notice.detail ?? "").utf8.count + 256
  }

  /// The notices since the last call, oldest first; of very many, the first ones.
  func take() -> [Notice] {
    defer { (notices, size) = ([], 0) }
    return notices
  }
}
