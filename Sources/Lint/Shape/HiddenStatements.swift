internal import Basics
internal import SQL
internal import Synchronization

/// The statements that can do what static analysis does not see: `DO` blocks, calls, what does not parse.
///
/// Kept by their words: a file may hold thousands of them beside thousands of tables, and each rule asks for each table.
struct HiddenStatements: Sendable {
  private struct Entry: Sendable {
    var place: Place
    var isPending: Bool
    /// In lowercase.
    var text: String
  }

  /// In the order of the files.
  private var entries: [Entry] = []
  /// Indices of entries, in order, by each word that they contain.
  private var entriesByWord: [Substring: [Int]] = [:]
  private var executing = Executing()

  /// The last of the entries that build their SQL at run time and contain some words, by the words: found when it is
  /// asked for, and the same for every table.
  private final class Executing: Sendable {
    let last = Mutex<[String: Int?]>([:])
  }

  mutating func add(_ statement: Statement, _ place: Place, _ isPending: Bool) {
    let text = statement.text.lowercased()
    for word in Set(Self.words(of: text)) { entriesByWord[word, default: []].append(entries.count) }
    entries.append(Entry(place: place, isPending: isPending, text: text))
    executing = Executing()
  }

  /// Whether one after `place` contains the words and may mean the table: it names it, or builds its SQL at run time.
  func mention(_ words: String, of table: String, after place: Place) -> Bool {
    let table = table.lowercased()
    if let index = lastExecuting(words), entries[index].place > place { return true }
    return indices(of: table).contains { index in
      let entry = entries[index]
      return entry.place > place && entry.text.hasBytes(of: words) && entry.text.hasBytes(of: table)
    }
  }

  private func lastExecuting(_ words: String) -> Int? {
    executing.last.withLock { last in
      if let known = last[words] { return known }
      let index = entriesByWord["execute"]?.last { entries[$0].text.hasBytes(of: words) }
      last[words] = .some(index)
      return index
    }
  }

  /// Where the first pending one is that names the table, or else the first pending one.
  func firstPending(about table: String) -> Place? {
    let table = table.lowercased()
    let naming = indices(of: table).first { entries[$0].isPending && entries[$0].text.hasBytes(of: table) }
    return (naming.map { entries[$0] } ?? entries.first(where: \.isPending))?.place
  }

  /// Those that have the first word of a name.
  private func indices(of name: String) -> [Int] {
    Self.words(of: name).first.flatMap { entriesByWord[$0] } ?? []
  }

  private static func words(of text: String) -> [Substring] {
    text.utf8.split { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
        false
      default: true
      }
    }.map { Substring($0) }
  }
}
