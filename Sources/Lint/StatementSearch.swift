internal import SQL

/// Finds statements of one file, so that a rule need not go through all of them at each.
///
/// All of it is found at the first question, most files ask none.
final class StatementSearch {
  private let file: LintFile
  private lazy var byName = Self.byName(in: file)
  private lazy var folded = file.bytes.map { byte in
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
  private var answers: [Question: Answer] = [:]
  private var mentions: [[String]: [Int]] = [:]
  /// The index of the last statement that does not begin or end a transaction, or a part of one.
  private(set) lazy var lastWithoutControl = file.statements.lastIndex { $0.transactionControl == nil }

  private struct Question: Hashable {
    var words: String
    var start: Int
  }

  private struct Answer {
    /// As far as which statement has been looked.
    var end: Int
    var first: Int?
  }

  init(_ file: LintFile) {
    self.file = file
  }

  /// The indices of the statements that make, change or drop something of the name, in any schema, or grant or revoke
  /// it; in order.
  func statements(about name: String) -> [Int] { byName[name] ?? [] }

  /// The indices of the statements in whose text one of the words stands, in lowercase; in order.
  func statements(mentioningAny words: [String]) -> [Int] {
    if let known = mentions[words] { return known }
    let found = file.statements.indices.filter { index in
      let text = file.statements[index].text.lowercased()
      return words.contains(where: text.contains)
    }
    mentions[words] = found
    return found
  }

  /// The index of the first statement from `start` on and before `end` that fits.
  func first(_ words: String, from start: Int, before end: Int, where fits: (Statement) -> Bool) -> Int? {
    let question = Question(words: words, start: start)
    var answer = answers[question] ?? Answer(end: start)
    while answer.first == nil, answer.end < end {
      if fits(file.statements[answer.end]) { answer.first = answer.end }
      answer.end += 1
    }
    answers[question] = answer
    return answer.first.flatMap { $0 < end ? $0 : nil }
  }

  /// The statements after the byte in whose text the word stands, in any case.
  ///
  /// - Parameter word: In lowercase ASCII.
  func statements(after offset: Int, mentioning word: String) -> some Sequence<Statement> {
    let word = Array(word.utf8)
    var offset = offset
    return sequence(state: ()) { [self] _ -> Statement? in
      while let found = folded.firstRange(of: word, from: offset) {
        offset = found + word.count
        let isWhole =
          !(found > 0 && Self.isWordByte(folded[found - 1]))
          && !(offset < folded.count && Self.isWordByte(folded[offset]))
        guard isWhole, let statement = file.statement(at: found) else { continue }
        offset = statement.range.upperBound
        return statement
      }
      return nil
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func byName(in file: LintFile) -> [String: [Int]] {
    var byName: [String: [Int]] = [:]
    for (index, statement) in file.statements.enumerated() {
      for name in statement.syntax.subjects where byName[name]?.last != index {
        byName[name, default: []].append(index)
      }
    }
    return byName
  }
}

extension Syntax {
  /// The names, without their schemas, of what the statement makes, changes or drops, or grants or revokes.
  fileprivate var subjects: [String] {
    switch self {
    case .alterTable(let alter): [alter.name.name]
    case .drop(let drop): drop.objects.map(\.name.name)
    case .grant(let grant): grant.objects.map(\.name.name)
    default: createdName.map { [$0] } ?? []
    }
  }
}

extension [UInt8] {
  /// Where the bytes stand first, from an offset on.
  fileprivate func firstRange(of other: [UInt8], from start: Int) -> Int? {
    guard let first = other.first, start + other.count <= count else { return nil }
    return withUnsafeBufferPointer { bytes in
      for at in start...(bytes.count - other.count) where bytes[at] == first {
        if bytes[at..<at + other.count].elementsEqual(other) { return at }
      }
      return nil
    }
  }
}
