package import Postgres

extension Application {
  /// Applies migrations one after the other, in a pipeline each, or several in one text where nothing is recorded. The
  /// next ones are parsed while the server is at work.
  ///
  /// In one text each is still a transaction of its own, behind a reset of the session; the server is asked once for all
  /// of them, and to them the time is the same. When one fails, those before it are there, and it is applied again by
  /// itself, which tells what of it failed, and where.
  ///
  /// - Parameters:
  ///   - progress: Told of each before it is applied.
  ///   - applied: Told of each that is applied: of those before the one that failed, too. Where the connection is lost,
  ///     there may be more.
  package static func apply(
    _ migrations: some Collection<Migration>, on connection: Connection, adaptation: any Adaptation,
    limits: TimeLimits = TimeLimits(), recording: Recording = .history,
    progress: (Migration) -> Void = { _ in }, applied: (AppliedMigration) -> Void = { _ in }
  ) async throws {
    let serverVersion = await connection.serverVersion
    var rest = Array(migrations)[...]
    var parcel = Parcel(&rest, recording, adaptation: adaptation, limits: limits, serverVersion: serverVersion)
    while !parcel.isEmpty {
      let following = rest
      async let next = Parcel.following(
        following, recording, adaptation: adaptation, limits: limits, serverVersion: serverVersion)
      for file in parcel.files { progress(file.application.migration) }
      var files = parcel.files[...]
      while let first = files.first {
        try Task.checkCancellation()
        let isReadAsUsual = await connection.hasStandardStrings
        let together = files.prefix { isReadAsUsual && $0.text != nil }
        var pace = Pace.pipelined
        if together.count > 1 {
          let (done, failure) = await connection.send(together)
          for file in done { applied(file) }
          files.removeFirst(done.count)
          guard let failure else { continue }
          guard failure.code == .server, !files.isEmpty else {
            throw (files.first ?? first).application.failure(failure)
          }
          // What of it fails is not known yet, and it has been tried once.
          pace = .stepwise
        }
        guard let file = files.popFirst() else { break }
        applied(
          try await file.application.apply(
            on: connection, adaptation: adaptation, pace: pace, limits: limits, recording: recording))
      }
      if let failure = parcel.failure { throw failure }
      (parcel, rest) = await next
    }
  }
}

/// Migrations that are parsed together.
private struct Parcel: Sendable {
  struct File: Sendable {
    let application: Application
    /// What the server is sent for it; nil when that is not one text.
    let text: String?
    let omissions: [AppliedMigration.Omission]
  }

  private static let limit = 16
  /// Of all files, in bytes: the server parses the whole of a text before it begins.
  private static let room = 256 * 1024

  private(set) var files: [File] = []
  /// Of the file after these, if it cannot be read.
  private(set) var failure: ApplyFailure?

  var isEmpty: Bool { files.isEmpty && failure == nil }

  /// Takes the first of the migrations.
  init(
    _ migrations: inout ArraySlice<Migration>, _ recording: Recording, adaptation: any Adaptation, limits: TimeLimits,
    serverVersion: Int
  ) {
    // What is recorded is promoted or has to look like it, a file after the other.
    let limit = recording == .nothing ? Self.limit : 1
    var size = 0
    while files.count < limit, size < Self.room, failure == nil, let migration = migrations.popFirst() {
      size += migration.bytes.count
      do throws(ApplyFailure) {
        let application = try Application(migration)
        var sender = StatementSender(application, adaptation: adaptation, pace: .pipelined)
        let text = limit > 1 ? sender.text(limits: limits, serverVersion: serverVersion) : nil
        files.append(File(application: application, text: text, omissions: sender.omissions))
      } catch {
        failure = error
      }
    }
  }

  /// - Returns: With the migrations that are left.
  static func following(
    _ migrations: ArraySlice<Migration>, _ recording: Recording, adaptation: any Adaptation, limits: TimeLimits,
    serverVersion: Int
  ) -> (Parcel, ArraySlice<Migration>) {
    var rest = migrations
    let parcel = Parcel(&rest, recording, adaptation: adaptation, limits: limits, serverVersion: serverVersion)
    return (parcel, rest)
  }
}

extension Connection {
  /// - Returns: The files that are applied, and why the one after them is not.
  fileprivate func send(_ files: ArraySlice<Parcel.File>) async -> ([AppliedMigration], PostgresError?) {
    let start = ContinuousClock.now
    var count = files.count
    var failure: PostgresError?
    do {
      try await script(files.compactMap(\.text).joined(separator: ";\n"))
    } catch {
      (count, failure) = (error.commits ?? 0, error)
      await rollBack()
    }
    let duration = (.now - start) / max(1, count)
    let done = files.prefix(count).map { file in
      AppliedMigration(
        migration: file.application.migration, duration: duration, sequentialReason: nil, omissions: file.omissions)
    }
    return (done, failure)
  }
}
