extension Syntax {
  /// The name of an object, with its schema where the statement wrote one.
  package struct QualifiedName: Hashable, Sendable {
    package var schema: String?
    package var name: String
  }

  /// A kind of object, named by the words that SQL has for it.
  package enum ObjectKind: String, Hashable, Sendable, CaseIterable {
    case accessMethod = "access method"
    case aggregate
    case attribute
    case cast
    case collation
    case column
    case constraint
    case conversion
    case database
    case defaultPrivileges = "default privileges"
    case domain
    case domainConstraint = "domain constraint"
    case eventTrigger = "event trigger"
    case `extension`
    case foreignDataWrapper = "foreign data wrapper"
    case foreignTable = "foreign table"
    case function
    case index
    case language
    case largeObject = "large object"
    case materializedView = "materialized view"
    case `operator`
    case operatorClass = "operator class"
    case operatorFamily = "operator family"
    case parameter
    case policy
    case procedure
    case publication
    case role
    case routine
    case rule
    case schema
    case sequence
    case server
    case statistics
    case subscription
    case table
    case tablespace
    case textSearchConfiguration = "text search configuration"
    case textSearchDictionary = "text search dictionary"
    case textSearchParser = "text search parser"
    case textSearchTemplate = "text search template"
    case transform
    case trigger
    case type
    case userMapping = "user mapping"
    case view
    /// None of these.
    case unknown
  }

  /// One object that a statement names: `table public.invoices`, `policy own on invoices`, `function f(integer)`.
  package struct ObjectReference: Hashable, Sendable {
    package var kind: ObjectKind
    package var name: QualifiedName
    /// The relation, type or domain that the object belongs to: for columns, attributes, constraints, policies, rules
    /// and triggers.
    package var owner: QualifiedName?
    /// The argument types of a function, procedure, routine or aggregate; nil where the statement gives none.
    package var arguments: [TypeName]?
  }

  /// A type as a column or an argument names it.
  package struct TypeName: Hashable, Sendable {
    /// Nil also for the types of the grammar itself, which the parser puts into `pg_catalog`.
    package var schema: String?
    /// PostgreSQL's own name: `int8` for `bigint`, `bpchar` for `char(3)`, `timestamptz` for `timestamp with time zone`.
    package var name: String
    /// As written: `["10", "2"]` for `numeric(10, 2)`.
    package var modifiers: [String]
    package var isArray: Bool
    package var isSet: Bool
    /// Whether it is `table.column%TYPE`.
    package var isColumnReference: Bool
    package var location: Int
  }

  /// An expression, kept as the statement wrote it.
  package struct Expression: Hashable, Sendable {
    package var text: String
    package var range: Range<Int>
    /// Whether it is a literal, perhaps with a sign or a cast: the same for every row and every time.
    package var isConstant: Bool
    /// Whether it is the literal `NULL`, perhaps with a cast.
    package var isNull: Bool
    /// The functions that it calls, in the order of the text, `current_timestamp` and its kin among them.
    package var functions: [QualifiedName]
    /// Whether it contains a subquery.
    package var hasSubquery: Bool
    /// Those calls that the server makes anew for each row that it looks at: all that are not within a subquery without
    /// a FROM, such as `(select auth.uid())`, which it evaluates once. Keywords, `current_user` for one, are none.
    package var callsPerRow: [Call]

    package struct Call: Hashable, Sendable {
      package var function: QualifiedName
      /// From the function's name to its closing parenthesis. In bytes of the file.
      package var range: Range<Int>
    }
  }

  /// One `name = value` of a `WITH (...)` or `OPTIONS (...)` list.
  package struct Option: Hashable, Sendable {
    package var name: String
    /// Nil where the name stands alone.
    package var value: String?
    package var location: Int
  }

  /// A role as a grant or a policy names it.
  package enum RoleName: Hashable, Sendable {
    case named(String)
    /// Every role: the keyword `PUBLIC`.
    case everyone
    /// `CURRENT_USER` or `CURRENT_ROLE`.
    case current
    case session
  }

  /// Whether a relation outlives its session and a crash.
  package enum Persistence: Hashable, Sendable {
    case permanent, temporary, unlogged
  }
}

extension Syntax.QualifiedName: CustomStringConvertible {
  /// `schema.name`, quoted where SQL needs it.
  package var description: String {
    guard let schema else { return Quoting.identifier(name) }
    return "\(Quoting.identifier(schema)).\(Quoting.identifier(name))"
  }
}

extension Syntax.RoleName: CustomStringConvertible {
  package var description: String {
    switch self {
    case .named(let name): Quoting.identifier(name)
    case .everyone: "public"
    case .current: "current_user"
    case .session: "session_user"
    }
  }
}

extension Syntax.TypeName: CustomStringConvertible {
  package var description: String {
    let base = schema.map { "\(Quoting.identifier($0)).\(name)" } ?? name
    let arguments = modifiers.isEmpty ? "" : "(\(modifiers.joined(separator: ",")))"
    return base + arguments + (isArray ? "[]" : "")
  }
}

extension Syntax.ObjectReference: CustomStringConvertible {
  /// As a sentence names it: `policy own on public.invoices`.
  package var description: String {
    let signature = arguments.map { "(\($0.map(\.description).joined(separator: ", ")))" } ?? ""
    switch (kind, owner) {
    case (.column, let owner?), (.attribute, let owner?):
      return "\(kind.rawValue) \(owner).\(name)"
    case (_, let owner?):
      return "\(kind.rawValue) \(name) on \(owner)"
    case (_, nil):
      return "\(kind.rawValue) \(name)\(signature)"
    }
  }
}
