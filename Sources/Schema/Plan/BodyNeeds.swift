/// What the bodies of functions need, which are texts to the server: it looks for what they name when they run.
///
/// They run while a plan does where a value is made with them: a new column's, an index's, a materialized view's, a check's
/// over rows. What a body names is told by its words alone, so that a plan heeds it where it can.
struct BodyNeeds {
  /// What should be there before what.
  private(set) var pairs: [(first: Fact.ID, second: Fact.ID)] = []
  private let planner: Planner
  private let target: SchemaIndex
  /// What a body may name.
  private var named: [String: [Fact.ID]] = [:]
  /// Routines by what they name, and the other way round.
  private var namers: [Fact.ID: [Fact.ID]] = [:]
  private var names: [Fact.ID: [Fact.ID]] = [:]

  init(_ planner: Planner) {
    self.planner = planner
    target = planner.target
    let routines = target.facts.values.filter { $0.id.isRoutine }
    guard !routines.isEmpty else { return }
    for id in target.facts.keys where id.isRoutine || id.isRelation && planner.isMade(id) {
      named[id.object.name, default: []].append(id)
    }
    for routine in routines {
      for word in Self.words(of: routine.definition ?? "") {
        for id in named[word] ?? [] where id != routine.id {
          names[routine.id, default: []].append(id)
          namers[id, default: []].append(routine.id)
        }
      }
    }
    for (routine, needed) in names {
      let changing = needed.filter(changes)
      guard !changing.isEmpty else { continue }
      let users = users(of: routine)
      guard !users.isEmpty else { continue }
      for id in changing {
        if changes(routine) { pairs.append((id, routine)) }
        for user in users where user != id { pairs.append((id, user)) }
      }
      if changes(routine) { for user in users { pairs.append((routine, user)) } }
    }
  }

  private func changes(_ id: Fact.ID) -> Bool { planner.isMade(id) || planner.fate(id) == .altered }

  /// What comes or changes and may run the routine.
  private func users(of routine: Fact.ID) -> [Fact.ID] {
    var users: [Fact.ID] = []
    var seen: Set<Fact.ID> = [routine]
    var waiting = [routine]
    while let id = waiting.popLast() {
      var next = target.dependents(on: id).map(\.id) + (namers[id] ?? [])
      // Who has values of a domain checks them.
      if id.kind == .constraint, id.object.kind == .domain { next.append(id.own) }
      for user in next where seen.insert(user).inserted {
        if user.isMadeOfValues, changes(user) { users.append(user) }
        waiting.append(user)
      }
    }
    return users
  }

  private static func words(of text: String) -> Set<String> {
    var words: Set<String> = []
    for word in text.utf8.split(whereSeparator: { !isOfWord($0) }) {
      let word = String(Substring(word))
      words.insert(word)
      words.insert(word.lowercased())
    }
    return words
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }
}

extension Fact.ID {
  fileprivate var isRoutine: Bool { [.function, .procedure].contains(kind) }

  fileprivate var isRelation: Bool { [.table, .foreignTable, .view, .materializedView].contains(kind) }

  fileprivate var isMadeOfValues: Bool {
    [.column, .default, .constraint, .index, .materializedView].contains(kind)
  }
}
