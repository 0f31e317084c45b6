internal import Basics
package import Migrations
internal import Postgres

/// What is done for a state while nobody waits for it. Nobody cancels `preparation`: it ends by itself, soon.
struct Chore {
  let number: Int
  /// Has a shadow ready for the next reset to the state, which waits for it.
  let preparation: Task<Void, Never>
  /// Keeps a copy of that shadow in the cache, for other branches and for the next start. A reset that wants the shadow
  /// cancels it.
  let saving: Task<Void, Never>
}

extension ShadowServer {
  /// How long no run wants a shadow before it is copied: whoever pushes again at once need not wait for that to end.
  private static let idleTime = Duration.seconds(2)
  /// How many shadows stand ready at most, for all platforms.
  private static let readyLimit = 4

  /// Takes back a shadow without keeping anybody waiting, and has one ready for the next `reset`: this one, if what was
  /// done to it allows that.
  ///
  /// - Parameter migrations: Those that the next reset will most likely be for: all that the target has now.
  package func giveBack(_ shadow: ShadowDatabase, for migrations: [Migration]) {
    let chain = StateChain(
      serverVersion: configuration.binaries.version, platform: shadow.platform, migrations: migrations)
    let identity = chain.links[migrations.count]
    let number = nextNumber()
    let previous = chores[identity]
    previous?.saving.cancel()
    let preparation = Task {
      await previous?.preparation.value
      await prepare(shadow, chain: chain, migrations)
    }
    let saving = Task {
      await preparation.value
      await previous?.saving.value
      await save(identity)
      if chores[identity]?.number == number { chores[identity] = nil }
    }
    chores[identity] = Chore(number: number, preparation: preparation, saving: saving)
  }

  /// A shadow that stands ready in the chain's last state; it is the caller's then.
  func takeReady(in chain: StateChain, for platform: Platform) async throws -> ShadowDatabase? {
    guard let index = ready.lastIndex(where: { $0.identity == chain.links.last }) else { return nil }
    var shadow = ready.remove(at: index)
    let saving = chores[shadow.identity]?.saving
    saving?.cancel()
    await saving?.value
    do {
      guard try await resumeRoles(of: shadow) else {
        try await discard(shadow)
        return nil
      }
      if try await !hasRoles(of: platform, anchor) {
        try await withCache { try await assertRoles(of: platform, cache: $0) }
      }
    } catch {
      try? await letGoOfRoles(of: shadow.name)
      // Nothing was done to it by then.
      if Task.isCancelled { ready.append(shadow) } else { try? await discard(shadow) }
      throw error
    }
    shadow.origin = .ready
    shadow.reused = chain.states.count - 1
    shadow.applied = []
    return shadow
  }

  /// Waits for what must be done, and leaves undone what can be.
  func endChores() async {
    for chore in chores.values {
      await chore.preparation.value
      chore.saving.cancel()
      await chore.saving.value
    }
  }

  /// Drops the shadows that stand ready, but for those that are the only ones to have their state, which become states.
  func dismissReady() async throws {
    let dismissed = ready
    ready = []
    guard !dismissed.isEmpty else { return }
    try await withCache { cache in
      for shadow in dismissed { try await keepIfNew(shadow, cache: cache) }
    }
  }
}

// MARK: - Preparing

extension ShadowServer {
  private func prepare(_ shadow: ShadowDatabase, chain: StateChain, _ migrations: [Migration]) async {
    var current: ShadowDatabase? = shadow
    do {
      if let advanced = try await advance(shadow, along: chain, migrations) {
        current = advanced
      } else {
        current = nil
        try await release(shadow)
        current = try await copy(
          platform: shadow.platform, migrations: migrations, chain: chain, isSettled: true)
      }
      if let shadow = current { try await keepReady(shadow) }
    } catch {  // The next reset makes a copy itself.
      configuration.notice("No shadow could be made ready for the next run: \(error)")
      guard let current else { return }
      ready.removeAll { $0.name == current.name }
      try? await release(current)  // Where even that fails, it goes when the server starts next.
    }
  }

  /// Brings a shadow to the chain's last state; nil when no way leads there from what is in it.
  private func advance(
    _ shadow: ShadowDatabase, along chain: StateChain, _ migrations: [Migration]
  ) async throws -> ShadowDatabase? {
    guard let start = chain.links.lastIndex(of: shadow.identity) else { return nil }
    let missing = migrations[start...]
    switch shadow.use {
    case .none:
      guard !missing.isEmpty else { return shadow }
      do {
        var applied: [AppliedMigration] = []
        try await replay(missing, on: DatabaseName(rawValue: shadow.name), platform: shadow.platform, applied: &applied)
      } catch let failure as ApplyFailure {
        configuration.notice("What was promoted does not apply to its shadow: \(failure)")
        return nil
      }
    case .migrations(let present):
      guard present == Array(missing) else { return nil }
    case .unknown:
      return nil
    }
    var advanced = shadow
    advanced.use = .none
    advanced.identity = chain.links[migrations.count]
    advanced.emulated = try await standIns(in: DatabaseName(rawValue: shadow.name), profile: shadow.platform.profile)
    return advanced
  }

  private func keepReady(_ shadow: ShadowDatabase) async throws {
    var shadow = shadow
    shadow.roles = try await StateCache(connection: anchor).roles(of: DatabaseName(rawValue: shadow.name))
    try await letGoOfRoles(of: shadow.name)
    ready.append(shadow)
    guard ready.count > Self.readyLimit else { return }
    do {
      try await discard(ready.removeFirst())
    } catch {
      configuration.notice("A shadow that is not wanted any more could not be dropped: \(error)")
    }
  }
}

// MARK: - Saving

extension ShadowServer {
  private func save(_ identity: Digest) async {
    do {
      try await Task.sleep(for: Self.idleTime)
      try await withCache { try await save(identity, cache: $0) }
    } catch {
      if Task.isCancelled { return }  // Another chore does it, or the shadow is wanted more urgently.
      configuration.notice("The state of a shadow could not be kept: \(error)")
    }
  }

  /// Copies the shadow that is ready in a state into the cache, unless the state is there.
  private func save(_ identity: Digest, cache: StateCache) async throws {
    guard let shadow = ready.last(where: { $0.identity == identity }) else { return }
    try await cache.withLock(on: shadow.state) {
      guard try await !cache.touch(shadow.state) else { return }
      let draft = DatabaseName(draft: nextNumber(), of: owner)
      do {
        try await cache.create(draft, from: DatabaseName(rawValue: shadow.name), owner: nil)
        try await forgetRoles(in: draft)
        try await cache.keep(draft, as: shadow.state, emulated: shadow.emulated, roles: shadow.roles)
      } catch {
        try await cache.drop(draft)
        throw error
      }
    }
    try await cache.evict(toFit: configuration.cacheLimit, sparing: shadow.state)
  }

  /// Turns a shadow into its state, or drops it when the state is there.
  private func keepIfNew(_ shadow: ShadowDatabase, cache: StateCache) async throws {
    let name = DatabaseName(rawValue: shadow.name)
    try await cache.withLock(on: shadow.state) {
      if try await cache.has(shadow.state) {
        try await cache.drop(name)
      } else {
        try await forgetRoles(in: name)
        try await cache.keep(name, as: shadow.state, emulated: shadow.emulated, roles: shadow.roles)
      }
    }
  }
}
