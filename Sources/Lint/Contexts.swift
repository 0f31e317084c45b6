internal import Basics
internal import SQL
internal import Schema
internal import Synchronization

// What each kind of rule is given beside its subject, and the way in which it writes an issue.

/// For a ``FileRule``.
struct FileContext: Sendable {
  let index: Int
  let shared: SharedFileFacts

  var configuration: LintConfiguration { shared.configuration }
  var isAcceptedByServer: Bool { shared.input.acceptedByServer }
  var order: VersionOrder { shared.input.order }
  var newestAppliedVersion: String? { shared.newestAppliedVersion }

  /// The file's version, as the migrations' history keeps it; nil when its name has none.
  var version: String? { shared.versions[index] }

  func isApplied(_ version: String) -> Bool { shared.appliedVersions.contains(order.key(of: version)) }

  /// The other files of a version; `isBefore` says whether one is applied before this.
  func files(ofVersion version: String) -> [(file: LintFile, isBefore: Bool)] {
    (shared.filesByVersion[order.key(of: version)] ?? []).filter { $0 != index }.map {
      (shared.input.files[$0], $0 < index)
    }
  }

  func matchesNamingPattern(_ name: String) -> Bool {
    shared.namingPattern.withLock { pattern in
      guard let pattern else { return true }
      return (try? pattern.wholeMatch(in: name)) != nil
    }
  }

  /// - Parameter range: 0-based bytes; the file's beginning when the issue is about the file.
  func issue(_ message: String, at range: Range<Int> = 0..<0, why: String? = nil, fix: Issue.Fix? = nil) -> Issue {
    Issue(place: Place(file: index, range: range), message: message, why: why, fix: fix, evidence: .file)
  }
}

/// What is known of all files together, found once.
final class SharedFileFacts: Sendable {
  let input: LintInput
  let configuration: LintConfiguration
  /// One for each file; nil where the name has none.
  let versions: [String?]
  /// Indices of files, by `VersionOrder.key`.
  let filesByVersion: [Substring: [Int]]
  /// By `VersionOrder.key`.
  let appliedVersions: Set<Substring>
  let newestAppliedVersion: String?
  /// Behind a lock because regular expressions are not `Sendable`; nil when it is none, which the configuration's
  /// reader reports.
  let namingPattern: Mutex<Regex<AnyRegexOutput>?>
  /// Indices of the pending files whose versions are no times: where they are many, that is how the project does it.
  let numberedFiles: [Int]

  init(_ input: LintInput, _ configuration: LintConfiguration) {
    self.input = input
    self.configuration = configuration
    let order = input.order
    let versions = input.files.map { order.parse(String($0.name))?.version }
    self.versions = versions
    numberedFiles = input.files.indices.filter { index in
      input.files[index].isPending && versions[index].map { !FileNameFormat.isTime($0) } == true
    }
    filesByVersion = input.files.indices.reduce(into: [:]) { files, index in
      if let version = versions[index] { files[order.key(of: version), default: []].append(index) }
    }
    let applied =
      input.appliedVersions ?? input.files.indices.filter { !input.files[$0].isPending }.compactMap { versions[$0] }
    appliedVersions = Set(applied.map { order.key(of: $0) })
    newestAppliedVersion = applied.max(by: order.precedes)
    namingPattern = Mutex(try? Regex(configuration.fileNamePattern))
  }
}

/// For a ``StatementRule``.
struct StatementContext {
  let configuration: LintConfiguration
  let file: LintFile
  let fileIndex: Int
  /// Of the statement in its file.
  let index: Int
  /// As the statement finds it.
  let session: SessionState
  /// What the statements before this one have declared.
  let declared: DeclaredSchema
  /// The schema of the server before the pending files, where it is known.
  let before: DatabaseShape?
  let isAcceptedByServer: Bool
  /// For what a rule wants to know of the file's other statements.
  let search: StatementSearch
  /// As `Syntax.typedColumns`, of the statement.
  let typedColumns: [TypedColumn]

  /// The table that the name means; nil when the pending files create it, so that nobody has waited for it yet and it
  /// has no rows but theirs.
  func existingTable(_ name: Syntax.QualifiedName) -> QualifiedName? {
    let table = declared.resolve(name)
    return declared.isCreatedByPendingFiles(table) ? nil : table
  }

  /// The statements before this one that will commit together with it.
  var earlierInTransaction: ArraySlice<Statement> {
    file.statements[min(session.transactionStart, index)..<index]
  }

  /// The statements of the file after this one.
  var later: ArraySlice<Statement> { file.statements[(index + 1)...] }

  /// The statements of the file before this one that make, change or drop something of the name, or grant or revoke it.
  func earlier(about name: String) -> some Sequence<Statement> {
    search.statements(about: name).lazy.prefix { $0 < index }.map { file.statements[$0] }
  }

  /// Those after this one.
  func later(about name: String) -> some Sequence<Statement> {
    search.statements(about: name).lazy.reversed().prefix { $0 > index }.map { file.statements[$0] }
  }

  /// The first statement before this one, and not before the one at `start`, that fits.
  ///
  /// - Parameters:
  ///   - question: What is asked: all that ask the same share the answer, and each statement is asked once.
  func firstEarlier(
    _ question: StaticString, from start: Int = 0, where fits: (Statement) -> Bool
  ) -> Statement? {
    search.first("\(question)", from: start, before: index, where: fits).map { file.statements[$0] }
  }

