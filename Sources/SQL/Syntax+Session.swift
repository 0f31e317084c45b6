extension Syntax {
  /// `SET`, `RESET`, and the same inside `CREATE FUNCTION` and `ALTER ROLE`.
  package struct SetParameter: Hashable, Sendable {
    /// As written, in lowercase: `search_path`, `role`, `session_authorization`, `timezone`. Empty for `RESET ALL`;
    /// `transaction` and `session characteristics` for the statements of those names.
    package var name: String
    package var action: Action
    /// Said with `LOCAL`: until the end of the transaction.
    package var isLocal: Bool

    package enum Action: Hashable, Sendable {
      /// As text: `on`, `5s`, `100`; empty for the options of a transaction.
      case set([String])
      case setDefault
      case fromCurrent
      case reset
    }

    /// What it is set to, empty when it is reset.
    package var values: [String] {
      if case .set(let values) = action { values } else { [] }
    }
  }

  /// `BEGIN`, `COMMIT` and their kin.
  package enum TransactionControl: Hashable, Sendable {
    /// Also `START TRANSACTION`.
    case begin
    /// Also `END`; `chains` with `AND CHAIN`, which begins the next transaction at once.
    case commit(chains: Bool)
    /// Also `ABORT`.
    case rollback(chains: Bool)
    case savepoint(String)
    case releaseSavepoint(String)
    case rollbackToSavepoint(String)
    /// `PREPARE TRANSACTION`: ends the transaction here, to be finished elsewhere.
    case prepare

    /// Whether it begins or ends a transaction; a savepoint does neither.
    package var isBoundary: Bool {
      switch self {
      case .begin, .commit, .rollback, .prepare: true
      case .savepoint, .releaseSavepoint, .rollbackToSavepoint: false
      }
    }
  }

  /// `LOCK TABLE`.
  package struct LockTable: Hashable, Sendable {
    package var tables: [QualifiedName]
    /// As PostgreSQL numbers them: 1 `ACCESS SHARE` to 8 `ACCESS EXCLUSIVE`.
    package var mode: Int
    package var noWait: Bool
  }

  /// `VACUUM`, `ANALYZE`, `CLUSTER` and `REINDEX`.
  package struct Maintenance: Hashable, Sendable {
    package var command: Command
    /// Empty for the whole database.
    package var relations: [QualifiedName]

    package enum Command: Hashable, Sendable {
      case vacuum(full: Bool)
      case analyze
      case cluster
      case reindex(ReindexTarget, concurrently: Bool)
    }

    package enum ReindexTarget: Hashable, Sendable { case index, table, schema, system, database }
  }

  /// What concerns the whole cluster, not one database's schema.
  package enum ClusterCommand: Hashable, Sendable {
    case alterSystem
    case createDatabase(String)
    case dropDatabase(String, ifExists: Bool)
    case alterDatabase(String, movesTablespace: Bool)
    case createTablespace(String)
    case dropTablespace(String, ifExists: Bool)
    case dropRole([RoleName], ifExists: Bool)
    case createSubscription(String, createsSlot: Bool)
    /// `refreshes` when it asks the publisher which tables there are.
    case alterSubscription(String, refreshes: Bool)
    case dropSubscription(String, ifExists: Bool)
    /// `COMMIT PREPARED` and `ROLLBACK PREPARED`.
    case finishPrepared(commits: Bool)
  }
}
