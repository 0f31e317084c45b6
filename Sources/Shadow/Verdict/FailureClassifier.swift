internal import Migrations
internal import Postgres
internal import SQL

/// What is wrong with a statement, as far as its error and the other files tell.
struct Finding: Hashable, Sendable {
  var `class`: FailureClass
  /// For a knock-on: the file that holds its root cause.
  var because: String?
  /// What is known of the cause besides the server's words: the rest of a sentence.
  var explanation: String?
  /// Whether it would be the same if everything before had gone well: the error itself shows it, and no guess.
  var isCertain = false
  /// What must come first, for `order`.
  var awaited: NamedObject?
}

/// A file of the history and what became of it so far.
struct FileStory: Sendable {
  let path: String
  /// Of all its statements.
  let effects: [StatementEffects]
  /// Of the statements that are not there; not empty means that the file failed, or was passed over.
  var missing: [StatementEffects] = []
  /// The file whose fault that is, perhaps itself.
  var root: String?
  /// Whether it holds its own undoing, for goose or dbmate to choose from: here, and by Supabase, all of it is run.
  var hasWayBack = false

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Tells why a statement failed. A pure function of the error, the statement, and the files before and after it.
///
/// The order of the questions is what makes it right: what another file's failure explains is never a cause of its own,
/// and what a later file brings is never taken for the platform's.
struct FailureClassifier: Sendable {
  let profile: Profile
  let serverMajor: Int
  /// The extensions that can be created here, stand-ins among them.
  let available: Set<String>
  let standIns: Set<String>
  /// All files, in order.
  let stories: [FileStory]
  /// Which of them the statement is in.
  let index: Int

  /// - Parameter number: Of the statement in its file, 0-based.
  func classify(_ error: PostgresError, of statement: Statement, number: Int) -> Finding {
    let object = NamedObject(namedBy: error)
    let words = SQLWords.set(of: statement.text)
    return missingExtension(error, statement) ?? template(error, statement) ?? newerPostgreSQL(error, statement)
      ?? object.flatMap { knockOn($0, error, words) } ?? object.flatMap { order($0, error, words) }
      ?? object.flatMap { extensionMember($0, error) } ?? object.flatMap { platformGap($0, error, words) }
      ?? roleAttribute(error) ?? raised(error) ?? standIn(error, statement.syntax, words)
      ?? needsData(error, statement.syntax, words)
      ?? Finding(
        class: .broken, explanation: object.flatMap { history(of: $0, error, words, number) },
        isCertain: object != nil || error.sqlState == .syntaxError)
  }

  /// The statement's own file is among them: an earlier statement of it may be what is missing.
  private var before: ArraySlice<FileStory> { stories[...index] }
  private var after: ArraySlice<FileStory> { stories[(index + 1)...] }
}

extension FailureClassifier {
  /// Of a statement that fails as things are, and succeeds where the failed files before have left what they could.
  func follow(_ error: PostgresError?) -> Finding {
    let failed = stories[..<index].filter { $0.root != nil }
    guard !failed.isEmpty else { return Finding(class: .broken, explanation: "it applies at the second try") }
    let object = error.flatMap(NamedObject.init(namedBy:))
    let exists = error?.isAboutExisting ?? false
    let culprit = object.flatMap { object in
      failed.last { $0.effects.contains { exists ? $0.mayRemove(object) : $0.mayMake(object) } }
    }
    guard let culprit, let object else {
      return Finding(
        class: .knockOn, because: failed.last?.root, explanation: "it applies where the files before it have applied")
    }
    let verb = exists ? "removed" : "made"
    return Finding(class: .knockOn, because: culprit.root, explanation: "\(culprit.name) would have \(verb) \(object)")
  }
}

// MARK: - The questions

extension FailureClassifier {
  private func missingExtension(_ error: PostgresError, _ statement: Statement) -> Finding? {
    guard let name = Self.extensionNotThere(error, statement), !available.contains(name) else { return nil }
    return Finding(class: .missingExtension, isCertain: true)
  }

