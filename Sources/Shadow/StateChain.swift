internal import Basics
internal import Migrations

/// The states that a database goes through as migrations are applied, each named by everything that made it: the
/// server's version, the platform, and the bytes of every file so far.
struct StateChain: Sendable {
  /// One more than there are migrations: the first is the platform's own.
  let links: [Digest]
  let states: [DatabaseName]

  init(serverVersion: String, platform: Platform, migrations: [Migration]) {
    links = Self.links(from: Digest(chaining: Digest(of: serverVersion), platform.digest), migrations)
    states = links.map(DatabaseName.init(state:))
  }

  static func links(from first: Digest, _ migrations: [Migration]) -> [Digest] {
    migrations.reduce(into: [first]) { $0.append(Digest(chaining: $0[$0.count - 1], $1.checksum)) }
  }

  /// The states to make and keep on the way from one to the last, as numbers of migrations applied, ascending.
  ///
  /// Of a history that is settled, nobody edits a file. Of any other, the last but one is among them, because the newest
  /// migration is the one that is about to be edited and tried again.
  func milestones(after start: Int?, isSettled: Bool) -> [Int] {
    let last = states.count - 1
    return Set([0, isSettled ? last : max(0, last - 1), last]).filter { $0 > start ?? -1 }.sorted()
  }
}

/// A database of the shadow's server.
struct DatabaseName: Hashable, Sendable {
  let rawValue: String

  /// Complete and never written again: what others are copied from.
  init(state: Digest) {
    rawValue = "state_\(state.hex.prefix(40))"
  }

  /// Being made; its owner's death makes it rubbish.
  init(draft number: Int, of owner: Int32) {
    rawValue = "draft_\(owner)_\(number)"
  }

  /// Handed out; its owner's death makes it rubbish.
  init(shadow number: Int, of owner: Int32) {
    rawValue = "shadow_\(owner)_\(number)"
  }

  init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Who is using it; nil for a state, which belongs to all.
  var owner: Int32? {
    let parts = rawValue.split(separator: "_")
    guard parts.count == 3, ["draft", "shadow"].contains(parts[0]) else { return nil }
    return Int32(parts[1])
  }
}
