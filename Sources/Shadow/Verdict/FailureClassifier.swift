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
  /// For `order`, the file that makes it.
  var madeBy: String?
  /// What is missing and made by no file.
  var absent: NamedObject?
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
  /// The extensions that were there before the first file.
  let preinstalled: Set<String>
  /// The functions that were there before the first file, with their schemas.
  let functions: [String: Set<String>]
  let history: TrialHistory
  /// Which of its files the statement is in.
  let index: Int
  /// The files that do not make what the statement waits for, as has been tried.
  var disproved: Set<Int> = []

  /// - Parameter number: Of the statement in its file, 0-based.
  func classify(_ error: PostgresError, of statement: Statement, number: Int) -> Finding {
    let object = NamedObject(namedBy: error)
    let words = SQLWords.set(of: statement.text)
    return missingExtension(error, statement) ?? template(error, statement) ?? newerPostgreSQL(error, statement)
      ?? object.flatMap { knockOn($0, error, words) } ?? object.flatMap { order($0, error, words) }
      ?? object.flatMap { extensionMember($0, error) } ?? object.flatMap { platformGap($0, error, words) }
      ?? roleAttribute(error) ?? superusersRight(error) ?? raised(error, statement)
      ?? standIn(error, statement.syntax, words)
      ?? needsData(error, statement.syntax, words)
      ?? broken(object, error, words, number)
  }

  private func broken(
    _ object: NamedObject?, _ error: PostgresError, _ words: Set<Substring>, _ number: Int
  ) -> Finding {
    var finding = Finding(class: .broken, isCertain: object != nil || error.sqlState == .syntaxError)
    guard let object else { return finding }
    let (explanation, isAbsent) = history(of: object, error, words, number)
    finding.explanation = explanation
    if isAbsent { finding.absent = object }
    return finding
  }

  /// The file's own statements are among them: an earlier one may be what is missing.
  private func isBefore(_ place: TrialHistory.Place) -> Bool { place.file <= index }
  private func name(of place: TrialHistory.Place) -> String { history[place.file].name }
}

