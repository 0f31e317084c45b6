internal import Basics
package import Migrations
internal import Postgres

extension ShadowServer {
  /// Takes back a shadow without keeping anybody waiting: the next `reset` of its platform waits until that is done, and
  /// so does `stop`. Then a copy of its state is ready for that reset.
  ///
  /// - Parameter migrations: All that have been applied to it, when nothing else was done to it: it becomes their state.
  ///   Nil drops it.
  package func giveBack(_ shadow: ShadowDatabase, after migrations: [Migration]?) {
    let platform = shadow.platform.digest
    let previous = chores[platform]
    // Nobody cancels it: it ends by itself, soon, and `stop` waits for it.
    chores[platform] = Task {
      await previous?.value
      var state = shadow.state
      do {
        if let migrations { state = try await keep(shadow, after: migrations) } else { try await release(shadow) }
      } catch {  // The next reset makes the state again.
        try? await release(shadow)  // What is left is dropped when the server starts next.
      }
      // Without a spare the next reset makes its copy itself, and says what is wrong.
      try? await prepareSpare(of: state, for: shadow.platform)
    }
  }

  /// - Returns: The state that the shadow has become.
  private func keep(_ shadow: ShadowDatabase, after migrations: [Migration]) async throws -> DatabaseName {
    let chain = StateChain(
      serverVersion: configuration.binaries.version, platform: shadow.platform, migrations: migrations)
    let state = chain.states[migrations.count]
    let name = DatabaseName(rawValue: shadow.name)
    try await forgetRoles(in: name)
    try await withCache { cache in
      try await cache.lock(state)
      let result = await Result { () async throws -> Void in
        if try await cache.has(state) {
          try await cache.drop(name)
        } else {
          try await keep(name, as: state, profile: shadow.platform.profile, cache: cache)
        }
      }
      try await cache.unlock(state)
      try result.get()
    }
    try await StateCache(connection: anchor).letGoOfRoles()
    return state
  }

  private func prepareSpare(of state: DatabaseName, for platform: Platform) async throws {
    let key = platform.digest
    guard spares[key]?.state != state else { return }
    try await withCache { cache in
      if let old = spares.removeValue(forKey: key) { try await cache.drop(old.shadow) }
      let name = DatabaseName(shadow: nextNumber(), of: owner)
      try await cache.create(name, from: state, owner: platform.migrationRole)
      spares[key] = (state, name)
      try await cache.evict(toFit: configuration.cacheLimit, sparing: state)
    }
  }

  /// The copy that was made ready, if it is of this state; it is the caller's then.
  func takeSpare(of state: DatabaseName, for platform: Platform) -> DatabaseName? {
    guard let spare = spares[platform.digest], spare.state == state else { return nil }
    spares[platform.digest] = nil
    return spare.shadow
  }
}
