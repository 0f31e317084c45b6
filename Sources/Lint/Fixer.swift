internal import Basics
package import FoundationEssentials
internal import SQL

/// Carries out the fixes of findings, as far as a program can, on files in memory.
///
/// No fix stays that does not rid its file of its finding, or after which a file parses worse than before. Fixes that
/// overlap are made one after the other, each on what the one before it left.
package struct Fixer: Sendable {
  private let configuration: LintConfiguration
  private let linter: Linter
  private let now: Date
  private let taken: Set<String>

  /// - Parameters:
  ///   - now: The version of a new or renamed migration that is to be the last.
  ///   - taken: The versions in use anywhere, besides those of the files.
  package init(_ configuration: LintConfiguration, now: Date, taken: Set<String> = []) {
    self.configuration = configuration
    linter = Linter(configuration)
    self.now = now
    self.taken = taken
  }

  /// What came of it.
  package struct Outcome: Sendable {
    /// The files as they would be.
    package let input: LintInput
    /// What is left to say of them.
    package let report: LintReport
    /// The findings that are gone because of their fixes, in the order of the fixing.
    package let fixed: [Finding]
    /// Those that could be fixed and are in files that must not be changed.
    package let forbidden: [Finding]
    /// In the order of the files as they would be.
    package let changes: [Change]
  }

  /// - Parameters:
  ///   - isEditable: Whether a file, given by its path, may be changed.
  ///   - contents: The bytes of a file that was passed over because of its name.
  package func fix(
    _ input: LintInput, isEditable: (String) -> Bool = { _ in true }, contents: (String) throws -> [UInt8]
  ) async rethrows -> Outcome {
    var draft = Draft(input, fresh: FreshVersions(order: input.order, taken: taken, now: now))
    var report = await linter.lint(input)
    var fixed: [Finding] = []
    var refused: Set<Key> = []
    var isCareful = false
    func fixable() -> [Finding] {
      report.findings.filter {
        $0.fix?.isMechanical == true && isEditable(draft.origin(of: $0.file)) && !refused.contains(Key($0))
      }
    }
    // Each round fixes or refuses at least one, but two rules whose fixes undo each other's would go on for ever.
    var rounds = 10 + 2 * fixable().count
    while rounds > 0 {
      rounds -= 1
      let candidates = fixable()
      guard let first = candidates.first else { break }
      var attempt = draft
      let made = try attempt.make(isCareful ? [first] : candidates, contents: contents)
      let result = await linter.lint(attempt.input)
      if Self.areGone(made, before: draft.count(report), after: attempt.count(result)),
        attempt.unreadable <= draft.unreadable
      {
        (draft, report) = (attempt, result)
        fixed += made
      } else if isCareful {
        refused.insert(Key(first))
      } else {
        isCareful = true
      }
    }
    let forbidden = report.findings.filter { $0.fix?.isMechanical == true && !isEditable(draft.origin(of: $0.file)) }
    return Outcome(input: draft.input, report: report, fixed: fixed, forbidden: forbidden, changes: draft.changes)
  }

  package func fix(_ input: LintInput, isEditable: (String) -> Bool = { _ in true }) async -> Outcome {
    await fix(input, isEditable: isEditable) { _ in [] }
  }

  /// What a finding says, wherever it stands by now.
  private struct Key: Hashable {
    let rule: RuleName
    let object: String?
    let message: String

    init(_ finding: Finding) {
      rule = finding.rule
      object = finding.object
      message = finding.message
    }
  }

  /// Whether there are as many findings fewer, by rule and file, as have been fixed, of which there must be one.
  private static func areGone(_ made: [Finding], before: [RuleInFile: Int], after: [RuleInFile: Int]) -> Bool {
    let counts = Dictionary(made.map { (RuleInFile($0.rule, $0.file), 1) }, uniquingKeysWith: +)
    return !counts.isEmpty
      && counts.allSatisfy { place, count in after[place, default: 0] <= before[place, default: 0] - count }
  }
}

/// A rule, and a file as it was called in the beginning.
private struct RuleInFile: Hashable {
  let rule: RuleName
  let file: String

  init(_ rule: RuleName, _ file: String) {
    self.rule = rule
    self.file = file
  }
}

extension Fixer {
  /// What becomes of one file.
  package struct Change: Hashable, Sendable {
    /// Nil for a new one.
    package let oldPath: String?
    package let path: String
    /// Empty for a new one.
    package let oldBytes: [UInt8]
    package let bytes: [UInt8]
  }
}

/// The files while they are being fixed.
private struct Draft {
  private(set) var input: LintInput
  private var fresh: FreshVersions
  /// The files as they were, by what they are called now.
  private var origins: [String: (path: String, bytes: [UInt8])]
  /// The files that are new, by the file that they follow.
  private var created: [String: String] = [:]

  init(_ input: LintInput, fresh: FreshVersions) {
    self.input = input
    self.fresh = fresh
    origins = Dictionary(input.files.map { ($0.path, ($0.path, $0.bytes)) }) { first, _ in first }
    for version in input.files.compactMap(version) + (input.appliedVersions ?? []) { self.fresh.note(version) }
  }

  func origin(of path: String) -> String { origins[path]?.path ?? path }

