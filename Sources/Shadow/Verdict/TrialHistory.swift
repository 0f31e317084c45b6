/// The files of a history and what became of each so far, with their statements by the names of what these bring and
/// take away: a history may have thousands, and each failure asks for the makers of a thing.
struct TrialHistory: Sendable {
  /// A statement of a file, both 0-based.
  struct Place: Hashable, Comparable, Sendable {
    let file: Int
    let statement: Int

    static func < (a: Place, b: Place) -> Bool { (a.file, a.statement) < (b.file, b.statement) }
  }

  /// In the order of the files.
  private(set) var stories: [FileStory] = []
  /// By name, in lowercase; in order.
  private var makers: [String: [Place]] = [:]
  private var removers: [String: [Place]] = [:]
  /// The statements that can do what cannot be read in them, by each word of theirs; in order.
  private var hidden: [Substring: [Place]] = [:]

  init(_ stories: [FileStory] = []) {
    for story in stories { append(story) }
  }

  mutating func append(_ story: FileStory) {
    for (number, effects) in story.effects.enumerated() {
      let place = Place(file: stories.count, statement: number)
      for key in Set(effects.makes.map(Self.key)) { makers[key, default: []].append(place) }
      for key in Set(effects.removes.map(Self.key)) { removers[key, default: []].append(place) }
      for word in effects.places.keys { hidden[word, default: []].append(place) }
    }
    stories.append(story)
  }

  /// What is known of a file; its effects do not change.
  subscript(file: Int) -> FileStory {
    get { stories[file] }
    set { stories[file] = newValue }
  }

  func effects(at place: Place) -> StatementEffects { stories[place.file].effects[place.statement] }

  /// Whether the statement is not there, in the database in which as much is there as can be.
  func isMissing(_ place: Place) -> Bool { stories[place.file].missing.contains(place.statement) }

  // MARK: Who did it

  /// The statements after which the object would be there, in order.
  ///
  /// - Parameter words: Of the statement that names it: a column without its table's name is the one of a table that the
  ///   statement speaks of.
  func makers(of object: NamedObject, namedAmong words: Set<Substring>? = nil) -> [Place] {
    (readMakers(of: object, namedAmong: words) + hidden(object).filter { effects(at: $0).mayHideMaking(of: object) })
      .sortedAndUnique
  }

  /// Those of the makers that say so in SQL of their own, in order.
  func readMakers(of object: NamedObject, namedAmong words: Set<Substring>? = nil) -> [Place] {
    (makers[Self.key(object)] ?? []).filter { place in
      effects(at: place).makes.contains { made in
        guard made.mayBe(object) else { return false }
        guard object.kind == .column, object.owner == nil, let words else { return true }
        return SQLWords.set(of: made.owner ?? "").isSubset(of: words)
      }
    }
  }

  /// The statements after which the object would be gone, or out of the way, in order.
  func removers(of object: NamedObject) -> [Place] {
    let read = (removers[Self.key(object)] ?? []).filter { effects(at: $0).removes.contains { $0.mayBe(object) } }
    return (read + hidden(object).filter { effects(at: $0).mayHideRemoval(of: object) }).sortedAndUnique
  }

  /// The statements that bring something whose whole name is one of the words, with what it is, in order.
  func makers(ofAnyOf words: Set<Substring>) -> [(place: Place, object: NamedObject)] {
    words.flatMap { word in
      (makers[String(word)] ?? []).flatMap { place in
        effects(at: place).makes.filter { $0.name.lowercased() == word }.map { (place, $0) }
      }
    }.sorted { $0.0 < $1.0 }
  }

  private func hidden(_ object: NamedObject) -> [Place] {
    SQLWords.list(of: object.name).first.flatMap { hidden[$0] } ?? []
  }

  /// What has no name of its own, as the key of a table, is the table's.
  private static func key(_ object: NamedObject) -> String {
    (object.name.isEmpty ? object.owner ?? "" : object.name).lowercased()
  }
}

extension [TrialHistory.Place] {
  fileprivate var sortedAndUnique: [TrialHistory.Place] {
    var places: [TrialHistory.Place] = []
    for place in sorted() where place != places.last { places.append(place) }
    return places
  }
}

/// A file of the history and what became of it so far.
struct FileStory: Sendable {
  let path: String
  /// Of all its statements.
  let effects: [StatementEffects]
  /// The statements that are not there, by number; not empty means that the file failed, or was passed over.
  var missing: Set<Int> = []
  /// The file whose fault that is, perhaps itself.
  var root: String?
  /// Whether it is no migration, and nobody runs it.
  var isPassedOver = false

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}
