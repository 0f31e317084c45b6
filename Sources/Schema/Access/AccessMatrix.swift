package import Postgres

/// Who can do what: every API role, every relation that can be read, and each of `SELECT`, `INSERT`, `UPDATE`, `DELETE`;
/// and who may call which function.
///
/// It is what is so after `SET ROLE`, which is how an API serves a request: rights that a role would have to take up by
/// a further `SET ROLE`, for want of `INHERIT`, are not its own. `docs/schema/access.schema.json` describes its JSON.
package struct AccessMatrix: Sendable, Codable {
  /// The version of this format.
  package private(set) var version = 1
  /// Those of the roles that were asked about that there are, in the order in which they were asked about.
  package let roles: [Role]
  /// Sorted by name.
  package let relations: [Relation]
  /// Functions and procedures that can be called by their names, sorted by name and arguments.
  package let routines: [Routine]

  package struct Role: Hashable, Sendable, Codable {
    package let name: String
    /// Whether it is a superuser, or has `BYPASSRLS`.
    package let bypassesRowSecurity: Bool
  }

  /// Whom a table's row security binds.
  package enum RowSecurity: String, Sendable, Codable, CaseIterable {
    case off
    /// All but the owner.
    case on
    case forced
  }

  /// A table, a view, a materialized view or a foreign table.
  package struct Relation: Sendable, Codable {
    package let name: QualifiedName
    package let kind: Fact.Kind
    /// Nil for what has none: all but tables.
    package let rowSecurity: RowSecurity?
    /// One for each of the matrix's roles, in their order.
    package let rights: [Rights]
  }

  /// What one role can do on one relation.
  package struct Rights: Sendable, Codable {
    package let role: String
    package let select: Right
    package let insert: Right
    package let update: Right
    package let delete: Right

    /// - Precondition: One of ``Privilege/commands``.
    package subscript(command: Privilege) -> Right {
      switch command {
      case .select: select
      case .insert: insert
      case .update: update
      case .delete: delete
      default: preconditionFailure("\(command.rawValue) is no command of the matrix")
      }
    }
  }

  /// A function, a procedure or an aggregate.
  package struct Routine: Sendable, Codable {
    package let name: QualifiedName
    package let kind: Fact.Kind
    package let arguments: String
    /// The owner of a `SECURITY DEFINER` function, whose rights it has; nil where it has its caller's.
    package let runsAs: String?
    /// The API roles that may execute it.
    package let roles: [String]
  }

  /// Reads who can do what in a database; see ``Snapshot/read(from:scope:)`` for the transaction that it is read in.
  ///
  /// - Parameter roles: The API roles; those that are not there are left out.
  package static func read(
    from connection: Connection, scope: Scope, roles: [String]
  ) async throws(PostgresError) -> AccessMatrix {
    try await Snapshot.whileReading(connection) { reading throws(PostgresError) in
      AccessMatrix(try await AccessCatalog(reading, scope: scope, roles: roles), order: roles)
    }
  }

  init(_ catalog: AccessCatalog, order: [String]) {
    let sessions = order.compactMap { name in catalog.principals.first { $1.isAPI && $1.name.hasSameBytes(as: name) } }
    roles = sessions.map { Role(name: $1.name, bypassesRowSecurity: $1.bypassesRowSecurity) }
    var evaluations = sessions.map { AccessEvaluation(catalog, session: $0.key) }
    relations = catalog.relations.filter(\.value.isSubject).sorted { $0.value.name < $1.value.name }.map {
      (number, relation) in
      var rights: [Rights] = []
      for index in evaluations.indices {
        func right(_ command: Privilege) -> Right { evaluations[index].right(command, on: number) }
        rights.append(
          Rights(
            role: sessions[index].value.name, select: right(.select), insert: right(.insert), update: right(.update),
            delete: right(.delete)))
      }
      return Relation(
        name: relation.name, kind: relation.kind,
        rowSecurity: relation.kind != .table
          ? nil : relation.hasRowSecurity ? relation.forcesRowSecurity ? .forced : .on : .off,
        rights: rights)
    }
    routines = catalog.routines.sorted { $0.key < $1.key }
  }

  /// The same of some relations, and of no function unless it is of all.
  package func only(_ isIncluded: (QualifiedName) -> Bool) -> AccessMatrix {
    let some = relations.filter { isIncluded($0.name) }
    return AccessMatrix(roles: roles, relations: some, routines: some.count == relations.count ? routines : [])
  }

  private init(roles: [Role], relations: [Relation], routines: [Routine]) {
    self.roles = roles
    self.relations = relations
    self.routines = routines
  }

  /// The relation of a name; nil when there is none.
  package subscript(name: QualifiedName) -> Relation? {
    relations.first { $0.name == name }
  }
}

extension AccessMatrix.Relation {
  /// What a role can do; nil for a role that the matrix is not about.
  package subscript(role: String) -> AccessMatrix.Rights? {
    rights.first { $0.role == role }
  }
}

extension AccessMatrix.Routine {
  /// `public.total(integer)`
  package var signature: String { "\(name)(\(arguments))" }

  struct Key: Hashable, Comparable {
    let name: QualifiedName
    let arguments: String

    static func < (a: Key, b: Key) -> Bool {
      a.name == b.name ? a.arguments.precedes(b.arguments) : a.name < b.name
    }
  }

  var key: Key { Key(name: name, arguments: arguments) }
}
