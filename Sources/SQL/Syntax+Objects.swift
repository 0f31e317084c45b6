extension Syntax {
  /// `CREATE FUNCTION` and `CREATE PROCEDURE`.
  package struct CreateFunction: Hashable, Sendable {
    package var name: QualifiedName
    package var isProcedure: Bool
    package var orReplace: Bool
    /// The parameters, those of the result table not among them.
    package var parameters: [Parameter]
    /// Nil for a procedure and where `OUT` parameters say it.
    package var returns: TypeName?
    /// In lowercase; `sql` for an SQL-standard body that names none.
    package var language: String?
    package var isSecurityDefiner: Bool
    package var volatility: Volatility
    /// `SET name = value`, in the order of the text.
    package var settings: [SetParameter]
    package var body: Body

    package struct Parameter: Hashable, Sendable {
      package var name: String?
      package var type: TypeName
      package var mode: Mode
      package var hasDefault: Bool
      package enum Mode: Hashable, Sendable { case `in`, out, inOut, variadic }
    }

    package enum Volatility: Hashable, Sendable { case immutable, stable, volatile }

    package enum Body: Hashable, Sendable {
      /// The text between the quotes.
      case text(String)
      /// An SQL-standard body: `RETURN ...` or `BEGIN ATOMIC ... END`.
      case atomic
      /// A C function: its library and the symbol in it.
      case library(String, symbol: String)
    }
  }

  /// `ALTER FUNCTION`, `PROCEDURE` or `ROUTINE` with actions.
  package struct AlterFunction: Hashable, Sendable {
    package var function: ObjectReference
    package var settings: [SetParameter]
    /// Nil where the statement does not say.
    package var isSecurityDefiner: Bool?
  }

  /// `CREATE TYPE`.
  package struct CreateType: Hashable, Sendable {
    package var name: QualifiedName
    package var kind: Kind

    package enum Kind: Hashable, Sendable {
      case enumeration(labels: [String])
      case composite(fields: [ColumnDefinition])
      case range
      case base
      /// A name to be defined later.
      case shell
    }
  }

  /// `ALTER TYPE ... ADD VALUE` and `RENAME VALUE`.
  package struct AlterEnum: Hashable, Sendable {
    package var type: QualifiedName
    package var action: Action

    package enum Action: Hashable, Sendable {
      /// `isPlaced` with `BEFORE` or `AFTER`.
      case add(label: String, ifNotExists: Bool, isPlaced: Bool)
      case rename(label: String, to: String)
    }
  }

  /// `CREATE DOMAIN`.
  package struct CreateDomain: Hashable, Sendable {
    package var name: QualifiedName
    package var type: TypeName
    package var constraints: [Constraint]
  }

  /// `ALTER DOMAIN` with a default, `NOT NULL` or a constraint.
  package struct AlterDomain: Hashable, Sendable {
    package var name: QualifiedName
    package var action: Action

    package enum Action: Hashable, Sendable {
      case setDefault, dropDefault, setNotNull, dropNotNull
      case addConstraint(Constraint)
      case dropConstraint(String, ifExists: Bool)
      case validateConstraint(String)
    }
  }

  /// `CREATE SCHEMA`.
  package struct CreateSchema: Hashable, Sendable {
    /// The role's name where the statement gives only `AUTHORIZATION`.
    package var name: String
    package var ifNotExists: Bool
    package var owner: RoleName?
    /// The number of statements inside it.
    package var elementCount: Int
  }

  /// `CREATE EXTENSION`.
  package struct CreateExtension: Hashable, Sendable {
    package var name: String
    package var ifNotExists: Bool
    package var schema: String?
    package var version: String?
    package var cascade: Bool
  }

  /// `ALTER EXTENSION`.
  package struct AlterExtension: Hashable, Sendable {
    package var name: String
    package var action: Action

    package enum Action: Hashable, Sendable {
      /// Nil for the default version.
      case update(version: String?)
      case setSchema(String)
      case add(ObjectReference)
      case drop(ObjectReference)
    }
  }

  /// `CREATE PUBLICATION`.
  package struct CreatePublication: Hashable, Sendable {
    package var name: String
    package var members: PublicationMembers
    package var options: [Option]
  }

  /// `ALTER PUBLICATION`.
  package struct AlterPublication: Hashable, Sendable {
    package var name: String
    package var action: Action
    package var members: PublicationMembers
    package var options: [Option]

    package enum Action: Hashable, Sendable { case add, drop, set }
  }

  /// What a publication publishes.
  package struct PublicationMembers: Hashable, Sendable {
    package var allTables: Bool
    package var tables: [QualifiedName]
    package var schemas: [String]
  }

  /// `CREATE EVENT TRIGGER`.
  package struct CreateEventTrigger: Hashable, Sendable {
    package var name: String
    package var event: String
    package var function: QualifiedName
  }

  /// `ALTER EVENT TRIGGER ... ENABLE` or `DISABLE`.
  package struct AlterEventTrigger: Hashable, Sendable {
    package var name: String
    package var isEnabled: Bool
  }

  /// Foreign data wrappers, servers, user mappings, and `IMPORT FOREIGN SCHEMA`.
  package struct ForeignData: Hashable, Sendable {
    package var action: Action
    /// Of the wrapper or server, or of the server of a user mapping or an imported schema.
    package var name: String
    package var ifNotExists: Bool
    package var options: [Option]

    package enum Action: Hashable, Sendable {
      /// The functions that are given; `NO HANDLER` and `NO VALIDATOR` give none.
      case createWrapper(handler: QualifiedName?, validator: QualifiedName?)
      case alterWrapper(handler: QualifiedName?, validator: QualifiedName?)
      case createServer(wrapper: String), alterServer
      case createUserMapping(RoleName), alterUserMapping(RoleName), dropUserMapping(RoleName, ifExists: Bool)
      case importSchema(remote: String, into: String)
    }
  }

  /// `CREATE AGGREGATE`, `OPERATOR`, `COLLATION`, `TEXT SEARCH ...`, `CAST`, `STATISTICS` and their like.
  package struct DefineObject: Hashable, Sendable {
    package var object: ObjectReference
    package var orReplace: Bool
    package var ifNotExists: Bool
  }

  /// `DROP` of any kind of object that lives in a database.
  package struct Drop: Hashable, Sendable {
    package var kind: ObjectKind
    package var objects: [ObjectReference]
    package var ifExists: Bool
    package var cascade: Bool
    package var concurrently: Bool
  }

  /// `ALTER ... RENAME`.
  package struct Rename: Hashable, Sendable {
    /// The object under its old name.
    package var object: ObjectReference
    package var newName: String
    package var ifExists: Bool
  }

  /// `ALTER ... SET SCHEMA`.
  package struct SetSchema: Hashable, Sendable {
    package var object: ObjectReference
    package var newSchema: String
    package var ifExists: Bool
  }

  /// `ALTER ... OWNER TO`; that of a table is a command of ``AlterTable``.
  package struct ChangeOwner: Hashable, Sendable {
    package var object: ObjectReference
    package var newOwner: RoleName
  }

  /// `COMMENT ON`.
  package struct CommentOn: Hashable, Sendable {
    package var object: ObjectReference
    /// Nil for `IS NULL`, which removes the comment.
    package var text: String?
  }
}
