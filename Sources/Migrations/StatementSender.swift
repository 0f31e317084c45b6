internal import Basics
internal import Postgres
internal import SQL

/// Sends what applying a migration consists of, one by one or many at a time, and knows what an error belongs to.
struct StatementSender {
  private struct Envelope {
    let query: Query
    /// The statement of the file that this is sent for.
    let origin: Int?
  }

  /// How many statements travel together at most.
  private static let batch = 512

  private let application: Application
  private let adaptation: any Adaptation
  private let pace: Pace
  private let observer: (any StatementObserver)?
  private var queue: [Envelope] = []
  private(set) var omissions: [AppliedMigration.Omission] = []

  /// - Parameter observer: Only for a stepwise pace.
  init(
    _ application: Application, adaptation: any Adaptation, pace: Pace, observer: (any StatementObserver)? = nil
  ) {
    self.application = application
    self.adaptation = adaptation
    self.pace = pace
    self.observer = observer
  }

  /// What an earlier migration may have left in the session: a role, `search_path`, `check_function_bodies`,
  /// plans.
  mutating func enqueueSessionReset() {
    enqueueRoleReset(local: false)
    enqueue("reset all")
    // A trigger's plan for a column whose type has changed since would fail, in this session only. In a pipeline it would
    // be the transaction's first query, before which a file may SET TRANSACTION.
    if pace == .stepwise { enqueue("discard plans") }
    for sql in adaptation.sessionSetup { enqueue(Query(sql)) }
  }

  /// - Parameter local: Whether the limits end with the transaction.
  mutating func enqueue(_ limits: TimeLimits, local: Bool) {
    for (setting, limit) in [("lock_timeout", limits.lock), ("statement_timeout", limits.statement)] {
      guard let limit else { continue }
      // Zero would be no limit at all.
      let milliseconds = max(1, Int(limit.milliseconds.rounded()))
      enqueue(Query("set \(local ? "local " : "")\(setting) = \(milliseconds)"))
    }
  }

  /// The row that says that the migration is applied.
  ///
  /// - Parameter local: Whether a transaction is open.
  mutating func enqueueHistoryRow(local: Bool) {
    enqueueRoleReset(local: local)
    enqueue(Query(History.insertion, History.insertionParameters(application.historyEntry)))
  }

  /// The rows that say that the migration is promoted. A transaction is open.
  mutating func enqueueRecord(of migration: Migration, duration: Duration, for deployment: Deployment) {
    enqueueHistoryRow(local: true)
    enqueue(deployment.insertion)
    if let insertion = deployment.defaultsInsertion { enqueue(insertion) }
    enqueue(deployment.insertion(of: migration, duration: duration))
  }

  /// That the migration is not applied any more. A transaction is open.
  mutating func enqueueRemoval(of versions: [String], for deployment: Deployment) {
    enqueueRoleReset(local: true)
    enqueue(Query("delete from supabase_migrations.schema_migrations where version = any ($1)", [versions]))
    enqueue(Query("delete from penstock.migrations where version = any ($1)", [versions]))
    enqueue(Query("delete from penstock.journal where version = any ($1)", [versions]))
    enqueue(deployment.insertion)
  }

  /// Rows of the journal. A transaction is open.
  mutating func enqueueJournal(_ statements: [Int], isDone: Bool) {
    enqueueRoleReset(local: true)
    for index in statements {
      enqueue(
        Journal.entry(
          version: application.migration.version, statement: index, of: application.script, isDone: isDone))
    }
  }

  /// From here on the login's own role is at work, whatever role the file took; in a transaction, until its end.
  mutating func enqueueRoleReset(local: Bool) {
    enqueue(local ? "set local session authorization default" : "reset session authorization")
    enqueue(local ? "set local role none" : "reset role")
  }

  mutating func enqueue(_ query: Query) {
    queue.append(Envelope(query: query, origin: nil))
  }

