/// What follows for one session's role from what the catalogs say.
///
/// It follows PostgreSQL: the schema is asked for when a name is looked up, which what is below a view is not; grants are
/// the command's, or a column's; a view's relations are asked about as its owner, or as the session's role where the
/// view is `security_invoker`, whoever reads that view; policies are those for the role that is asked about, and what
/// their subqueries read is read as that role (`get_row_security_policies`, `setRuleCheckAsUser`, `rewriteTargetView`).
///
/// Related PostgreSQL documentation: <https://www.postgresql.org/docs/current/ddl-rowsecurity.html>,
/// <https://www.postgresql.org/docs/current/rules-privileges.html>
struct AccessEvaluation {
  typealias Number = AccessCatalog.Number
  typealias Side = AppliedPolicy.Side

  /// What a command reaches that is allowed.
  private struct Reach {
    /// Nil for all.
    var columns: Set<Int64>?
    var policies: [AppliedPolicy] = []
    var hidden: [QualifiedName] = []
    var bypassed: [QualifiedName] = []
    /// Why it finds no row, although it is allowed.
    var nothing: String?
    var isCode = false
  }

  /// Why a command is refused.
  private struct Denial: Error {
    var reason: String
  }

  private struct Question: Hashable {
    var command: Privilege
    var relation: Number
    var user: Number
  }

  private let catalog: AccessCatalog
  private let session: Number
  private var answers: [Question: Result<Reach, Denial>] = [:]
  private var trails: [Question: Trail] = [:]

  init(_ catalog: AccessCatalog, session: Number) {
    self.catalog = catalog
    self.session = session
  }

  /// What the session's role can do with a command.
  mutating func right(_ command: Privilege, on number: Number) -> Right {
    let relation = relation(number)
    guard principal(session).schemas.contains(relation.schema) else {
      return Right(.no, reason: "no USAGE on schema \(Identifier.quoted(relation.name.schema))")
    }
    if let table = recursion(command, on: number) {
      return Right(.no, reason: "infinite recursion: the policies on \(table) lead back to it")
    }
    do {
      let reach = try reach(command, on: number, as: session)
      if let nothing = reach.nothing { return Right(.no, reason: nothing, bypassed: Self.sorted(reach.bypassed)) }
      let names = catalog.columnNames[number] ?? [:]
      return Right(
        reach.isCode ? .code : reach.policies.isEmpty && reach.hidden.isEmpty ? .all : .policy,
        columns: reach.columns.map { $0.compactMap { names[$0] }.sorted { $0.precedes($1) } },
        policies: Self.sorted(reach.policies), hidden: Self.sorted(reach.hidden),
        bypassed: Self.sorted(reach.bypassed))
    } catch {
      return Right(.no, reason: error.reason)
    }
  }

  // MARK: Relations

  /// - Precondition: There is no ``recursion(_:on:)``.
  /// - Parameter user: Whose rights are asked.
  private mutating func reach(
    _ command: Privilege, on number: Number, as user: Number
  ) throws(Denial) -> Reach {
    let question = Question(command: command, relation: number, user: user)
    if let answer = answers[question] { return try answer.get() }
    let answer: Result<Reach, Denial>
    do throws(Denial) {
      answer = .success(try newReach(command, on: number, as: user))
    } catch {
      answer = .failure(error)
    }
    answers[question] = answer
    return try answer.get()
  }

  private mutating func newReach(
    _ command: Privilege, on number: Number, as user: Number
  ) throws(Denial) -> Reach {
    let relation = relation(number)
    let columns = try grantedColumns(command, on: number, as: user)
    guard command == .select || relation.updatable.contains(command) || relation.code.contains(command) else {
      throw Denial(reason: "a \(relation.kind.rawValue) that takes no \(command.rawValue)")
    }
    if relation.code.contains(command) { return Reach(columns: columns, isCode: true) }
    switch relation.kind {
    case .view:
      let inner = relation.isInvoker ? session : relation.owner
      var reach =
        command == .select
        ? try reachThrough(view: number, as: inner)
        : try reachThrough(view: number, command, as: inner)
      reach.columns = Self.intersection(columns, reach.columns)
      if reach.columns?.isEmpty == true { throw Denial(reason: "no column that may be named") }
      return reach
    case .materializedView:
      // It shows what its owner saw when it was filled.
      return Reach(columns: columns, bypassed: tablesWithRowSecurity(below: number))
    default:
      var reach = try rowSecurity(command, on: number, as: user)
      reach.columns = columns
      return reach
    }
  }

