extension Syntax {
  /// Kinds of statements, one bit for each case of ``Syntax``.
  package struct Kinds: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    private init(bit: UInt64) {
      rawValue = 1 << bit
    }

    package static let all = Kinds(rawValue: .max)

    package static let createTable = Kinds(bit: 0)
    package static let createTableAs = Kinds(bit: 1)
    package static let alterTable = Kinds(bit: 2)
    package static let createIndex = Kinds(bit: 3)
    package static let createTrigger = Kinds(bit: 4)
    package static let createRule = Kinds(bit: 5)
    package static let createView = Kinds(bit: 6)
    package static let refreshMaterializedView = Kinds(bit: 7)
    package static let createSequence = Kinds(bit: 8)
    package static let alterSequence = Kinds(bit: 9)
    package static let createFunction = Kinds(bit: 10)
    package static let alterFunction = Kinds(bit: 11)
    package static let createType = Kinds(bit: 12)
    package static let alterEnum = Kinds(bit: 13)
    package static let createDomain = Kinds(bit: 14)
    package static let alterDomain = Kinds(bit: 15)
    package static let createSchema = Kinds(bit: 16)
    package static let createExtension = Kinds(bit: 17)
    package static let alterExtension = Kinds(bit: 18)
    package static let createPublication = Kinds(bit: 19)
    package static let alterPublication = Kinds(bit: 20)
    package static let createEventTrigger = Kinds(bit: 21)
    package static let alterEventTrigger = Kinds(bit: 22)
    package static let foreignData = Kinds(bit: 23)
    package static let defineObject = Kinds(bit: 24)
    package static let drop = Kinds(bit: 25)
    package static let rename = Kinds(bit: 26)
    package static let setSchema = Kinds(bit: 27)
    package static let changeOwner = Kinds(bit: 28)
    package static let comment = Kinds(bit: 29)
    package static let createPolicy = Kinds(bit: 30)
    package static let alterPolicy = Kinds(bit: 31)
    package static let createRole = Kinds(bit: 32)
    package static let alterRole = Kinds(bit: 33)
    package static let alterRoleSetting = Kinds(bit: 34)
    package static let grant = Kinds(bit: 35)
    package static let grantRole = Kinds(bit: 36)
    package static let alterDefaultPrivileges = Kinds(bit: 37)
    package static let reassignOwned = Kinds(bit: 38)
    package static let select = Kinds(bit: 39)
    package static let insert = Kinds(bit: 40)
    package static let update = Kinds(bit: 41)
    package static let delete = Kinds(bit: 42)
    package static let truncate = Kinds(bit: 43)
    package static let copy = Kinds(bit: 44)
    package static let call = Kinds(bit: 45)
    package static let doBlock = Kinds(bit: 46)
    package static let setParameter = Kinds(bit: 47)
    package static let transaction = Kinds(bit: 48)
    package static let lock = Kinds(bit: 49)
    package static let maintenance = Kinds(bit: 50)
    package static let cluster = Kinds(bit: 51)
    package static let other = Kinds(bit: 52)
    package static let unparsed = Kinds(bit: 53)
  }

  /// The statement's own kind.
  package var kind: Kinds {
    switch self {
    case .createTable: .createTable
    case .createTableAs: .createTableAs
    case .alterTable: .alterTable
    case .createIndex: .createIndex
    case .createTrigger: .createTrigger
    case .createRule: .createRule
    case .createView: .createView
    case .refreshMaterializedView: .refreshMaterializedView
    case .createSequence: .createSequence
    case .alterSequence: .alterSequence
    case .createFunction: .createFunction
    case .alterFunction: .alterFunction
    case .createType: .createType
    case .alterEnum: .alterEnum
    case .createDomain: .createDomain
    case .alterDomain: .alterDomain
    case .createSchema: .createSchema
    case .createExtension: .createExtension
    case .alterExtension: .alterExtension
    case .createPublication: .createPublication
    case .alterPublication: .alterPublication
    case .createEventTrigger: .createEventTrigger
    case .alterEventTrigger: .alterEventTrigger
    case .foreignData: .foreignData
    case .defineObject: .defineObject
    case .drop: .drop
    case .rename: .rename
    case .setSchema: .setSchema
    case .changeOwner: .changeOwner
    case .comment: .comment
    case .createPolicy: .createPolicy
    case .alterPolicy: .alterPolicy
    case .createRole: .createRole
    case .alterRole: .alterRole
    case .alterRoleSetting: .alterRoleSetting
    case .grant: .grant
    case .grantRole: .grantRole
    case .alterDefaultPrivileges: .alterDefaultPrivileges
    case .reassignOwned: .reassignOwned
    case .select: .select
    case .insert: .insert
    case .update: .update
    case .delete: .delete
    case .truncate: .truncate
    case .copy: .copy
    case .call: .call
    case .doBlock: .doBlock
    case .setParameter: .setParameter
    case .transaction: .transaction
    case .lock: .lock
    case .maintenance: .maintenance
    case .cluster: .cluster
    case .other: .other
    case .unparsed: .unparsed
    }
  }
}
