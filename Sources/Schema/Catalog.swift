/// A database's schema as rules read it: typed, nested, and free of everything that only a comparison needs.
///
/// Made from a ``Snapshot``, so it holds what the snapshot's ``Scope`` let in. Every list is sorted by name, byte by
/// byte, unless its comment says otherwise.
package struct Catalog: Sendable {
  package internal(set) var schemas: [Schema] = []
  package internal(set) var extensions: [Extension] = []
  /// Ordinary and partitioned tables, partitions among them.
  package internal(set) var tables: [Table] = []
  /// Views and materialized views.
  package internal(set) var views: [View] = []
  /// Functions, procedures and aggregates; overloads are neighbours.
  package internal(set) var functions: [Function] = []
  package internal(set) var enums: [Enumeration] = []
  /// Policies on tables that the platform owns and the scope therefore leaves out, such as `storage.objects`.
  package internal(set) var policiesOnManagedTables: [Policy] = []
  /// Triggers on such tables, `auth.users` above all.
  package internal(set) var triggersOnManagedTables: [Trigger] = []

  package func table(_ name: QualifiedName) -> Table? {
    tables.first { $0.name == name }
  }

  package func view(_ name: QualifiedName) -> View? {
    views.first { $0.name == name }
  }
}

extension Catalog {
  package struct Schema: Sendable {
    package internal(set) var name: String
    package internal(set) var owner: String
    package internal(set) var comment: String?
    package internal(set) var grants: [Grant] = []
  }

  package struct Extension: Sendable {
    package internal(set) var name: String
    package internal(set) var schema: String
    /// Nil where the scope leaves versions to the platform.
    package internal(set) var version: String?
  }

  package struct Table: Sendable {
    package enum Kind: Sendable {
      case ordinary
      case partitioned
    }

    package internal(set) var name: QualifiedName
    package internal(set) var kind: Kind
    package internal(set) var isUnlogged: Bool
    package internal(set) var owner: String
    package internal(set) var comment: String?
    package internal(set) var hasRowSecurity = false
    /// Whether row security binds the table's owner too (`FORCE ROW LEVEL SECURITY`).
    package internal(set) var forcesRowSecurity = false
    /// Its partitioned table, or the tables it inherits from.
    package internal(set) var parents: [QualifiedName] = []
    /// `FOR VALUES ...` or `DEFAULT`; nil unless the table is a partition.
    package internal(set) var partitionBound: String?
    /// In the table's order.
    package internal(set) var columns: [Column] = []
    package internal(set) var primaryKey: Key?
    package internal(set) var uniqueKeys: [Key] = []
    package internal(set) var foreignKeys: [ForeignKey] = []
    package internal(set) var checks: [Check] = []
    /// All indexes, those of the keys included.
    package internal(set) var indexes: [Index] = []
    package internal(set) var policies: [Policy] = []
    package internal(set) var triggers: [Trigger] = []
    package internal(set) var grants: [Grant] = []

    package var isPartition: Bool { partitionBound != nil }

    package func column(_ name: String) -> Column? {
      columns.first { $0.name.hasSameBytes(as: name) }
    }
  }

  package struct Column: Sendable {
    package enum Identity: Sendable {
      case always
      case byDefault
    }

    package internal(set) var name: String
    /// 1-based, without the gaps that dropped columns leave.
    package internal(set) var position: Int
    /// As `format_type` writes it: `timestamp with time zone`, `character varying(20)`, `public.status[]`.
    package internal(set) var type: String
    /// Nil when it is the type's own.
    package internal(set) var collation: String?
    package internal(set) var isNotNull: Bool
    package internal(set) var identity: Identity?
    /// The expression of a generated column.
    package internal(set) var generated: String?
    /// The expression, names qualified.
    package internal(set) var defaultExpression: String?
    package internal(set) var comment: String?
  }

  /// A primary key or unique constraint.
  package struct Key: Sendable {
    package internal(set) var name: String
    /// In the key's order.
    package internal(set) var columns: [String]
    package internal(set) var isDeferrable: Bool
    package internal(set) var comment: String?
  }

  package struct ForeignKey: Sendable {
    /// What happens to the rows that refer to a row that goes or changes its key.
    package enum Action: String, Sendable {
      /// Also what the catalog says when the clause was not written.
      case noAction = "NO ACTION"
      case restrict = "RESTRICT"
      case cascade = "CASCADE"
      case setNull = "SET NULL"
      case setDefault = "SET DEFAULT"
    }

    package internal(set) var name: String
    /// In the key's order, matching `referencedColumns` one by one.
    package internal(set) var columns: [String]
    package internal(set) var referencedTable: QualifiedName
    package internal(set) var referencedColumns: [String]
    package internal(set) var onDelete: Action
    package internal(set) var onUpdate: Action
    package internal(set) var isValid: Bool
    package internal(set) var isDeferrable: Bool
    package internal(set) var comment: String?
  }

