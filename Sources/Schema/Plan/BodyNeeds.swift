/// What the bodies of functions need, which are texts to the server: it looks for what they name when they run.
///
/// They run while a plan does where a value is made with them: a new column's, an index's, a materialized view's, a check's
/// over rows. What a body names is told by its words alone, so that a plan heeds it where it can.
struct BodyNeeds {
  enum Point: Hashable {
    /// A fact comes or changes.
    case step(Fact.ID)
    /// Whatever bodies run with a fact have what they name. Facts that lead to each other have one such point.
    case runnable(Fact.ID)
  }

  /// What should be there before what. No cycle is among the runnable points themselves.
  private(set) var pairs: [(first: Point, second: Point)] = []
  private let planner: Planner
  private let target: SchemaIndex
  /// What a body may name: by name, then by schema.
  private var named: [String: [String?: [Fact.ID]]] = [:]
  /// Routines by what they name.
  private var namers: [Fact.ID: [Fact.ID]] = [:]

  init(_ planner: Planner) {
    self.planner = planner
    target = planner.target
    let routines = target.facts.values.filter { $0.id.isRoutine }
    guard !routines.isEmpty else { return }
    for id in target.facts.keys where id.isRoutine || id.isRelation && planner.isMade(id) {
      named[id.object.name, default: [:]][id.object.schema, default: []].append(id)
    }
    for routine in routines {
      for id in names(in: routine) where id != routine.id { namers[id, default: []].append(routine.id) }
    }
    let changing = namers.filter { changes($0.key) }
    var points: [Fact.ID: Point] = [:]
    for component in connectedComponents(from: changing.values.joined(), followers: followers) {
      let point = Point.runnable(component[0])
      let reached = Set(component.flatMap(followers))
      let users = reached.filter(isUser)
      // What a component leads to has been seen before it.
      let next = Set(reached.compactMap { points[$0] })
      guard !users.isEmpty || !next.isEmpty else { continue }
      for id in component {
        points[id] = point
        if id.isRoutine, changes(id) { pairs.append((.step(id), point)) }
      }
      pairs += next.map { (point, $0) } + users.map { (point, .step($0)) }
    }
    for (id, routines) in changing {
      for point in Set(routines.compactMap { points[$0] }) where point != points[id] || !id.isRoutine {
        pairs.append((.step(id), point))
      }
    }
  }

  private func changes(_ id: Fact.ID) -> Bool { planner.isMade(id) || planner.fate(id) == .altered }

  /// Whether it comes or changes, and runs what it needs.
  private func isUser(_ id: Fact.ID) -> Bool { id.isMadeOfValues && changes(id) }

  /// What may run what a fact runs.
  private func followers(of id: Fact.ID) -> [Fact.ID] {
    var followers = target.dependents(on: id).map(\.id) + (namers[id] ?? [])
    // Who has values of a domain checks them.
    if id.kind == .constraint, id.object.kind == .domain { followers.append(id.own) }
    return followers
  }

  // MARK: Words

  /// What a routine's words may stand for. A word without its schema is one of the routine's own schema or of `public`; or
  /// of any, if only one has it. So a schema that is there once for each tenant does not name all the others.
  private func names(in routine: Fact) -> Set<Fact.ID> {
    var names: Set<Fact.ID> = []
    for word in Self.words(of: routine.definition ?? "") {
      guard let places = named[word.text] else { continue }
      let ids =
        word.qualifier.flatMap { places[$0] } ?? places[routine.id.object.schema] ?? places["public"]
        ?? (places.count == 1 ? places.values.first : nil)
      names.formUnion(ids ?? [])
    }
    return names
  }

  private struct Word: Hashable {
    /// The word before it, with a dot between.
    var qualifier: String?
    var text: String
  }

  private static func words(of text: String) -> Set<Word> {
    var words: Set<Word> = []
    var rest = text.utf8[...]
    var previous: String?
    while true {
      let gap = rest.prefix { !isOfWord($0) }
      rest = rest[gap.endIndex...]
      let bytes = rest.prefix(while: isOfWord)
      guard !bytes.isEmpty else { return words }
      rest = rest[bytes.endIndex...]
      let isPath = gap.contains(UInt8(ascii: ".")) && gap.allSatisfy { ". \n\t\"".utf8.contains($0) }
      let word = Word(qualifier: isPath ? previous : nil, text: String(Substring(bytes)))
      words.insert(word)
      words.insert(Word(qualifier: word.qualifier?.lowercased(), text: word.text.lowercased()))
      words.insert(Word(qualifier: word.qualifier, text: word.text.lowercased()))
      previous = word.text
    }
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
