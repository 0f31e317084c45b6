package import Basics
internal import Yams

/// A value in a YAML file. Reading it as something it is not reports a problem at its place and gives nil.
package struct YAMLValue {
  let node: Yams.Node
  /// The keys and indices that lead here, for messages.
  let path: [String]
  let sink: ProblemSink

  /// Where the value begins.
  package var position: SourcePosition? { node.mark.map(SourcePosition.init) }

  /// Reports that this value is wrong: a sentence without the file's name or the position.
  package func report(_ message: String) {
    sink.report(message, at: position)
  }

  /// Reports that a key of this mapping is wrong.
  package func report(_ message: String, atKey key: String) {
    let node = node.mapping?.keys.first { $0.scalar?.string == key }
    sink.report(message, at: node?.mark.map(SourcePosition.init) ?? position)
  }

  // MARK: Scalars

  /// Any scalar, as it is written.
  package var string: String? {
    guard case .scalar(let scalar) = node else { return mismatch("a text") }
    return scalar.string
  }

  /// `true`, `false` and YAML's other spellings of them.
  package var bool: Bool? {
    guard case .scalar = node, let value = node.bool else { return mismatch("true or false") }
    return value
  }

  /// A whole number of 0 or more.
  package var count: Int? {
    guard case .scalar = node, let value = node.int, value >= 0 else { return mismatch("a whole number of 0 or more") }
    return value
  }

  /// A number and a unit: `250ms`, `3s`, `15m`, `24h`, `7d`.
  package var duration: Duration? {
    let units: [(String, Duration)] = [
      ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3_600)),
      ("d", .seconds(86_400)),
    ]
    guard case .scalar(let scalar) = node else { return mismatch("a duration such as 30s") }
    let digits = scalar.string.prefix(while: \.isNumber)
    guard let number = Int(digits), let unit = units.first(where: { $0.0 == scalar.string.dropFirst(digits.count) })
    else { return mismatch("a duration such as 250ms, 3s, 15m, 24h or 7d") }
    let (seconds, overflow) = Int64(number).multipliedReportingOverflow(by: max(1, unit.1.components.seconds))
    guard !overflow, seconds < 1 << 40 else { return mismatch("a shorter duration") }
    return unit.1 * number
  }

  /// A size in bytes: `512MB`, `1GB`; units are powers of 1,024, as PostgreSQL's are.
  package var byteCount: Int? {
    let units: [(String, Int)] = [
      ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("KB", 1 << 10), ("B", 1),
    ]
    guard case .scalar(let scalar) = node else { return mismatch("a size such as 1GB") }
    let digits = scalar.string.prefix(while: \.isNumber)
    guard let number = Int(digits), let unit = units.first(where: { $0.0 == scalar.string.dropFirst(digits.count) }),
      number < Int.max / unit.1
    else { return mismatch("a size such as 512MB or 1GB") }
    return number * unit.1
  }

  /// A pattern over names with slashes.
  package var glob: Glob? {
    guard let pattern = string else { return nil }
    guard let glob = Glob(pattern) else {
      report("\(pattern) is not a pattern: a [ has no ]")
      return nil
    }
    return glob
  }

  /// One word of a fixed list.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) -> Choice? {
    let words = type.allCases.map(\.rawValue)
    guard let word = string else { return nil }
    guard let choice = Choice(rawValue: word) else {
      report(
        "\(name) is \(word), which is none of \(words.joined(separator: ", "))\(Spelling.hint(for: word, among: words))"
      )
      return nil
    }
    return choice
  }

  // MARK: Collections

  /// The values of a list.
  package var list: [YAMLValue]? {
    guard case .sequence(let sequence) = node else { return mismatch("a list") }
    return sequence.enumerated().map { YAMLValue(node: $1, path: path + ["\($0 + 1)"], sink: sink) }
  }

  /// The texts of a list; items that are no text are reported and left out.
  package var strings: [String]? {
    list?.compactMap(\.string)
  }

  /// The patterns of a list; what is none is reported and left out.
  package var globs: [Glob]? {
    list?.compactMap(\.glob)
  }

  /// A mapping whose keys are the user's own.
  package var entries: [(key: String, value: YAMLValue)]? {
    guard case .mapping(let mapping) = node else { return mismatch("a mapping (key: value)") }
    return mapping.compactMap { key, value in
      guard case .scalar(let scalar) = key else {
        sink.report("a key must be a text", at: key.mark.map(SourcePosition.init))
        return nil
      }
      // An empty value has no mark of its own.
      let placed = value.mark == nil ? key.mark : value.mark
      return (scalar.string, YAMLValue(node: value, path: path + [scalar.string], sink: sink).marked(placed))
    }
  }

  /// A mapping of known keys: any other key is reported with the nearest spelling.
  ///
  /// - Parameter reserved: Keys that the format has and this version does not: they are refused with that reason, because
  ///   a gate that is read and not kept is worse than none.
  package func mapping(_ keys: [String], reserved: [String] = []) -> YAMLMapping? {
    guard case .mapping(let mapping) = node, let entries else { return mismatch("a mapping (key: value)") }
    for (key, _) in mapping {
      guard case .scalar(let scalar) = key, !keys.contains(scalar.string) else { continue }
      let position = key.mark.map(SourcePosition.init)
      if reserved.contains(scalar.string) {
        sink.report("\(scalar.string) is not supported by this version of Penstock: leave it out", at: position)
        continue
      }
      let known = keys.isEmpty ? "none is known here" : "known here: \(keys.joined(separator: ", "))"
      let hint = Spelling.nearest(to: scalar.string, among: keys).map { "did you mean \($0)?" } ?? known
      sink.report("unknown key \(scalar.string) (\(hint))", at: position)
    }
    return YAMLMapping(value: self, entries: Dictionary(entries, uniquingKeysWith: { first, _ in first }))
  }

  /// True for a plain text, number or truth value: the short form of an option that may also be a mapping.
  package var isScalar: Bool {
    if case .scalar = node { true } else { false }
  }

  // MARK: Messages

  private var name: String { path.isEmpty ? "the file" : path.joined(separator: ".") }

  private func mismatch<Value>(_ expected: String) -> Value? {
    report("\(name) must be \(expected)")
    return nil
  }

  private func marked(_ mark: Yams.Mark?) -> YAMLValue {
    guard case .scalar(var scalar) = node, scalar.mark == nil else { return self }
    scalar.mark = mark
    return YAMLValue(node: .scalar(scalar), path: path, sink: sink)
  }
}

/// A mapping of known keys in a YAML file.
package struct YAMLMapping {
  private let value: YAMLValue
  private let entries: [String: YAMLValue]

  init(value: YAMLValue, entries: [String: YAMLValue]) {
    self.value = value
    self.entries = entries
  }

  /// The value of `key`, or nil when the file leaves it out.
  package subscript(key: String) -> YAMLValue? { entries[key] }

  /// The value of a key that must be there; its absence is reported.
  package func required(_ key: String) -> YAMLValue? {
    if let entry = entries[key] { return entry }
    value.report("\((value.path + [key]).joined(separator: ".")) is missing")
    return nil
  }

  /// Reports that the mapping as a whole is wrong.
  package func report(_ message: String) {
    value.report(message)
  }
}
