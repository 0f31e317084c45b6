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
    if let table = recursion(command, on: number, as: session) {
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

  /// - Precondition: There is no ``recursion(_:on:as:within:)``.
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
    let live = [\AppliedPolicy.using, \.check].filter { !RowFilter(permissive, $0).letsEverythingThrough }
    for (policy, applied) in zip(policies, applied) {
      let sides = applied.isPermissive ? live : [\.using, \.check]
      try checkThatItRuns(policy, applied, sides.compactMap { applied[keyPath: $0] }, on: number, user: user)
    }
    guard ![\AppliedPolicy.using, \.check].contains(where: { RowFilter(applied, $0).letsNothingThrough }) else {
      return Reach(nothing: "row security, and no policy lets a row through")
    }
    return Reach(policies: applied)
  }

  /// A policy is part of the command: what its subqueries read must be readable, and the functions that it calls
  /// executable, which is asked of the session's role whoever it applies to.
  private mutating func checkThatItRuns(
    _ policy: AccessCatalog.Policy, _ applied: AppliedPolicy, _ expressions: [String], on number: Number, user: Number
  ) throws(Denial) {
    let name = "the policy \(Identifier.quoted(policy.name)) on \(applied.table)"
    for function in policy.forbidden[session] ?? [] where expressions.contains(where: { Self.calls(function, in: $0) })
    {
      throw Denial(reason: "\(name) calls \(function), which \(Identifier.quoted(principal(session).name)) may not")
    }
    for read in reads(of: policy, in: expressions, on: number) {
      do throws(Denial) {
        _ = try reach(reading: read, as: user)
      } catch {
        throw Denial(reason: "\(name) reads \(relation(read.relation).name): \(error.reason)")
      }
    }
  }

  /// What the subqueries of some of a policy's expressions read: the catalogs know that of all of them together.
  private func reads(
    of policy: AccessCatalog.Policy, in expressions: [String], on number: Number
  ) -> [AccessCatalog.Read] {
    guard expressions.contains(where: Self.hasSubquery) else { return [] }
    return (catalog.readsOfPolicies[policy.number] ?? []).compactMap { read in
      let name = relation(read.relation).name
      let aliases = expressions.flatMap { Self.aliases(of: name, in: $0) }
      guard !aliases.isEmpty else { return nil }
      guard read.relation == number else { return read }
      // A policy names the columns of its own table, too, which needs no right.
      var read = read
      read.columns = Set(
        (catalog.columnNames[number] ?? [:]).filter { column in
          aliases.contains { alias in
            expressions.contains { Self.names("\(alias).\(Identifier.quoted(column.value))", in: $0) }
          }
        }.keys)
      return read
    }
  }

  // MARK: Recursion

  /// The table whose policies lead back to it, which the server refuses before it looks at any right; nil for none.
  ///
  /// - Parameter active: Tables whose policies' subqueries are being followed.
  private func recursion(
    _ command: Privilege, on number: Number, as user: Number, within active: Set<Number> = []
  ) -> QualifiedName? {
    let relation = relation(number)
    switch relation.kind {
    case .view:
      guard !relation.code.contains(command) else { return nil }
      let inner = relation.isInvoker ? session : relation.owner
      let target = command == .select ? nil : target(ofView: number)
      if let target, let found = recursion(command, on: target, as: inner, within: active) { return found }
      guard command != .insert else { return nil }
      return (catalog.readsOfViews[number] ?? []).lazy
        .filter { $0.relation != target || catalog.readsTargetAgain.contains(number) }
        .compactMap { recursion(.select, on: $0.relation, as: inner, within: active) }.first
    case .table:
      guard isBound(user, byRowSecurityOf: number) else { return nil }
      for policy in policies(of: number, for: command, user) {
        // The server asks this of the policy as a whole, and follows what the command needs of it.
        guard [policy.using, policy.check].contains(where: Self.hasSubquery) else { continue }
        if active.contains(number) { return relation.name }
        let applied = AppliedPolicy(policy, for: command, on: relation.name)
        for read in reads(of: policy, in: [applied.using, applied.check].compactMap(\.self), on: number) {
          if let found = recursion(.select, on: read.relation, as: user, within: active.union([number])) {
            return found
          }
        }
      }
      return nil
    default: return nil
    }
  }

  private static func hasSubquery(_ expression: String?) -> Bool {
    guard let expression else { return false }
    return expression.contains("SELECT ") || expression.contains("SELECT\n")
  }

  /// What a subquery calls a table that it reads. The server qualifies the names of tables only where they are read, and
  /// columns by the alias, which is the table's own name where there is no other.
  private static func aliases(of table: QualifiedName, in expression: String) -> [String] {
    let name = "\(table)"
    return expression.ranges(of: name).compactMap { range in
      guard let before = expression[..<range.lowerBound].last, before == " " || before == "(" else { return nil }
      let rest = expression[range.upperBound...]
      guard let after = rest.first, !" ),\n".contains(after) else {
        let word = rest.dropFirst().prefix { !" ),\n".contains($0) }
        let isAlias =
          rest.first == " " && !word.isEmpty && word.first != "("
          && !["WHERE", "JOIN", "ON", "GROUP", "ORDER", "LIMIT", "UNION", "LEFT", "CROSS"].contains(word)
        return isAlias ? String(word) : Identifier.quoted(table.name)
      }
      return nil
    }
  }

  private static func names(_ column: String, in expression: String) -> Bool {
    expression.ranges(of: column).contains { range in
      guard let after = expression[range.upperBound...].first else { return true }
      return !(after.isLetter || after.isNumber || after == "_" || after == "$")
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
