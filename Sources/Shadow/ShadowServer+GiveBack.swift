internal import Basics
package import Migrations
internal import Postgres

extension ShadowServer {
  /// Takes back a shadow without keeping anybody waiting: the next `reset` waits until that is done, and so does `stop`.
  ///
  /// - Parameter migrations: All that have been applied to it, when nothing else was done to it. It then becomes their
  ///   state, and a copy of it is made ready for the next reset. Nil drops it.
  package func giveBack(_ shadow: ShadowDatabase, after migrations: [Migration]?) {
    let previous = chores
    // Nobody cancels it: it ends by itself, soon. What it cannot do is done when the server starts next.
    chores = Task {
      await previous?.value
      if let migrations, (try? await keep(shadow, after: migrations)) != nil { return }
      try? await release(shadow)
    }
  }

  private func keep(_ shadow: ShadowDatabase, after migrations: [Migration]) async throws {
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
      try await prepareSpare(of: state, platform: shadow.platform, cache: cache)
    }
  }

  private func prepareSpare(of state: DatabaseName, platform: Platform, cache: StateCache) async throws {
    if let old = spare {
      spare = nil
      try await cache.drop(old.shadow)
    }
    let name = DatabaseName(shadow: nextNumber(), of: owner)
    try await cache.create(name, from: state, owner: platform.migrationRole)
    spare = (state, name)
    try await cache.evict(toFit: configuration.cacheLimit, sparing: state)
  }

  /// The copy that was made ready, if it is of this state; it is the caller's then.
  func takeSpare(of state: DatabaseName) -> DatabaseName? {
    guard let spare, spare.state == state else { return nil }
    self.spare = nil
    return spare.shadow
  }
}