  /// How many findings each rule has in each file.
  func count(_ report: LintReport) -> [RuleInFile: Int] {
    Dictionary(report.findings.map { (RuleInFile($0.rule, origin(of: $0.file)), 1) }, uniquingKeysWith: +)
  }

  /// How many files and statements cannot be read.
  var unreadable: Int {
    input.files.reduce(0) { count, file in
      guard case .success(let script) = file.script else { return count + 1 }
      return count + script.statements.count { if case .unparsed = $0.syntax { true } else { false } }
    }
  }

  var changes: [Fixer.Change] {
    input.files.compactMap { file in
      let origin = created[file.path] != nil ? nil : origins[file.path]
      guard origin?.path != file.path || origin?.bytes != file.bytes else { return nil }
      return Fixer.Change(oldPath: origin?.path, path: file.path, oldBytes: origin?.bytes ?? [], bytes: file.bytes)
    }
  }

  /// Makes the fixes that do not overlap.
  /// - Returns: Those that were made.
  mutating func make(_ findings: [Finding], contents: (String) throws -> [UInt8]) rethrows -> [Finding] {
    var made: [Finding] = []
    let paths = input.files.map(\.path)
    for (path, findings) in Dictionary(grouping: findings, by: \.file).sorted(by: { $0.key < $1.key }) {
      guard let index = input.files.firstIndex(where: { $0.path == path }) else { continue }
      let edited = FixedFile(input.files[index], findings: findings)
      if !edited.fixed.isEmpty { replace(index, bytes: edited.bytes) }
      let others = findings.filter { $0.fix?.edits.isEmpty == true }
      let renaming = others.first { $0.fix?.rename != nil }
      let accepted = edited.fixed + others.filter { $0.fix?.rename == nil } + [renaming].compactMap(\.self)
      for file in accepted.flatMap({ $0.fix?.newFiles ?? [] }) { add(file, after: index) }
      if let name = renaming?.fix?.rename { try rename(index, to: name, contents) }
      made += accepted.map { finding in
        var finding = finding
        finding.file = origin(of: path)
        return finding
      }
    }
    if paths != input.files.map(\.path) { sort() }
    return made
  }

  private mutating func replace(_ index: Int, path: String? = nil, bytes: [UInt8]) {
    input.files[index] = LintFile(path: path ?? input.files[index].path, bytes: bytes, isPending: true)
  }

  /// Those that follow one file come in their order: each is after the one before it.
  private mutating func add(_ new: Finding.NewFile, after index: Int) {
    let source = input.files[index]
    let siblings = created.filter { $0.value == source.path }.keys.compactMap(version)
    let floor = siblings.max(by: input.order.precedes) ?? version(source) ?? ""
    let path = freshPath(in: source, after: floor, name: new.name, besides: Set(siblings))
    created[path] = source.path
    input.files.append(LintFile(path: path, bytes: source.inOwnLineEnds(new.text), isPending: true))
  }

  private mutating func rename(_ index: Int, to name: Finding.FileName, _ contents: (String) throws -> [UInt8]) rethrows
  {
    let file = input.files[index]
    let applied = (input.appliedVersions ?? input.files.filter { !$0.isPending }.compactMap(version))
      .max(by: input.order.precedes)
    let floor = [version(file), applied].compactMap(\.self).max(by: input.order.precedes) ?? ""
    let path =
      name.version.map { "\(file.folder)\($0)_\(name.name).sql" } ?? freshPath(in: file, after: floor, name: name.name)
    guard !input.files.contains(where: { $0.path == path }) else { return }
    // A file that was passed over for its name came without its bytes.
    let bytes = version(file) == nil && file.bytes.isEmpty ? try contents(origin(of: file.path)) : file.bytes
    if let source = created.removeValue(forKey: file.path) {
      created[path] = source
    } else if let origin = origins.removeValue(forKey: file.path) {
      origins[path] = (origin.path, origin.bytes.isEmpty ? bytes : origin.bytes)
    }
    replace(index, path: path, bytes: bytes)
  }

  /// - Parameter siblings: Versions that do not count as being after the file.
  private mutating func freshPath(
    in file: LintFile, after floor: String, name: String, besides siblings: Set<String> = []
  ) -> String {
    let others = input.files.filter { $0.path != file.path }.compactMap(version).filter { !siblings.contains($0) }
    let isLast = version(file).map { own in !others.contains { input.order.precedes(own, $0) } } ?? true
    return "\(file.folder)\(fresh.take(after: floor, others: others, isLast: isLast))_\(name).sql"
  }

  /// Puts what is new or renamed into its place; files without a version stay the last.
  private mutating func sort() {
    let order = input.order
    let files = input.files.enumerated().map { (offset: $0, file: $1, version: version($1)) }
    input.files = files.sorted { a, b in
      switch (a.version, b.version) {
      case (let x?, let y?):
        if order.precedes(x, y) { return true }
        if order.precedes(y, x) { return false }
        return a.file.path < b.file.path
      case (.some, nil): return true
      case (nil, .some): return false
      case (nil, nil): return a.offset < b.offset
      }
    }.map(\.file)
  }

  private func version(_ file: LintFile) -> String? { version(file.path) }

  private func version(_ path: String) -> String? {
    input.order.parse(path.split(separator: "/").last.map(String.init) ?? "")?.version
  }
}

extension LintFile {
  /// With its slash; empty for a file at the top.
  fileprivate var folder: String { String(path.dropLast(name.count)) }
}
