extension Syntax {
  /// `CREATE [FOREIGN] TABLE`.
  package struct CreateTable: Hashable, Sendable {
    /// `LIKE table INCLUDING ...`, which copies the columns and whether they may be NULL, and more where it says so.
    package struct Like: Hashable, Sendable {
      package var table: QualifiedName
      package var includesDefaults: Bool
      /// Keys and unique constraints too.
      package var includesIndexes: Bool
    }

    package var name: QualifiedName
    package var nameLocation: Int
    package var ifNotExists: Bool
    package var persistence: Persistence
    package var columns: [ColumnDefinition]
    /// The constraints of the table; those written at a column are with the column.
    package var constraints: [Constraint]
    /// The tables of `INHERITS (...)`.
    package var inherits: [QualifiedName]
    /// The parent, when this is a partition.
    package var partitionOf: QualifiedName?
    package var isPartitioned: Bool
    package var like: [Like]
    /// The composite type of `OF type`.
    package var ofType: QualifiedName?
    package var options: [Option]
    /// The server of a foreign table.
    package var foreignServer: String?

    /// The constraints of the table and of its columns; the latter with their column filled in.
    package var allConstraints: [Constraint] {
      columns.flatMap(\.constraints) + constraints
    }
  }

  /// A column as `CREATE TABLE` or `ADD COLUMN` defines it.
  package struct ColumnDefinition: Hashable, Sendable {
    package var name: String
    /// Nil where the type comes from elsewhere: a partition's column, a column of `OF type`.
    package var type: TypeName?
    /// Said with `NOT NULL`, `PRIMARY KEY` or by a serial type.
    package var isNotNull: Bool
    package var defaultValue: Expression?
    package var generated: Generated?
    /// The other constraints written at this column: keys, checks and references, with `columns` filled in.
    package var constraints: [Constraint]
    package var collation: QualifiedName?
    /// From the name to the end of the last constraint.
    package var range: Range<Int>
  }

  /// Where a column's values come from, when not from the user.
  package enum Generated: Hashable, Sendable {
    case stored(Expression)
    case identityAlways
    case identityByDefault
  }

