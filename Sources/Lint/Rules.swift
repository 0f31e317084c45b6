internal import Basics

/// The catalogue of rules.
package enum Rules {
  /// Every rule there is, by name: the only list of them.
  package static let all: [any Rule] = [
    AddColumnCheckScan(),
    AddColumnRewrite(),
    AddRequiredColumn(),
    TableWork.newType,
    AlterTypeRewrite(),
    TableWork.partition,
    BulkDML(),
    RequireNotValid.check,
    CombineAlterTable(),
    ConcurrentlyInTransaction(),
    CreateIndexNotConcurrent(),
    DetachPartitionNotConcurrent(),
    DomainConstraintScan(),
    DropCascade(),
    DropColumn(),
    DropIndexNotConcurrent(),
    DropTable(),
    DuplicateOrOutOfOrderVersion(),
    EnumAddValueUsed(),
    ConstraintBuildsIndex.exclusion,
    FileNameFormat(),
    ForeignKeyChangeLocksParent(),
    ForeignKeyExplicitOnDelete(),
    ForeignKeyMissingIndex(),
    RequireNotValid.foreignKey,
    HardcodedIdentifier(),
    HardcodedSecret(),
    HiddenDDL(),
    IdentifierTooLong(),
    LockOnLargeTable(),
    LockTimeoutTooLong(),
    MixedDDLDML(),
    NonidempotentDDL(),
    OtherTableRewrite(),
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
    StatementAfterAccessExclusive(),
    SyntaxErrorRule(),
    TransactionNesting(),
    TriggerDDLLock(),
    UncommittedTransaction(),
    ConstraintBuildsIndex.unique,
    UnparsedStatement(),
    UnusedIgnore(),
    VacuumFullOrCluster(),
    ValidateInSameTransaction(),
    WideLockWindow(),
  ]

  /// Their names, in the same order.
  package static var names: [String] { all.map(\.about.name.rawValue) }

  package static func named(_ name: String) -> (any Rule)? {
    all.first { $0.about.name.rawValue == name }
  }
}
