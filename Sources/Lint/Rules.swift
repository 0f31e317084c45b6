internal import Basics

/// The catalogue of rules.
package enum Rules {
  /// Every rule there is, by name: the only list of them.
  package static let all: [any Rule] = [
    TableScan.newColumn,
    TableRewrite.newColumn,
    AddRequiredColumn(),
    TableScan.newType,
    TableRewrite.newType,
    TableScan.partition,
    CreateIndexNotConcurrent(),
    TableScan.domain,
    DropCascade(),
    DropColumn(),
    DropTable(),
    DuplicateOrOutOfOrderVersion(),
    FileNameFormat(),
    ForeignKeyChangeLocksParent(),
    ForeignKeyExplicitOnDelete(),
    ForeignKeyMissingIndex(),
    HardcodedIdentifier(),
    HardcodedSecret(),
    HiddenDDL(),
    LockOnLargeTable(),
    NonidempotentDDL(),
    TableRewrite.other,
    RequirePrimaryKey(),
    RequireServiceRolePolicy(),
    RequireTableComment(),
    RequireTimestamps(),
    RowSecurityDisabled(),
    StatementAfterAccessExclusive(),
    SyntaxErrorRule(),
    TriggerDDLLock(),
    UnparsedStatement(),
    UnusedIgnore(),
    WideLockWindow(),
  ]

  /// Their names, in the same order.
  package static var names: [String] { all.map(\.about.name.rawValue) }

  package static func named(_ name: String) -> (any Rule)? {
    all.first { $0.about.name.rawValue == name }
  }
}
