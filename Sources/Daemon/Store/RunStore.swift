internal import Basics
internal import GRDB
package import SystemPackage

/// The queue and the history of runs: an SQLite file.
///
/// It can be lost without losing a migration: what was promoted is known to the target, what became of a commit to the
/// notes, and what is to be done to the branches. All that must happen together is one transaction, on the disk when the
/// call returns (`synchronous = full`). Calls block, so that the store runs on a thread of its own, and none of them is
/// given up because its task was cancelled.
///
/// Every method throws `DaemonError`, code `storage`.
package actor RunStore {
  private nonisolated let executor = QueueExecutor(label: "penstock store")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let database: DatabaseQueue
  private let path: FilePath

  /// Opens the store, made if it is not there, and brings its tables up to date.
  ///
  /// Runs that a dead daemon left under way are queued again.
  package init(_ path: FilePath) throws(DaemonError) {
    var configuration = GRDB.Configuration()
    configuration.label = "penstock store"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }
    do {
      database = try DatabaseQueue(path: path.string, configuration: configuration)
      try StoreTables.migrator.migrate(database)
      try database.write { database in
        try database.execute(
          sql: "UPDATE runs SET result = 'queued', promoting = 0, started_at = NULL WHERE finished_at IS NULL")
      }
    } catch {
      throw Self.explain(error, path)
    }
    self.path = path
  }

  /// Does something in one transaction that writes.
  func write<Value>(_ body: (Database) throws -> Value) throws(DaemonError) -> Value {
    do {
      return try database.write(body)
    } catch let error as DaemonError {
      throw error
    } catch {
      throw Self.explain(error, path)
    }
  }

  /// Reads one state of the whole store.
  func read<Value>(_ body: (Database) throws -> Value) throws(DaemonError) -> Value {
    do {
      return try database.read(body)
    } catch let error as DaemonError {
      throw error
    } catch {
      throw Self.explain(error, path)
    }
  }

  private static func explain(_ error: any Error, _ path: FilePath) -> DaemonError {
    guard let error = error as? DatabaseError else { return DaemonError(.storage, "the store \(path): \(error)") }
    let advice =
      switch error.resultCode {
      case .SQLITE_FULL: "make room on the disk"
      case .SQLITE_IOERR:
        "is the disk full, or failing? (SQLite's code \(error.extendedResultCode.rawValue))"
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: "it must be this user's to write"
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        "it is damaged: move it away and start again; what was promoted is known to the targets, not to it"
      case .SQLITE_BUSY, .SQLITE_LOCKED: "another program works with it"
      default: "see SQLite's code \(error.extendedResultCode.rawValue)"
      }
    return DaemonError(.storage, "the store \(path): \(error.message ?? "unknown error"): \(advice)")
  }
}
