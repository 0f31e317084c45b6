internal import Basics

/// The catalogue of rules.
package enum Rules {
  /// Every rule there is, by name: the only list of them.
  package static let all: [any Rule] = [
    AddColumnCheckScan(),
    AddColumnRewrite(),
    AddRequiredColumn(),
    AlterTypeRewrite(),
    BulkDML(),
    RequireNotValid.check,
    CombineAlterTable(),
    ConcurrentlyInTransaction(),
    CreateIndexNotConcurrent(),
    DetachPartitionNotConcurrent(),
    DomainConstraintScan(),
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
    IdentifierTooLong(),
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
    SyntaxErrorRule(),
    TransactionNesting(),
    TriggerDDLLock(),
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