  /// The columns that grants let a user name; nil for all of them.
  private func grantedColumns(
    _ command: Privilege, on number: Number, as user: Number
  ) throws(Denial) -> Set<Int64>? {
    let relation = relation(number)
    if catalog.grants[.init(role: user, relation: relation.sample)]?.contains(command) == true { return nil }
    let columns = catalog.columnGrants[.init(role: user, relation: number)]?[command] ?? []
    guard columns.isEmpty else { return columns }
    throw Denial(
      reason: user == session
        ? "no grant" : "\(Identifier.quoted(principal(user).name)) has no \(command.rawValue) on \(relation.name)")
  }

  // MARK: Views

  private mutating func reachThrough(
    view number: Number, as user: Number
  ) throws(Denial) -> Reach {
    let reads = catalog.readsOfViews[number] ?? []
    var below: [(relation: Number, reach: Reach)] = []
    for read in reads { below.append((read.relation, try reach(reading: read, as: user))) }
    var reach = Reach()
    for (relation, part) in below {
      reach.policies += part.policies
      reach.bypassed += part.bypassed
      reach.hidden += part.hidden + (part.nothing == nil ? [] : [self.relation(relation).name])
    }
    if !below.isEmpty, below.allSatisfy({ $0.reach.nothing != nil }) { reach.nothing = below[0].reach.nothing }
    return reach
  }

  /// What a view or a policy's subquery reads of one relation: all the columns that it names, or any one.
  private mutating func reach(
    reading read: AccessCatalog.Read, as user: Number
  ) throws(Denial) -> Reach {
    let reach = try reach(.select, on: read.relation, as: user)
    if let columns = reach.columns, !read.columns.subtracting([0]).isSubset(of: columns) {
      throw Denial(
        reason: "\(Identifier.quoted(principal(user).name)) may not read all that is needed of "
          + "\(relation(read.relation).name)")
    }
    return reach
  }

  /// A view that takes a command passes it on to the one relation that it selects from.
  private mutating func reachThrough(
    view number: Number, _ command: Privilege, as user: Number
  ) throws(Denial) -> Reach {
    let reads = catalog.readsOfViews[number] ?? []
    let origins = catalog.origins[number] ?? [:]
    guard let target = target(ofView: number) else {
      throw Denial(reason: "a view that takes no \(command.rawValue)")
    }
    var reach = try reach(command, on: target, as: user)
    if let columns = reach.columns {
      reach.columns = Set(origins.filter { columns.contains($0.value.column) }.keys)
    }
    guard command != .insert else { return reach }
    // What its conditions read besides.
    for var read in reads where read.relation != target || catalog.readsTargetAgain.contains(number) {
      // Which columns each of the two is asked for is not known.
      if read.relation == target { read.columns = [] }
      let other = try self.reach(reading: read, as: user)
      reach.policies += other.policies
      reach.bypassed += other.bypassed
      reach.hidden += other.hidden + (other.nothing == nil ? [] : [relation(read.relation).name])
    }
    return reach
  }

  /// The relation that a view passes a command on to; nil when there is none.
  private func target(ofView number: Number) -> Number? {
    let reads = catalog.readsOfViews[number] ?? []
    return catalog.origins[number]?.values.first?.relation ?? (reads.count == 1 ? reads[0].relation : nil)
  }