  /// A constraint of a table, a column or a domain.
  package struct Constraint: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      case primaryKey, unique, check, exclusion, foreignKey
      /// Of a domain only: at a column it is ``ColumnDefinition/isNotNull``.
      case notNull
    }

    package var kind: Kind
    /// Nil where PostgreSQL chooses the name.
    package var name: String?
    /// The constrained columns; empty for a check and for a key `USING INDEX`.
    package var columns: [String]
    /// Of a check.
    package var expression: Expression?
    /// Of a foreign key.
    package var reference: Reference?
    /// The index of `USING INDEX`.
    package var usingIndex: String?
    package var isNotValid: Bool
    package var isDeferrable: Bool
    package var range: Range<Int>
  }

  /// What a foreign key points to.
  package struct Reference: Hashable, Sendable {
    package var table: QualifiedName
    /// Empty where the statement leaves it to the primary key.
    package var columns: [String]
    /// What the statement says; nil where it says nothing, which the tree alone cannot tell from `NO ACTION`.
    package var onDelete: ReferentialAction?
    /// As ``onDelete``.
    package var onUpdate: ReferentialAction?
  }

  /// What happens to the rows that refer to a row.
  package enum ReferentialAction: String, Hashable, Sendable {
    case noAction = "no action"
    case restrict
    case cascade
    case setNull = "set null"
    case setDefault = "set default"
  }

  /// `CREATE TABLE ... AS`, `SELECT ... INTO` and `CREATE MATERIALIZED VIEW`.
  package struct CreateTableAs: Hashable, Sendable {
    package var name: QualifiedName
    package var nameLocation: Int
    package var ifNotExists: Bool
    package var persistence: Persistence
    package var isMaterializedView: Bool
    /// False with `WITH NO DATA`.
    package var withData: Bool
    package var options: [Option]
    /// As ``CreateView/reads``; empty for `SELECT ... INTO`.
    package var reads: [QualifiedName]
  }

  /// `ALTER TABLE`, and `ALTER INDEX`, `VIEW`, `SEQUENCE` and the like where their grammar is that of a table.
  package struct AlterTable: Hashable, Sendable {
    /// What the statement calls the relation.
    package var kind: ObjectKind
    package var name: QualifiedName
    package var nameLocation: Int
    package var ifExists: Bool
    package var commands: [AlterTableCommand]
  }

  /// One of the comma-separated parts of an `ALTER TABLE`.
  package struct AlterTableCommand: Hashable, Sendable {
    package var action: Action
    /// Said with `CASCADE`.
    package var cascade: Bool
    package var range: Range<Int>

    package enum Action: Hashable, Sendable {
      case addColumn(ColumnDefinition, ifNotExists: Bool)
      case dropColumn(String, ifExists: Bool)
      case alterColumnType(String, TypeName, using: Expression?)
      case setNotNull(String)
      case dropNotNull(String)
      case setDefault(String, Expression)
      case dropDefault(String)
      case addIdentity(String)
      case setIdentity(String)
      case dropIdentity(String, ifExists: Bool)
      case dropExpression(String, ifExists: Bool)
      case setStatistics
      case setStorage
      case setColumnOptions(String, [Option])
      case addConstraint(Constraint)
      case alterConstraint(String)
      case validateConstraint(String)
      case dropConstraint(String, ifExists: Bool)
      case enableRowSecurity
      case disableRowSecurity
      case forceRowSecurity
      case noForceRowSecurity
      /// Nil for `ALL` and `USER`.
      case enableTrigger(String?)
      /// Nil for `ALL` and `USER`.
      case disableTrigger(String?)
      case attachPartition(QualifiedName)
      case detachPartition(QualifiedName, concurrently: Bool)
      case inherit(QualifiedName)
      case noInherit(QualifiedName)
      case changeOwner(RoleName)
      case replicaIdentity
      case setOptions([Option])
      case resetOptions([Option])
      case setLogged
      case setUnlogged
      case setAccessMethod
      case setTablespace
      case clusterOn(String)
      /// The parser's name for it, as `AT_DropOids`.
      case other(String)
    }
  }

  /// `CREATE INDEX`.
  package struct CreateIndex: Hashable, Sendable {
    /// Nil where PostgreSQL chooses the name.
    package var name: String?
    package var table: QualifiedName
    package var tableLocation: Int
    /// Whether it is `ON ONLY` the table, and so not on its partitions.
    package var isOnly: Bool
    package var isUnique: Bool
    package var concurrently: Bool
    package var ifNotExists: Bool
    /// `btree` unless said.
    package var method: String
    package var elements: [Element]
    /// The columns of `INCLUDE (...)`.
    package var included: [String]
    package var predicate: Expression?
    package var options: [Option]
    /// From `WITH` to the closing parenthesis of its options.
    package var optionsRange: Range<Int>?

    /// One key of the index.
    package struct Element: Hashable, Sendable {
      /// Nil for an expression.
      package var column: String?
      package var operatorClass: QualifiedName?
      /// Whether it has the type's own operator class and collation, and is ascending with its NULLs last.
      package var isPlain: Bool
    }
  }

  /// `CREATE TRIGGER`.
  package struct CreateTrigger: Hashable, Sendable {
    package var name: String
    package var table: QualifiedName
    package var tableLocation: Int
    package var orReplace: Bool
    package var isConstraint: Bool
    package var function: QualifiedName
    package var timing: Timing
    package var events: Set<Event>
    package var forEachRow: Bool

    package enum Timing: Hashable, Sendable { case before, after, insteadOf }
    package enum Event: Hashable, Sendable { case insert, update, delete, truncate }
  }

  /// `CREATE RULE`.
  package struct CreateRule: Hashable, Sendable {
    package var name: String
    package var table: QualifiedName
    package var orReplace: Bool
  }

  /// `CREATE VIEW`; a materialized one is a ``CreateTableAs``.
  package struct CreateView: Hashable, Sendable {
    package var name: QualifiedName
    package var nameLocation: Int
    package var orReplace: Bool
    package var persistence: Persistence
    package var options: [Option]
    /// The relations that the query reads, as written, common table expressions among them.
    package var reads: [QualifiedName]
  }

  /// `REFRESH MATERIALIZED VIEW`.
  package struct RefreshMaterializedView: Hashable, Sendable {
    package var name: QualifiedName
    package var concurrently: Bool
    package var withData: Bool
  }

  /// `CREATE SEQUENCE`.
  package struct CreateSequence: Hashable, Sendable {
    package var name: QualifiedName
    package var ifNotExists: Bool
    package var persistence: Persistence
    package var options: [Option]
  }

  /// `ALTER SEQUENCE` with options; a rename or a new owner is its own statement.
  package struct AlterSequence: Hashable, Sendable {
    package var name: QualifiedName
    package var ifExists: Bool
    package var options: [Option]
  }
}