  /// Whether the file goes on to make the object anew.
  func isMadeAnewLater(_ object: ObjectKey) -> Bool {
    // By the name alone first: a dump may drop thousands of objects and make as many.
    later(about: object.name.name).contains { declared.object(createdBy: $0.syntax) == object }
  }

  /// - Parameter range: 0-based bytes of the file.
  func issue(
    _ message: String,
    at range: Range<Int>,
    object: ObjectName? = nil,
    why: String? = nil,
    fix: Issue.Fix? = nil
  ) -> Issue {
    Issue(
      place: Place(file: fileIndex, range: range), object: object, message: message, why: why, fix: fix,
      evidence: .ast)
  }
}

/// For a ``CatalogRule``.
struct CatalogContext: Sendable {
  let input: LintInput
  let configuration: LintConfiguration
  let shape: DatabaseShape
  let declared: DeclaredSchema
  /// All tables that are neither exempt nor the platform's, by name.
  let tables: [TableShape]
  /// Those of them that pending files create or change, with the first statement that does.
  let changedTables: [(TableShape, Place)]

  init(input: LintInput, configuration: LintConfiguration, declared: DeclaredSchema) {
    let shape = input.catalog.map(DatabaseShape.init) ?? declared.shape
    self.input = input
    self.configuration = configuration
    self.declared = declared
    self.shape = shape
    tables = shape.sortedTables.filter {
      !configuration.profile.isPlatform($0.name.schema)
        && !configuration.isExempt(schema: $0.name.schema, table: $0.name.name)
    }
    let before = input.catalogBefore.map { Set($0.tables.map(\.name)) }
    changedTables = tables.compactMap { table in
      if let place = declared.placeOfChange(to: table.name) { return (table, place) }
      // A table that no statement names was made by code that the files run: a DO block, a function.
      guard input.catalog != nil, !declared.knows(table.name), before?.contains(table.name) != true else { return nil }
      return declared.placeOfHiddenStatement(about: table.name).map { (table, $0) }
    }
  }

  var isMeasured: Bool { input.catalog != nil }

  /// The policies that pending statements make or change, with the statement; those on the platform's tables too.
  var changedPolicies: [(table: QualifiedName, policy: PolicyShape, place: Place)] {
    declared.policyPlaces.sorted { $0.value < $1.value }.compactMap { key, place in
      guard let policy = shape.policies(on: key.table).first(where: { $0.name == key.name }) else { return nil }
      return (key.table, policy, place)
    }
  }

  /// The views that pending statements make or change, with the statement.
  var changedViews: [(view: ViewShape, place: Place)] {
    declared.viewPlaces.sorted { $0.value < $1.value }.compactMap { name, place in
      guard isJudged(name), let view = shape.views[name] else { return nil }
      return (view, place)
    }
  }

  /// The functions that pending statements make or change, with the statement.
  var changedFunctions: [(function: FunctionShape, place: Place)] {
    declared.functionPlaces.sorted { $0.value < $1.value }.compactMap { key, place in
      guard isJudged(key.name), let function = shape.function(key) else { return nil }
      return (function, place)
    }
  }

  /// Whether clients of the API reach a view or function: it is in one of its schemas, and not taken from them.
  ///
  /// - Parameter isOpen: What a server says; without one, any REVOKE that names the object or its schema counts.
  func isOpenToClients(_ name: QualifiedName, _ isOpen: Bool?) -> Bool {
    guard configuration.apiSchemas.contains(name.schema) else { return false }
    return isOpen
      ?? !declared.revocations.contains { revocation in
        revocation.objects.contains { declared.resolve($0.name) == name } || revocation.schemas.contains(name.schema)
          || revocation.target == .defaults
      }
  }

  /// Whether an object is neither the platform's nor exempt.
  func isJudged(_ name: QualifiedName) -> Bool {
    !configuration.profile.isPlatform(name.schema) && !configuration.isExempt(schema: name.schema, table: name.name)
  }

  func isCreatedByPendingFiles(_ table: TableShape) -> Bool { declared.isCreatedByPendingFiles(table.name) }

  /// The pending statement that makes the foreign key, or nil.
  func place(of key: ForeignKeyShape, of table: TableShape) -> Place? {
    let declaredKey = declared.shape.tables[table.name]?.foreignKeys.first {
      $0.columns == key.columns && $0.referencedTable == key.referencedTable
    }
    if let declaredKey { return declaredKey.place }
    guard isMeasured, !declared.knows(table.name) else { return nil }
    return changedTables.first { $0.0.name == table.name }?.1
  }

  /// Whether a statement that the files hide from static analysis may have done what `words` name for the table.
  ///
  /// Never, when the schema was read from a server.
  func mayBeHidden(_ words: String, of table: TableShape) -> Bool {
    !isMeasured && declared.hiddenStatementsMention(words, table: table.name)
  }

  /// An edit that adds a statement after the one at `place`.
  func insertion(of statement: String, after place: Place) -> [Issue.Edit] {
    [Issue.Edit.inserting(statement, afterStatementAt: place, in: input.files[place.file])]
  }

  func issue(
    on table: TableShape, part: String? = nil, at place: Place, _ message: String, fix: Issue.Fix? = nil
  ) -> Issue {
    issue(on: table.name, part: part, at: place, message, fix: fix)
  }

  func issue(
    on object: QualifiedName, part: String? = nil, at place: Place, _ message: String, fix: Issue.Fix? = nil
  ) -> Issue {
    Issue(
      place: place,
      object: ObjectName(object, part: part),
      message: message,
      fix: fix,
      evidence: isMeasured ? .catalog : .ast,
      certainty: isMeasured ? .measured : .predicted)
  }
}
