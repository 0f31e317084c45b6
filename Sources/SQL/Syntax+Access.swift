extension Syntax {
  /// The commands that a policy is for.
  package enum PolicyCommand: String, Hashable, Sendable {
    case all, select, insert, update, delete
  }

  /// `CREATE POLICY`.
  package struct CreatePolicy: Hashable, Sendable {
    package var name: String
    package var table: QualifiedName
    package var tableLocation: Int
    package var isPermissive: Bool
    package var command: PolicyCommand
    /// `[.everyone]` where the statement names none.
    package var roles: [RoleName]
    package var using: Expression?
    package var withCheck: Expression?
  }

  /// `ALTER POLICY`; a rename is a ``Rename``.
  package struct AlterPolicy: Hashable, Sendable {
    package var name: String
    package var table: QualifiedName
    package var tableLocation: Int
    /// Nil where the statement leaves them.
    package var roles: [RoleName]?
    package var using: Expression?
    package var withCheck: Expression?
  }

  /// `CREATE ROLE`, `USER` or `GROUP`.
  package struct CreateRole: Hashable, Sendable {
    package var name: String
    /// With PostgreSQL's own names: `canlogin`, `bypassrls`, `superuser`, `inherit`, `password`, ...; a switch has the
    /// value `true` or `false`. The value of a password is left out.
    package var options: [Option]
  }

  /// `ALTER ROLE` with options.
  package struct AlterRole: Hashable, Sendable {
    package var role: RoleName
    /// As ``CreateRole/options``.
    package var options: [Option]
  }

  /// `ALTER ROLE ... SET` and `ALTER DATABASE ... SET`.
  package struct AlterRoleSetting: Hashable, Sendable {
    /// Nil for `ALTER ROLE ALL` and for a database's settings.
    package var role: RoleName?
    package var database: String?
    package var setting: SetParameter
  }

  /// `GRANT` and `REVOKE` of privileges on objects.
  package struct Grant: Hashable, Sendable {
    package var isGrant: Bool
    package var target: Target
    package var objectKind: ObjectKind
    package var objects: [ObjectReference]
    /// The schemas of `ALL ... IN SCHEMA`.
    package var schemas: [String]
    /// In lowercase; empty for `ALL`.
    package var privileges: [Privilege]
    package var grantees: [RoleName]
    package var grantOption: Bool
    package var cascade: Bool

    package enum Target: Hashable, Sendable { case objects, allInSchema, defaults }

    package struct Privilege: Hashable, Sendable {
      package var name: String
      /// Empty for the whole object.
      package var columns: [String]
    }
  }

  /// `GRANT role TO role` and `REVOKE role FROM role`.
  package struct GrantRole: Hashable, Sendable {
    package var isGrant: Bool
    package var roles: [String]
    package var grantees: [RoleName]
    package var adminOption: Bool
  }

  /// `ALTER DEFAULT PRIVILEGES`.
  package struct AlterDefaultPrivileges: Hashable, Sendable {
    /// Empty for every schema.
    package var schemas: [String]
    /// The creators whose objects it is about; empty for the current role.
    package var creators: [RoleName]
    package var grant: Grant
  }

  /// `REASSIGN OWNED` and `DROP OWNED`.
  package struct ReassignOwned: Hashable, Sendable {
    package var roles: [RoleName]
    /// Nil for `DROP OWNED`.
    package var newOwner: RoleName?
  }
}
