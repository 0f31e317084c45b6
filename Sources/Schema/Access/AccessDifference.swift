/// Who can do more, and who less, than before.
package struct AccessDifference: Sendable, Codable {
  /// Sorted by relation, then in the order of the roles and the commands.
  package let changes: [AccessChange]
  /// Functions that a role may call now and could not before, or the other way round; sorted by signature.
  package let routines: [RoutineChange]
  /// Tables that are in both, whose row security is another.
  package let rowSecurity: [RowSecurityChange]

  package struct RoutineChange: Sendable, Codable {
    package let routine: AccessMatrix.Routine
    /// Roles that gain `EXECUTE`; those that have it, too, where the function has come to run as its owner.
    package let gaining: [String]
    package let losing: [String]
  }

  package struct RowSecurityChange: Hashable, Sendable, Codable {
    package let table: QualifiedName
    package let from: AccessMatrix.RowSecurity
    package let to: AccessMatrix.RowSecurity
  }

  package var isEmpty: Bool { changes.isEmpty && routines.isEmpty && rowSecurity.isEmpty }

  /// A role or a relation that is not there can do nothing, or nothing can be done to it.
  package init(from: AccessMatrix, to: AccessMatrix) {
    let roles = to.roles.map(\.name) + from.roles.map(\.name).filter { role in !to.roles.contains { $0.name == role } }
    let before = Dictionary(from.relations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(to.relations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(before.keys).union(after.keys).sorted()
    var changes: [AccessChange] = []
    var rowSecurity: [RowSecurityChange] = []
    for name in names {
      let (old, new) = (before[name], after[name])
      if let old = old?.rowSecurity, let new = new?.rowSecurity, old != new {
        rowSecurity.append(RowSecurityChange(table: name, from: old, to: new))
      }
      for role in roles {
        let (had, has) = (old?[role], new?[role])
        for command in Privilege.commands {
          let change = AccessChange(
            relation: name, kind: (new ?? old)?.kind ?? .table, role: role, command: command,
            from: had?[command] ?? .absent, to: has?[command] ?? .absent)
          if let change { changes.append(change) }
        }
      }
    }
    self.changes = changes
    self.rowSecurity = rowSecurity
    routines = Self.routines(from: from, to: to)
  }

  private static func routines(from: AccessMatrix, to: AccessMatrix) -> [RoutineChange] {
    let before = Dictionary(from.routines.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(to.routines.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return Set(before.keys).union(after.keys).sorted().compactMap { key in
      let (old, new) = (before[key], after[key])
      let isRaised = old != nil && new?.runsAs != nil && new?.runsAs != old?.runsAs
      let had = old?.roles ?? []
      let has = new?.roles ?? []
      let gaining = has.filter { isRaised || !had.contains($0) }
      let losing = had.filter { !has.contains($0) }
      guard let routine = new ?? old, !gaining.isEmpty || !losing.isEmpty else { return nil }
      return RoutineChange(routine: routine, gaining: gaining, losing: losing)
    }
  }
}

/// What has become of one role's right to one command on one relation.
package struct AccessChange: Sendable, Codable {
  package enum Effect: String, Sendable, Codable, CaseIterable {
    /// There was no right, or none to some of the columns.
    case gains
    /// There is no right any more, or none to some of the columns.
    case loses
    /// More rows are reached.
    case widened
    /// Fewer rows are reached.
    case narrowed
    /// Other rows are reached: whether they are more or fewer, the words of the policies do not tell.
    case changed
  }

  package let relation: QualifiedName
  package let kind: Fact.Kind
  package let role: String
  package let command: Privilege
  package let effect: Effect
  package let from: Right
  package let to: Right

  /// Nil when the same rows and columns are reached as before.
  init?(relation: QualifiedName, kind: Fact.Kind, role: String, command: Privilege, from: Right, to: Right) {
    guard let effect = Self.effect(from, to) else { return nil }
    self.relation = relation
    self.kind = kind
    self.role = role
    self.command = command
    self.effect = effect
    self.from = from
    self.to = to
  }

  private static func effect(_ from: Right, _ to: Right) -> Effect? {
    switch (from.extent, to.extent) {
    case (.no, .no): return nil
    case (.no, _): return .gains
    case (_, .no): return .loses
    default: break
    }
    if from == to { return nil }
    // More columns weigh more than fewer rows: nothing that is gained may hide behind something that is lost.
    if let columns = from.columns, to.columns.map({ !Set($0).isSubset(of: columns) }) ?? true { return .gains }
    let rows = rows(from, to)
    if rows == .widened || rows == .changed { return rows }
    if let columns = to.columns, from.columns.map({ !Set($0).isSubset(of: columns) }) ?? true { return .loses }
    return rows
  }

  private static func rows(_ from: Right, _ to: Right) -> Effect? {
    switch (from.isWithin(to), to.isWithin(from)) {
    case (true, true): nil
    case (true, false): .widened
    case (false, true): .narrowed
    case (false, false): .changed
    }
  }
}

extension Right {
  /// Whether it is certain that every row that this reaches the other does, too.
  fileprivate func isWithin(_ other: Right) -> Bool {
    if other.extent == .code || extent == .code { return extent == other.extent }
    if other.reachesEveryRow { return true }
    // The rows of a view are those of all the tables below it.
    let tables = Set((policies + other.policies).map(\.table))
    return Set(other.hidden).isSubset(of: hidden)
      && tables.allSatisfy { table in
        let (mine, theirs) = (policies.filter { $0.table == table }, other.policies.filter { $0.table == table })
        if theirs.isEmpty { return !other.hidden.contains(table) }
        if mine.isEmpty { return hidden.contains(table) || Self.letsEverythingThrough(theirs) }
        return AppliedPolicy.Side.allCases.allSatisfy { RowFilter(mine, $0.path).isWithin(RowFilter(theirs, $0.path)) }
      }
  }

  private static func letsEverythingThrough(_ policies: [AppliedPolicy]) -> Bool {
    AppliedPolicy.Side.allCases.allSatisfy { RowFilter(policies, $0.path).letsEverythingThrough }
  }
}
