package import Basics

/// What a statement does: PostgreSQL's parse tree, lowered to the values that rules, adaptations and reports ask about.
///
/// Every `location` is a 0-based byte offset into the file and every `range` a range of such offsets, which
/// ``Script/lines`` turns into lines and columns. Names are as PostgreSQL stores them: unquoted ones
/// folded to lowercase, quoted ones as written.
package indirect enum Syntax: Hashable, Sendable {
  // Tables and what hangs on them
  case createTable(CreateTable)
  case createTableAs(CreateTableAs)
  case alterTable(AlterTable)
  case createIndex(CreateIndex)
  case createTrigger(CreateTrigger)
  case createRule(CreateRule)
  case createView(CreateView)
  case refreshMaterializedView(RefreshMaterializedView)
  case createSequence(CreateSequence)
  case alterSequence(AlterSequence)

  // Other objects
  case createFunction(CreateFunction)
  case alterFunction(AlterFunction)
  case createType(CreateType)
  case alterEnum(AlterEnum)
  case createDomain(CreateDomain)
  case alterDomain(AlterDomain)
  case createSchema(CreateSchema)
  case createExtension(CreateExtension)
  case alterExtension(AlterExtension)
  case createPublication(CreatePublication)
  case alterPublication(AlterPublication)
  case createEventTrigger(CreateEventTrigger)
  case alterEventTrigger(AlterEventTrigger)
  case foreignData(ForeignData)
  case defineObject(DefineObject)

  // Any object
  case drop(Drop)
  case rename(Rename)
  case setSchema(SetSchema)
  case changeOwner(ChangeOwner)
  case comment(CommentOn)

  // Who may do what
  case createPolicy(CreatePolicy)
  case alterPolicy(AlterPolicy)
  case createRole(CreateRole)
  case alterRole(AlterRole)
  case alterRoleSetting(AlterRoleSetting)
  case grant(Grant)
  case grantRole(GrantRole)
  case alterDefaultPrivileges(AlterDefaultPrivileges)
  case reassignOwned(ReassignOwned)

  // Data
  case select(Select)
  case insert(Insert)
  case update(Update)
  case delete(Delete)
  case truncate(Truncate)
  case copy(Copy)
  case call(Call)
  case doBlock(DoBlock)

  // The session, the transaction, the cluster
  case setParameter(SetParameter)
  case transaction(TransactionControl)
  case lock(LockTable)
  case maintenance(Maintenance)
  case cluster(ClusterCommand)

  /// A statement that parses and has no value of its own here; `node` is the parser's name for it, as `ExplainStmt`.
  case other(node: String)
  /// A statement that the parser does not know: newer than PostgreSQL 15's grammar, or wrong.
  case unparsed(SyntaxError)
}

/// Why the parser refused one statement.
package struct SyntaxError: Error, Hashable, Sendable {
  /// PostgreSQL's own words, as `syntax error at or near "retruning"`.
  package let message: String
  /// Where it stopped, as a byte offset into the file, inside the statement or at its end.
  package let location: Int
  /// The same place for people.
  package let position: SourcePosition
  /// Whether the statement was not even shown to the parser, because of its size or its depth.
  package let isLeftToServer: Bool
}

extension SyntaxError: CustomStringConvertible {
  package var description: String { "\(position): \(message)" }
}