  /// The whole file with all that goes with it, one COMMIT among it, at its end; nil when it takes more than one text.
  mutating func text(limits: TimeLimits, serverVersion: Int) -> String? {
    guard application.plan.isTransactional else { return nil }
    enqueueSessionReset()
    enqueue("begin")
    enqueue(limits, local: true)
    for index in application.plan.steps.flatMap(\.statements) {
      let statement = application.script.statements[index]
      guard statement.copyData == nil else { return nil }
      switch adaptation.adapt(statement, serverVersion: serverVersion) {
      case .skip(let reason):
        omissions.append(.init(position: statement.position, reason: reason))
      case .send(let sql, let before, let after, let note):
        if let note { omissions.append(.init(position: statement.position, reason: note)) }
        for text in before + [sql] + after { enqueue(Query(text)) }
      }
    }
    enqueue("commit")
    return Self.text(of: queue)
  }

  /// Sends statements of the file, given by index; in a pipeline the last ones may wait for `flush`.
  mutating func send(_ indexes: [Int], on connection: isolated Connection) async throws(ApplyFailure) {
    for index in indexes {
      let statement = application.script.statements[index]
      if let observer {
        try await flush(on: connection)
        do {
          try await observer.willRun(index, of: application, on: connection)
        } catch {
          throw ApplyFailure(path: application.migration.path, cause: .postgres(error))
        }
      }
      switch adaptation.adapt(statement, serverVersion: connection.serverVersion) {
      case .skip(let reason):
        omissions.append(.init(position: statement.position, reason: reason))
      case .send(let sql, let before, let after, let note):
        if let note { omissions.append(.init(position: statement.position, reason: note)) }
        queue += before.map { Envelope(query: Query($0), origin: index) }
        if let data = statement.copyData {
          try await flush(on: connection)
          do {
            _ = try await connection.copyIn(sql, data: Array(application.migration.bytes[data]))
          } catch {
            throw failure(error, of: Envelope(query: Query(sql), origin: index), on: connection)
          }
        } else {
          queue.append(Envelope(query: Query(sql), origin: index))
        }
        queue += after.map { Envelope(query: Query($0), origin: index) }
      }
      if pace == .stepwise || queue.count >= Self.batch { try await flush(on: connection) }
      if let observer {
        do {
          try await observer.didRun(index, of: application, on: connection)
        } catch {
          throw ApplyFailure(path: application.migration.path, cause: .postgres(error))
        }
      }
    }
  }

  /// Sends what is still waiting, and waits until it is done.
  mutating func flush(on connection: isolated Connection) async throws(ApplyFailure) {
    let envelopes = queue
    queue = []
    switch pace {
    case .stepwise:
      for envelope in envelopes {
        do {
          _ = try await connection.execute(envelope.query.sql, envelope.query.parameters)
        } catch {
          throw failure(error, of: envelope, on: connection)
        }
      }
    case .pipelined:
      guard !envelopes.isEmpty else { return }
      do {
        if try await sendAsScript(envelopes, on: connection) { return }
        _ = try await connection.pipeline(envelopes.map(\.query), dropsRows: true)
      } catch {
        throw failure(error, of: error.statementIndex.map { envelopes[$0] }, on: connection)
      }
    }
  }

  /// Sends statements as one text, which saves the server much of its work, where nothing else is in their transaction:
  /// when one fails, they are sent again by themselves to learn which. The server reads the text before it runs any of
  /// it, so that none may say how the others are to be read.
  ///
  /// - Returns: Whether they are done.
  private func sendAsScript(
    _ envelopes: [Envelope], on connection: isolated Connection
  ) async throws(PostgresError) -> Bool {
    guard connection.transactionStatus == .idle, connection.hasStandardStrings, let text = Self.text(of: envelopes)
    else { return false }
    do {
      try await connection.script(text)
      return true
    } catch  where error.code == .server {
      await connection.rollBack()
      return false
    }
  }

  private static func text(of envelopes: [Envelope]) -> String? {
    let isPlain = envelopes.allSatisfy {
      $0.query.parameters.isEmpty && !$0.query.sql.contains("standard_conforming_strings")
    }
    return isPlain ? envelopes.map(\.query.sql).joined(separator: ";\n") : nil
  }

  private func failure(
    _ error: PostgresError, of envelope: Envelope?, on connection: isolated Connection
  ) -> ApplyFailure {
    guard let envelope, let index = envelope.origin else {
      return ApplyFailure(path: application.migration.path, cause: .postgres(error))
    }
    let script = application.script
    let explained = adaptation.explain(error, of: script.statements[index], serverVersion: connection.serverVersion)
    return ApplyFailure(
      explained, path: application.migration.path, statement: index, of: script, sent: envelope.query.sql)
  }
}
