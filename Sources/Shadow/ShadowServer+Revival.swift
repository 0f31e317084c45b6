internal import Basics
internal import FoundationEssentials
internal import Postgres
internal import SystemPackage

extension ShadowServer {
  /// Starts the server again when it has died, with what it remembered; or with nothing, when that is gone or damaged.
  ///
  /// - Returns: Whether it had died.
  /// - Throws: `PostgresError` or `ShadowError`, and the next call tries again; `CancellationError` when the caller is
  ///   cancelled, while the server is started all the same.
  package func revive() async throws -> Bool {
    let task = revival ?? Task { await reviveAndPrepare() }
    revival = task
    guard let outcome = await task.valueUnlessCancelled else { throw CancellationError() }
    return try outcome.get()
  }

  private func reviveAndPrepare() async -> Result<Bool, any Error> {
    defer { revival = nil }
    return await Result { () async throws -> Bool in
      // The installation is in the same folder: whoever cleared that away took it along.
      if !FileManager.default.fileExists(atPath: server.configuration.binaries.bin.string) {
        _ = try ServerTree(of: configuration.binaries, in: configuration.directory.appending("installation"))
      }
      try await server.revive()
      let process = await server.processID
      if process == preparedProcess, await hasAnchor() { return false }

      await endChores()
      await anchor.close()
      let key: PlatformKey
      (anchor, key) = try await Self.prepare(server, for: owner)
      adaptation = PlatformAdaptation(key: key, standIns: adaptation.standIns, backing: .nobody)
      assertedRoles = [:]
      for _ in held { try await StateCache(connection: anchor).holdRoles() }
      // The last moment's commits may be gone.
      for shadow in ready { try await discard(shadow) }
      ready = []
      preparedProcess = process
      return true
    }
  }
  /// Whether what is ours is marked as in use. A server that loses one of its processes to a kill ends all sessions and
  /// goes on.
  private func hasAnchor() async -> Bool {
    (try? await anchor.execute("select")) != nil
  }
}