  /// What a stand-in is in the way of is nobody's mistake but ours.
  private func standIn(_ error: PostgresError, _ syntax: Syntax, _ words: Set<Substring>) -> Finding? {
    if case .createExtension(let creation) = syntax, standIns.contains(creation.name) {
      return Finding(
        class: .platformGap, explanation: "Penstock's stand-in for the extension \(creation.name) cannot be created so",
        isCertain: true)
    }
    guard error.isRaised else { return nil }
    let name = standIns.sorted().first { words.contains(Substring($0)) && isCreated($0) }
    guard let name else { return nil }
    return Finding(
      class: .platformGap, explanation: "it looks at the extension \(name), for which Penstock has a stand-in only")
  }

  private func isCreated(_ name: String) -> Bool {
    let creation = NamedObject(.extension, name)
    return before.contains { $0.effects.contains { $0.makes.contains(creation) } }
  }

  /// The extension that could not be created or required.
  static func extensionNotThere(_ error: PostgresError, _ statement: Statement) -> String? {
    if let match = error.message.firstMatch(of: /required extension "([^"]+)" is not installed/) {
      return String(match.1)
    }
    guard [.featureNotSupported, .undefinedFile].contains(error.sqlState) else { return nil }
    if case .createExtension(let creation) = statement.syntax { return creation.name }
    // PostgreSQL 14 says that it cannot open the extension's control file.
    return error.message.firstMatch(of: /extension "([^"]+)" is not available|\/([^"\/]+)\.control"/)
      .flatMap { $0.1 ?? $0.2 }.map(String.init)
  }

  /// Placeholders within strings and bodies, which the server stumbled over or took for names. Where they are text, they
  /// may be meant for it.
  private func template(_ error: PostgresError, _ statement: Statement) -> Finding? {
    guard let match = statement.text.firstMatch(of: /\{\{.*?\}\}|\{%.*?%\}|<%=.*?%>|\$\{[A-Za-z_.]+\}/),
      error.sqlState?.rawValue == "42602" || error.message.lowercased().contains(match.0.lowercased())
        || error.message.contains(/syntax error at or near "(\{+|\$|<%=?|%)"/)
    else { return nil }
    return Finding(
      class: .template, explanation: "\(match.0) looks like a placeholder that some program fills in", isCertain: true)
  }

  private func newerPostgreSQL(_ error: PostgresError, _ statement: Statement) -> Finding? {
    let feature = NewerFeature(missedBy: error, of: statement, serverMajor: serverMajor) { name in
      let object = NamedObject(.routine, name)
      return stories.contains { $0.effects.contains { $0.makes.contains { $0.mayBe(object) } } }
    }
    guard let feature else { return nil }
    return Finding(
      class: .newerPostgreSQL,
      explanation: "\(feature.what) needs PostgreSQL \(feature.major), and this is \(serverMajor)", isCertain: true)
  }

  private func knockOn(_ object: NamedObject, _ error: PostgresError, _ words: Set<Substring>) -> Finding? {
    let exists = error.isAboutExisting
    let culprit = before.last { story in
      story.missing.contains { exists ? $0.mayRemove(object) : makes(object, $0, in: words) }
    }
    let passedOver =
      exists
      ? nil
      : after.first { story in
        story.root != nil && story.missing.contains { makes(object, $0, in: words) }
      }
    guard let culprit = culprit ?? passedOver, let root = culprit.root else { return nil }
    let verb = exists ? "removed" : "made"
    return Finding(class: .knockOn, because: root, explanation: "\(culprit.name) would have \(verb) \(object)")
  }

  private func order(_ object: NamedObject, _ error: PostgresError, _ words: Set<Substring>) -> Finding? {
    // Whether a later row is the one that is missing, nobody knows.
    guard !error.isAboutExisting, error.sqlState != .insufficientPrivilege, object.kind != .row else { return nil }
    let isMadeBefore = before.contains { $0.effects.contains { makes(object, $0, in: words) } }
    let later = after.first { $0.effects.contains { makes(object, $0, in: words) } }
    guard !isMadeBefore, let later else { return nil }
    return Finding(
      class: .order, explanation: "\(later.name), which comes later, makes it", isCertain: true, awaited: object)
  }

  /// A column without its table's name is the one of a table that the statement speaks of.
  private func makes(_ object: NamedObject, _ effects: StatementEffects, in words: Set<Substring>) -> Bool {
    guard object.kind == .column, object.owner == nil else { return effects.mayMake(object) }
    return effects.makes.contains { made in
      made.mayBe(object) && SQLWords.set(of: made.owner ?? "").isSubset(of: words)
    } || !effects.hidden.isEmpty && effects.mayMake(object)
  }

  private func extensionMember(_ object: NamedObject, _ error: PostgresError) -> Finding? {
    guard !error.isAboutExisting, error.sqlState != .insufficientPrivilege else { return nil }
    guard let name = PlatformNames.extension(of: object) else { return nil }
    let creation = NamedObject(.extension, name)
    if let culprit = before.last(where: { $0.missing.contains { $0.mayMake(creation) } }), let root = culprit.root {
      return Finding(
        class: .knockOn, because: root, explanation: "it comes with the extension \(name), which \(culprit.name) lacks")
    }
    let isCreated = isCreated(name)
    if !isCreated, let later = after.first(where: { $0.effects.contains { $0.makes.contains(creation) } }) {
      return Finding(
        class: .order, explanation: "it comes with the extension \(name), which \(later.name) creates later",
        isCertain: true, awaited: creation)
    }
    if !available.contains(name) {
      return Finding(
        class: .missingExtension, explanation: "it comes with the extension \(name), which is not installed here",
        isCertain: true)
    }
    if standIns.contains(name), isCreated {
      return Finding(
        class: .platformGap, explanation: "Penstock's stand-in for the extension \(name) does not have it",
        isCertain: true)
    }
    guard !isCreated else { return nil }
    return Finding(
      class: profile == .supabase && PlatformNames.isPlatforms(object) ? .platformGap : .broken,
      explanation: "it comes with the extension \(name), which no file creates", isCertain: true)
  }

  private func platformGap(_ object: NamedObject, _ error: PostgresError, _ words: Set<Substring>) -> Finding? {
    // `must be owner of table objects` does not say whose.
    let isDenied =
      error.sqlState == .insufficientPrivilege && PlatformNames.schemas.contains { words.contains($0[...]) }
    guard !error.isAboutExisting, PlatformNames.isPlatforms(object) || isDenied else { return nil }
    let explanation =
      switch profile {
      case .supabase where error.sqlState == .insufficientPrivilege:
        "the platform may allow this of \(object), and Penstock's profile does not"
      case .supabase: "\(object) is the platform's, and Penstock's profile does not have it"
      case .postgres: "\(object) is Supabase's: with --profile supabase it is there"
      }
    return Finding(class: .platformGap, explanation: explanation, isCertain: true)
  }

  /// The platform lets its `postgres` give roles what PostgreSQL before 16 lets only superusers give. `PlatformAdaptation`
  /// sees to that where the statement stands in the file.
  private func roleAttribute(_ error: PostgresError) -> Finding? {
    guard error.sqlState == .insufficientPrivilege, error.message.contains(/superuser.*(bypassrls|replication)/) else {
      return nil
    }
    return Finding(
      class: .platformGap, explanation: "Penstock cannot do that for a statement that is put together as it runs",
      isCertain: true)
  }

  /// A check that a file makes itself speaks of what is missing in words of its own.
  private func raised(_ error: PostgresError) -> Finding? {
    guard error.isRaised else { return nil }
    let words = SQLWords.set(of: error.message)
    func speaks(of object: NamedObject) -> Bool {
      object.name.utf8.count > 3 && words.contains(Substring(object.name.lowercased())) && object.kind != .row
    }
    for story in before.reversed() {
      guard let root = story.root, let object = story.missing.lazy.flatMap(\.makes).first(where: speaks) else {
        continue
      }
      return Finding(class: .knockOn, because: root, explanation: "\(story.name) would have made \(object)")
    }
    return nil
  }

  /// Errors that come of there being no rows, in a statement whose values are not all written in it.
  private func needsData(_ error: PostgresError, _ syntax: Syntax, _ words: Set<Substring>) -> Finding? {
    switch error.sqlState?.rawValue {
    case "23503": break
    case "P0002", "P0003", "22004": break
    case "22003" where words.contains("setval"): break
    case "23502", "23514", "P0001", "P0004":
      guard syntax.readsRows(words) else { return nil }
    default: return nil
    }
    for story in before.reversed() {
      guard let root = story.root else { continue }
      let tables = story.missing.flatMap(\.makes).filter { $0.kind == .row }.map { Substring($0.name.lowercased()) }
      guard tables.contains(where: words.contains) else { continue }
      return Finding(class: .knockOn, because: root, explanation: "\(story.name) would have brought rows for it")
    }
    return Finding(class: .needsData, explanation: "the shadow has no rows but those that the files bring")
  }

  /// What the files before did to the object, for a person to see the mistake.
  private func history(
    of object: NamedObject, _ error: PostgresError, _ words: Set<Substring>, _ number: Int
  ) -> String? {
    if error.isAboutExisting {
      let maker = stories[..<index].last { $0.effects.contains { $0.makes.contains { $0.mayBe(object) } } }
      return maker.map { "\($0.name) has made it" }
    }
    guard error.sqlState != .insufficientPrivilege, object.kind != .row, !object.name.isEmpty else { return nil }
    if let remover = stories[..<index].last(where: { $0.effects.contains { $0.removes.contains { $0.mayBe(object) } } })
    {
      let way = remover.hasWayBack ? ", in the part of it that is the way back" : ""
      return "\(remover.name) has removed it\(way)"
    }
    guard !stories[..<index].contains(where: { $0.effects.contains { makes(object, $0, in: words) } }) else {
      return nil
    }
    guard let maker = stories[index].effects.lastIndex(where: { makes(object, $0, in: words) }) else {
      return "no file makes it"
    }
    return maker > number ? "the file itself makes it, further down" : shadowing(of: stories[index].effects[maker])
  }

  /// A table that was there already, with other columns, when `CREATE TABLE IF NOT EXISTS` came to it.
  private func shadowing(of effects: StatementEffects) -> String? {
    guard let table = effects.makes.first, table.kind == .relation,
      let first = stories[..<index].first(where: { $0.effects.contains { $0.makes.contains { $0.mayBe(table) } } })
    else { return nil }
    return "\(first.name) has made \(table) otherwise, so that IF NOT EXISTS left it as it was"
  }
}

extension PostgresError {
  /// Whether a check of somebody's own has failed: RAISE EXCEPTION, ASSERT.
  fileprivate var isRaised: Bool { ["P0001", "P0004"].contains(sqlState?.rawValue) }

  /// Whether something is there that should not be.
  var isAboutExisting: Bool {
    ["42P07", "42710", "42P06", "42723", "42701", "42P04"].contains(sqlState?.rawValue)
  }
}

extension Syntax {
  /// Whether what a statement does depends on rows that are there or not; catalogs do not count.
  fileprivate func readsRows(_ words: Set<Substring>) -> Bool {
    switch self {
    case .insert(let insert): insert.rowCount == nil || words.contains("select")
    case .update, .delete, .select, .call: true
    case .doBlock:
      !words.isDisjoint(with: ["from", "update", "into", "perform", "call"])
        && !words.contains { $0.hasPrefix("pg_") || $0 == "information_schema" }
    default: false
    }
  }
}