extension FailureClassifier {
  /// Of a statement that fails as things are, and succeeds where the failed files before have left what they could.
  func follow(_ error: PostgresError?) -> Finding {
    let failed = history.stories[..<index].last { $0.root != nil }
    guard let failed else { return Finding(class: .broken, explanation: "it applies at the second try") }
    let object = error.flatMap(NamedObject.init(namedBy:))
    let exists = error?.isAboutExisting ?? false
    let culprit = object.flatMap { object in
      (exists ? history.removers(of: object) : history.makers(of: object))
        .last { $0.file < index && history[$0.file].root != nil }.map { history[$0.file] }
    }
    guard let culprit, let object else {
      return Finding(
        class: .knockOn, because: failed.root, explanation: "it applies where the files before it have applied")
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
    history.readMakers(of: NamedObject(.extension, name)).contains(where: isBefore)
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
    guard ["{{", "{%", "<%=", "${", "/*"].contains(where: { statement.text.contains($0) }),
      let match = statement.text.firstMatch(
        of: /\{\{.*?\}\}|\{%.*?%\}|<%=.*?%>|\$\{[A-Za-z_.]+\}|\/\* *TEMPLATE.*?\*\//),
      error.sqlState?.rawValue == "42602" || error.message.lowercased().contains(match.0.lowercased())
        || error.message.contains(/syntax error at or near "(\{+|\$|<%=?|%)"/)
    else { return nil }
    return Finding(
      class: .template, explanation: "\(match.0) looks like a placeholder that some program fills in", isCertain: true)
  }

  private func newerPostgreSQL(_ error: PostgresError, _ statement: Statement) -> Finding? {
    let feature = NewerFeature(missedBy: error, of: statement, serverMajor: serverMajor) { name in
      !history.readMakers(of: NamedObject(.routine, name)).isEmpty
    }
    guard let feature else { return nil }
    return Finding(
      class: .newerPostgreSQL,
      explanation: "\(feature.what) needs PostgreSQL \(feature.major), and this is \(serverMajor)", isCertain: true)
  }

  private func knockOn(_ object: NamedObject, _ error: PostgresError, _ words: Set<Substring>) -> Finding? {
    let exists = error.isAboutExisting
    let places = (exists ? history.removers(of: object) : history.makers(of: object, namedAmong: words))
      .filter(history.isMissing)
    // What is passed over is after all the others.
    let passedOver = exists ? nil : places.first { history[$0.file].isPassedOver }
    guard let culprit = places.last(where: isBefore) ?? passedOver, let root = history[culprit.file].root else {
      return nil
    }
    let verb = exists ? "removed" : "made"
    return Finding(class: .knockOn, because: root, explanation: "\(name(of: culprit)) would have \(verb) \(object)")
  }

  private func order(_ object: NamedObject, _ error: PostgresError, _ words: Set<Substring>) -> Finding? {
    // Whether a later row is the one that is missing, nobody knows.
    guard !error.isAboutExisting, error.sqlState != .insufficientPrivilege, object.kind != .row, !error.isAboutAlias
    else { return nil }
    let makers = history.makers(of: object, namedAmong: words)
    guard !makers.contains(where: isBefore) else { return nil }
    let read = history.readMakers(of: object, namedAmong: words)
    guard let later = later(read) ?? later(makers) else { return nil }
    return Finding(
      class: .order, explanation: "\(name(of: later)), which comes later, makes it", isCertain: true, awaited: object,
      madeBy: history[later.file].path)
  }

  private func later(_ places: [TrialHistory.Place]) -> TrialHistory.Place? {
    places.first { !isBefore($0) && !disproved.contains($0.file) }
  }

  private func extensionMember(_ object: NamedObject, _ error: PostgresError) -> Finding? {
    guard !error.isAboutExisting, error.sqlState != .insufficientPrivilege else { return nil }
    guard let name = PlatformNames.extension(of: object) else { return nil }
    let creation = NamedObject(.extension, name)
    let culprit = history.makers(of: creation).last { isBefore($0) && history.isMissing($0) }
    if let culprit, let root = history[culprit.file].root {
      return Finding(
        class: .knockOn, because: root,
        explanation: "it comes with the extension \(name), which \(self.name(of: culprit)) lacks")
    }
    if isCreated(name) || preinstalled.contains(name) {
      guard standIns.contains(name) else { return nil }
      return Finding(
        class: .platformGap, explanation: "Penstock's stand-in for the extension \(name) does not have it",
        isCertain: true)
    }
    if let later = later(history.readMakers(of: creation)) {
      return Finding(
        class: .order, explanation: "it comes with the extension \(name), which \(self.name(of: later)) creates later",
        isCertain: true, awaited: creation, madeBy: history[later.file].path)
    }
    if !available.contains(name) {
      return Finding(
        class: .missingExtension, explanation: "it comes with the extension \(name), which is not installed here",
        isCertain: true)
    }
    // With the other profile it would be there.
    if profile == .postgres, Profile.supabase.preinstalled.contains(name) { return nil }
    return Finding(
      class: .missingExtension,
      explanation: "it comes with the extension \(name), which no file creates: create it in a file before",
      isCertain: true)
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

  /// Where migrations are a superuser's, the server would not have said no.
  private func superusersRight(_ error: PostgresError) -> Finding? {
    guard profile == .postgres, error.sqlState == .insufficientPrivilege else { return nil }
    return Finding(
      class: .platformGap, explanation: "it takes a superuser, and a shadow does not do this for one")
  }

  /// A check that a file makes itself speaks of what is missing in words of its own, or calls it in the form that
  /// it had before.
  private func raised(_ error: PostgresError, _ statement: Statement) -> Finding? {
    guard error.isRaised else { return nil }
    let isMissing = { (made: (place: TrialHistory.Place, object: NamedObject)) in
      made.object.name.utf8.count > 3 && made.object.kind != .row && isBefore(made.place)
        && history.isMissing(made.place) && history[made.place.file].root != nil
    }
    let named = history.makers(ofAnyOf: SQLWords.set(of: error.message)).last(where: isMissing)
    let called = history.makers(ofAnyOf: statement.calledNames).last { isMissing($0) && $0.object.kind == .routine }
    guard let (place, object) = named ?? called, let root = history[place.file].root else { return nil }
    return Finding(class: .knockOn, because: root, explanation: "\(name(of: place)) would have made \(object)")
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
    let rows = history.makers(ofAnyOf: words).last { place, object in
      object.kind == .row && isBefore(place) && history.isMissing(place) && history[place.file].root != nil
    }
    if let (place, _) = rows, let root = history[place.file].root {
      return Finding(class: .knockOn, because: root, explanation: "\(name(of: place)) would have brought rows for it")
    }
    return Finding(class: .needsData, explanation: "the shadow has no rows but those that the files bring")
  }

  /// What the files did to the object, for a person to see the mistake.
  private func history(
    of object: NamedObject, _ error: PostgresError, _ words: Set<Substring>, _ number: Int
  ) -> (explanation: String?, isAbsent: Bool) {
    if error.isAboutExisting {
      let maker =
        history.readMakers(of: object).last { $0.file < index } ?? history.makers(of: object).last { $0.file < index }
      return (maker.map { "\(name(of: $0)) has made it" }, false)
    }
    guard error.sqlState != .insufficientPrivilege, object.kind != .row, !object.name.isEmpty, !error.isAboutAlias
    else { return (nil, false) }
    if let remover = history.removers(of: object).last(where: { $0.file < index && isRead($0, object) }) {
      return ("\(name(of: remover)) has removed it", false)
    }
    let makers = history.makers(of: object, namedAmong: words)
    if let earlier = makers.last(where: { $0.file < index }) {
      let hiding = hiding(object, madeAt: earlier)
      guard hiding == nil, object.kind.isBeginning, history.readMakers(of: object).isEmpty else {
        return (hiding, false)
      }
      return ("only a block of \(name(of: earlier)) may make it, and has not", true)
    }
    if let own = makers.last(where: { $0.file == index }) {
      return own.statement > number
        ? ("the file itself makes it, further down", false) : (shadowing(of: history.effects(at: own)), false)
    }
    if object.kind == .routine, let schemas = functions[object.name], object.schema.map(schemas.contains) ?? true {
      return (hiding(object, in: schemas), false)
    }
    guard makers.isEmpty || Set(makers.map(\.file)).isSubset(of: disproved), history.readMakers(of: object).isEmpty
    else { return (nil, false) }
    return ("no file makes it", object.kind.isBeginning)
  }

  private func isRead(_ remover: TrialHistory.Place, _ object: NamedObject) -> Bool {
    history.effects(at: remover).removes.contains { $0.mayBe(object) }
  }

  /// Why an object is not found by its bare name.
  private func hiding(_ object: NamedObject, madeAt place: TrialHistory.Place) -> String? {
    let effects = history.effects(at: place)
    guard object.schema == nil, [.relation, .routine, .type].contains(object.kind),
      let schema = effects.makes.first(where: { $0.mayBe(object) })?.schema ?? effects.hiddenSchema(of: object),
      schema != "public"
    else { return nil }
    return "\(name(of: place)) makes it in the schema \(schema), which is not in the search_path there"
  }

  private func hiding(_ function: NamedObject, in schemas: Set<String>) -> String {
    let elsewhere = schemas.subtracting(["pg_catalog"]).sorted()
    guard function.schema == nil, let schema = elsewhere.first, elsewhere.count == schemas.count else {
      return "there is one of that name, for other arguments"
    }
    return "it is in the schema \(schema), which may not be in the search_path there"
  }

  /// A table that was there already, with other columns, when `CREATE TABLE IF NOT EXISTS` came to it.
  private func shadowing(of effects: StatementEffects) -> String? {
    guard let table = effects.makes.first, table.kind == .relation,
      let first = history.readMakers(of: table).first(where: { $0.file < index })
    else { return nil }
    return "\(name(of: first)) has made \(table) otherwise, so that IF NOT EXISTS left it as it was"
  }
}

extension NamedObject.Kind {
  /// Whether a database may have had it before its first migration.
  fileprivate var isBeginning: Bool { [.relation, .type, .routine, .schema, .role].contains(self) }
}

extension PostgresError {
  /// Whether a check of somebody's own has failed: RAISE EXCEPTION, ASSERT.
  fileprivate var isRaised: Bool { ["P0001", "P0004"].contains(sqlState?.rawValue) }

  /// Whether a name is missing that stands for a table in the statement alone.
  fileprivate var isAboutAlias: Bool { sqlState?.rawValue == "42P01" && message.hasPrefix("missing FROM-clause") }

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
