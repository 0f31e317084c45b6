internal import Basics

/// The catalogue of rules.
package enum Rules {
  /// Every rule there is, by name: the only list of them.
  package static let all: [any Rule] = [
    AddRequiredColumn(),
    RequireNotValid.check,
    CombineAlterTable(),
    ConcurrentlyInTransaction(),
    CreateIndexNotConcurrent(),
    DetachPartitionNotConcurrent(),
    DropColumn(),
    DropIndexNotConcurrent(),
    DropTable(),
    DuplicateOrOutOfOrderVersion(),
    ConstraintBuildsIndex.exclusion,
    FileNameFormat(),
    ForeignKeyExplicitOnDelete(),
    ForeignKeyMissingIndex(),
    RequireNotValid.foreignKey,
    HardcodedIdentifier(),
    HardcodedSecret(),
    IdentifierTooLong(),
    LockTimeoutTooLong(),
    MixedDDLDML(),
    NonidempotentDDL(),
    ConstraintBuildsIndex.primaryKey,
    RefreshMatviewNotConcurrent(),
    ReindexNotConcurrent(),
    RequireTimeout.idle,
    RequireTimeout.lock,
    RequirePrimaryKey(),
    RequireSchemaQualified(),
    RequireServiceRolePolicy(),
    RequireTimeout.statement,
    RequireTableComment(),
    RequireTimestamps(),
    RowSecurityDisabled(),
    SessionStateLeak(),
    SetNotNullScan(),
    SyntaxErrorRule(),
    TransactionNesting(),
    UncommittedTransaction(),
    ConstraintBuildsIndex.unique,
    UnparsedStatement(),
    UnusedIgnore(),
    VacuumFullOrCluster(),
    ValidateInSameTransaction(),
  ]

  /// Their names, in the same order.
  package static var names: [String] { all.map(\.about.name.rawValue) }

  package static func named(_ name: String) -> (any Rule)? {
    all.first { $0.about.name.rawValue == name }
  }
}