  package struct Check: Sendable {
    package internal(set) var name: String
    /// `CHECK (...)`, as the server writes it.
    package internal(set) var definition: String
    package internal(set) var isValid: Bool
    package internal(set) var comment: String?
  }

  package struct Index: Sendable {
    /// One key of an index.
    package enum Key: Sendable, Hashable {
      case column(String)
      case expression(String)
    }

    package internal(set) var name: String
    /// `btree`, `gin`, ...
    package internal(set) var method: String
    /// In the index's order, without the INCLUDE columns.
    package internal(set) var keys: [Key]
    package internal(set) var includedColumns: [String]
    package internal(set) var isUnique: Bool
    package internal(set) var isPrimary: Bool
    /// False after a `CREATE INDEX CONCURRENTLY` that failed: such an index costs writes and serves no query.
    package internal(set) var isValid: Bool
    /// Of a partial index.
    package internal(set) var predicate: String?
    /// `CREATE INDEX ...`, as the server writes it.
    package internal(set) var definition: String
    package internal(set) var comment: String?

    package var isPartial: Bool { predicate != nil }

    /// The plain columns before the first expression, in order: what the index can be searched by.
    package var leadingColumns: [String] {
      keys.prefix { if case .column = $0 { true } else { false } }
        .compactMap { if case .column(let name) = $0 { name } else { nil } }
    }
  }

  package struct Policy: Sendable {
    package enum Command: String, Sendable {
      case all = "ALL"
      case select = "SELECT"
      case insert = "INSERT"
      case update = "UPDATE"
      case delete = "DELETE"
    }

    package internal(set) var name: String
    package internal(set) var table: QualifiedName
    package internal(set) var command: Command
    package internal(set) var isPermissive: Bool
    /// `public` alone stands for everyone.
    package internal(set) var roles: [String]
    package internal(set) var using: String?
    package internal(set) var check: String?
    package internal(set) var comment: String?
  }

  package struct Trigger: Sendable {
    package internal(set) var name: String
    package internal(set) var table: QualifiedName
    /// `CREATE TRIGGER ...`, as the server writes it.
    package internal(set) var definition: String
    package internal(set) var function: QualifiedName
    package internal(set) var isEnabled: Bool
    package internal(set) var comment: String?
  }

  /// What one role may do with an object or a column.
  package struct Grant: Sendable {
    /// `public` stands for everyone.
    package internal(set) var grantee: String
    /// Nil for a grant on the whole object.
    package internal(set) var column: String?
    package internal(set) var privileges: Set<Privilege>
    /// Those of `privileges` that the grantee may hand on.
    package internal(set) var grantable: Set<Privilege>
  }

  package struct View: Sendable {
    package internal(set) var name: QualifiedName
    package internal(set) var isMaterialized: Bool
    package internal(set) var owner: String
    package internal(set) var comment: String?
    /// `SELECT ...`, as the server writes it.
    package internal(set) var definition: String
    /// Storage parameters and view options: `security_invoker` to `true`.
    package internal(set) var options: [String: String]
    /// In the view's order.
    package internal(set) var columns: [Column] = []
    package internal(set) var indexes: [Index] = []
    package internal(set) var triggers: [Trigger] = []
    package internal(set) var grants: [Grant] = []

    /// Whether the view reads its tables with the rights of whoever asks, and so under their policies.
    package var isSecurityInvoker: Bool {
      ["true", "on", "yes", "1", "t"].contains(options["security_invoker"]?.lowercased() ?? "")
    }
  }

  package struct Function: Sendable {
    package enum Kind: String, Sendable {
      case function
      case procedure
      case aggregate
      case window
    }

    package internal(set) var name: QualifiedName
    /// The argument types that tell overloads apart: `integer, text`.
    package internal(set) var arguments: String
    package internal(set) var kind: Kind
    package internal(set) var owner: String
    package internal(set) var comment: String?
    /// `sql`, `plpgsql`, ...
    package internal(set) var language: String
    /// Nil for a procedure.
    package internal(set) var returnType: String?
    package internal(set) var isSecurityDefiner: Bool
    /// `immutable`, `stable` or `volatile`.
    package internal(set) var volatility: String
    /// Settings that the function carries: `search_path` to `""`.
    package internal(set) var configuration: [String: String]
    /// `CREATE OR REPLACE FUNCTION ...`; for an aggregate, its parts.
    package internal(set) var definition: String
    package internal(set) var grants: [Grant] = []
  }

  package struct Enumeration: Sendable {
    package internal(set) var name: QualifiedName
    /// In the type's order.
    package internal(set) var labels: [String]
    package internal(set) var comment: String?
  }
}