  /// Of a materialized view, whatever there is between.
  private func tablesWithRowSecurity(below number: Number) -> [QualifiedName] {
    guard !principal(session).bypassesRowSecurity else { return [] }
    var found: Set<Number> = []
    var pending = (catalog.readsOfViews[number] ?? []).map(\.relation)
    while let next = pending.popLast() {
      guard found.insert(next).inserted else { continue }
      pending += (catalog.readsOfViews[next] ?? []).map(\.relation)
    }
    return found.filter { isBound(session, byRowSecurityOf: $0) }.map { relation($0).name }
  }

  // MARK: Row security

  private func isBound(_ user: Number, byRowSecurityOf number: Number) -> Bool {
    let relation = relation(number)
    let principal = principal(user)
    guard relation.hasRowSecurity, !principal.bypassesRowSecurity else { return false }
    return relation.forcesRowSecurity || !principal.owners.contains(relation.owner)
  }

  /// Empty where none lets a row in: what would hold rows back is no part of the command then.
  private func policies(of number: Number, for command: Privilege, _ user: Number) -> [AccessCatalog.Policy] {
    let policies = (catalog.policies[number] ?? []).filter { policy in
      policy.principals.contains(user) && (policy.command == nil || policy.command == command)
        && (policy.using != nil || command == .insert || command == .update)
    }
    return policies.contains(where: \.isPermissive) ? policies : []
  }

  private mutating func rowSecurity(
    _ command: Privilege, on number: Number, as user: Number
  ) throws(Denial) -> Reach {
    let table = relation(number).name
    guard isBound(user, byRowSecurityOf: number) else {
      return Reach(bypassed: isBound(session, byRowSecurityOf: number) ? [table] : [])
    }
    let policies = policies(of: number, for: command, user)
    guard !policies.isEmpty else { return Reach(nothing: "row security, and no policy") }
    let applied = policies.map { AppliedPolicy($0, for: command, on: table) }
    // Of permissive ones beside which another is simply true, the planner leaves nothing.
    let permissive = applied.filter(\.isPermissive)
    let live = Side.allCases.filter { !RowFilter(permissive, $0.path).letsEverythingThrough }
    for (policy, applied) in zip(policies, applied) {
      for side in applied.isPermissive ? live : Side.allCases {
        try checkThatItRuns(policy, applied, side, for: command, user: user)
      }
    }
    guard !Side.allCases.contains(where: { RowFilter(applied, $0.path).letsNothingThrough }) else {
      return Reach(nothing: "row security, and no policy lets a row through")
    }
    return Reach(policies: applied)
  }

  /// A policy is part of the command: what its subqueries read must be readable, and the functions that it calls
  /// executable, which is asked of the session's role whoever it applies to.
  private mutating func checkThatItRuns(
    _ policy: AccessCatalog.Policy, _ applied: AppliedPolicy, _ side: Side, for command: Privilege, user: Number
  ) throws(Denial) {
    guard let expression = applied[keyPath: side.path] else { return }
    let name = "the policy \(Identifier.quoted(policy.name)) on \(applied.table)"
    for function in policy.forbidden[session] ?? [] where Self.calls(function, in: expression) {
      throw Denial(reason: "\(name) calls \(function), which \(Identifier.quoted(principal(session).name)) may not")
    }
    for read in policy.reads(side, command) {
      do throws(Denial) {
        _ = try reach(reading: read, as: user)
      } catch {
        throw Denial(reason: "\(name) reads \(relation(read.relation).name): \(error.reason)")
      }
    }
  }

  // MARK: Recursion

  /// Where the subqueries of policies lead from a relation that is read.
  private struct Trail {
    /// Tables on the way whose policies have subqueries.
    var tables: Set<Number> = []
    /// A table that the way leads to a second time, which the server refuses before it looks at any right.
    var loop: Number?
  }

  /// The table whose policies lead back to it; nil for none.
  private mutating func recursion(_ command: Privilege, on number: Number) -> QualifiedName? {
    var active: Set<Number> = []
    return trail(command, from: number, as: session, &active).loop.map { relation($0).name }
  }

