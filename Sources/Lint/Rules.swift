internal import Basics

/// The catalogue of rules.
package enum Rules {
  /// Every rule there is, by name: the only list of them.
  package static let all: [any Rule] = [
    AddRequiredColumn(),
    CreateIndexNotConcurrent(),
    DropColumn(),
    DropTable(),
    DuplicateOrOutOfOrderVersion(),
    FileNameFormat(),
    ForeignKeyExplicitOnDelete(),
    ForeignKeyMissingIndex(),
    HardcodedIdentifier(),
    HardcodedSecret(),
    NonidempotentDDL(),
    RequirePrimaryKey(),
    RequireServiceRolePolicy(),
    RequireTableComment(),
    RequireTimestamps(),
    RowSecurityDisabled(),
    SyntaxErrorRule(),
    UnparsedStatement(),
    UnusedIgnore(),
  ]

  /// Their names, in the same order.
  package static var names: [String] { all.map(\.about.name.rawValue) }

  package static func named(_ name: String) -> (any Rule)? {
    all.first { $0.about.name.rawValue == name }
  }
}