  /// - Parameter active: Tables whose policies' subqueries are being followed.
  private mutating func trail(
    _ command: Privilege, from number: Number, as user: Number, _ active: inout Set<Number>
  ) -> Trail {
    let question = Question(command: command, relation: number, user: user)
    if let known = trails[question] {
      return Trail(tables: known.tables, loop: known.tables.first(where: active.contains))
    }
    var trail = Trail()
    for (command, next, user) in steps(command, from: number, as: user) {
      let entersTable = relation(number).kind == .table
      if entersTable {
        if active.contains(number) { return Trail(tables: [number], loop: number) }
        trail.tables.insert(number)
      }
      guard let next else { continue }
      if entersTable { active.insert(number) }
      let further = self.trail(command, from: next, as: user, &active)
      if entersTable { active.remove(number) }
      // Whether there is a loop, depends on how one came here; that there is none, does not but for the tables above.
      if further.loop != nil { return further }
      trail.tables.formUnion(further.tables)
    }
    trails[question] = trail
    return trail
  }

  /// What is read next; nil where a policy has a subquery that the command does not need.
  private func steps(
    _ command: Privilege, from number: Number, as user: Number
  ) -> [(command: Privilege, next: Number?, user: Number)] {
    let relation = relation(number)
    switch relation.kind {
    case .view where !relation.code.contains(command):
      let inner = relation.isInvoker ? session : relation.owner
      let reads = catalog.readsOfViews[number] ?? []
      guard command != .select, let target = target(ofView: number) else {
        return reads.map { (.select, $0.relation, inner) }
      }
      let others =
        command == .insert
        ? []
        : reads.filter {
          $0.relation != target || catalog.readsTargetAgain.contains(number)
        }
      return [(command, target, inner)] + others.map { (.select, $0.relation, inner) }
    case .table where isBound(user, byRowSecurityOf: number):
      return policies(of: number, for: command, user).flatMap { policy in
        // The server asks of the policy as a whole whether it has a subquery, and follows those that the command needs.
        guard policy.hasSubquery else { return [(command: Privilege, next: Number?, user: Number)]() }
        return [(.select, nil, user)]
          + policy.reads(command).map { (.select, $0.relation, user) }
      }
    default: return []
    }
  }

  /// - Parameter function: With its arguments, as the server writes it.
  private static func calls(_ function: String, in expression: String) -> Bool {
    expression.contains(function.prefix { $0 != "(" } + "(")
  }

  // MARK: Pieces

  private func relation(_ number: Number) -> AccessCatalog.Relation {
    guard let relation = catalog.relations[number] else {
      preconditionFailure("a right is asked of a relation that was not read")
    }
    return relation
  }

  private func principal(_ number: Number) -> AccessCatalog.Principal {
    guard let principal = catalog.principals[number] else {
      preconditionFailure("a right is asked of a role that was not read")
    }
    return principal
  }

  private static func intersection(_ a: Set<Int64>?, _ b: Set<Int64>?) -> Set<Int64>? {
    guard let a, let b else { return a ?? b }
    return a.intersection(b)
  }

  private static func sorted(_ names: [QualifiedName]) -> [QualifiedName] { Set(names).sorted() }

  private static func sorted(_ policies: [AppliedPolicy]) -> [AppliedPolicy] {
    Set(policies).sorted { a, b in a.table == b.table ? a.name.precedes(b.name) : a.table < b.table }
  }
}

extension AppliedPolicy {
  /// A permissive policy without an expression lets nothing in, a restrictive one holds nothing back.
  fileprivate init(_ policy: AccessCatalog.Policy, for command: Privilege, on table: QualifiedName) {
    let absent = policy.isPermissive ? "false" : "true"
    self.init(
      table: table, name: policy.name, isPermissive: policy.isPermissive,
      using: command == .insert ? nil : policy.using ?? absent,
      check: command == .select || command == .delete ? nil : policy.check ?? policy.using ?? absent)
  }
}
