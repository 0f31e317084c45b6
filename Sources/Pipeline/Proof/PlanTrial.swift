internal import Migrations
package import Postgres
package import Schema
internal import Shadow

/// Tries a plan on a copy of the schema that it begins with, and looks whether what comes of it is the other one.
package struct PlanTrial: Sendable {
  /// Whose words `pg_dump` must find again in the copy.
  package enum Wanted: Sendable {
    /// Those of the second schema's own database; where pg_dump may not read it, those of a copy.
    case database(ConnectionString)
    /// Those of a second copy, made into the second schema in one go.
    case copy
  }

  let ground: ProvingGround
  let source: SchemaState
  let target: SchemaState
  let wanted: Wanted
  var options = Plan.Options()

  package init(
    on ground: ProvingGround, from source: SchemaState, to target: SchemaState, wanted: Wanted,
    options: Plan.Options = .init()
  ) {
    self.ground = ground
    self.source = source
    self.target = target
    self.wanted = wanted
    self.options = options
  }

  /// - Throws: When the shadow cannot be used; whatever is wrong with the plan is in the proof.
  package func proof(of plan: Plan) async throws -> PlanProof {
    do {
      do {
        return try await attempt(plan, withRows: true)
      } catch let failure as FailureOverRows {
        var proof = try await attempt(plan, withRows: false)
        proof.rows = failure.rows
        proof.hazards.append("it fails on a table with rows: \(failure.step)")
        return proof
      }
    } catch let failure as StepFailure {
      return Self.unproved("it does not apply: \(failure)")
    } catch let unproved as Unproved {
      return Self.unproved(unproved.reason)
    } catch let error as PlanError {
      return Self.unproved("the schema could not be copied to a shadow: \(error)")
    }
  }

  package static func unproved(_ reason: String) -> PlanProof {
    var proof = PlanProof()
    proof.reasons = [reason]
    return proof
  }

  /// A statement that failed on a copy with rows.
  private struct FailureOverRows: Error {
    let step: StepFailure
    let rows: PlanProof.Rows
  }

  private func attempt(_ plan: Plan, withRows: Bool) async throws -> PlanProof {
    let expected = plan.keptRows(from: source.snapshot, to: target.snapshot)
    return try await ground.withCopy { copy in
      var proof = PlanProof()
      var before: [String: String] = [:]
      if withRows {
        let plantation = Plantation(Seed(source.snapshot), in: copy)
        proof.rows = try await plantation.plant()
        before = try await plantation.texts(of: expected, skipping: proof.rows.without)
      }
      do {
        proof.actions = try await PlanRun(plan, in: copy, on: ground.server).run()
      } catch let failure as StepFailure where proof.rows.tables > 0 {
        throw FailureOverRows(step: failure, rows: proof.rows)
      }
      try await compareRows(expected, before, in: copy, &proof)
      try await compareSchemas(in: copy, &proof)
      return proof
    }
  }

  private func compareRows(
    _ expected: [KeptRows], _ before: [String: String], in copy: ShadowDatabase, _ proof: inout PlanProof
  ) async throws {
    for kept in expected {
      guard let texts = before[kept.table] else { continue }
      switch try await Plantation.outcome(of: kept, texts, in: copy) {
      case .kept: break
      case .lost(let count, let of):
        proof.reasons.append("of \(of.count(of: "row")) of \(kept.table), \(count) are not there as they were")
      case .unread: proof.rows.unread.append(kept.table)
      }
    }
  }

  private func compareSchemas(in copy: ShadowDatabase, _ proof: inout PlanProof) async throws {
    let reached = try await ground.state(of: copy)
    var left = Difference(from: reached.snapshot, to: target.snapshot)
    let hasOrder = options.columnOrder == .exact || left.isEmpty
    if !hasOrder { left = left.withoutColumnOrder }
    if !left.isEmpty { proof.reasons.append("the copy is not what it should be then: \(left.excerpt)") }
    if left.isEmpty {
      do {
        let again = try Plan(from: reached, to: target, options: options)
        if !again.isEmpty {
          proof.reasons.append("planning again gives \(again.statements.count.count(of: "statement")) more")
        }
      } catch {
        proof.reasons.append("planning again finds no way: \(error)")
      }
    }
    guard hasOrder else { return }
    let lines = try await dump(of: copy.superuser).difference(to: try await wantedDump())
    if !lines.isEmpty {
      proof.reasons.append(
        "pg_dump finds \(lines.count.count(of: "line")) that differ: \(lines.prefix(4).joined(separator: "; "))"
          + (lines.count > 4 ? "; ..." : ""))
    }
  }

  // MARK: pg_dump

  private func wantedDump() async throws -> SchemaDump {
    if case .database(let database) = wanted {
      do {
        return try await dump(of: database)
      } catch is Unproved {
        // It may be of a newer version, or have tables that we may not read.
      }
    }
    return try await ground.holding(target).withCopy { copy in
      let present = try await ground.state(of: copy).snapshot.unmodelled
      if let missing = target.snapshot.unmodelled.first(where: { !present.contains($0) }) {
        throw Unproved("no fact says what this is, so it could not be compared: \(missing)")
      }
      return try await dump(of: copy.superuser)
    }
  }

  private func dump(of database: ConnectionString) async throws -> SchemaDump {
    do throws(PostgresError) {
      return try await SchemaDump.read(
        database, with: ground.server.configuration.binaries, excluding: Self.ownSchemas)
    } catch {
      guard error.code == .serverStart else { throw error }
      throw Unproved(error.message)
    }
  }

  /// What Penstock and the history have for themselves, in a target or on a shadow.
  private static let ownSchemas = ["penstock", "penstock_platform", "supabase_migrations"]
}

extension Difference {
  /// Without tables whose columns are the same in another order.
  fileprivate var withoutColumnOrder: Difference {
    Difference(
      added: added, removed: removed,
      changed: changed.filter { $0.attributes.contains { $0.name != "column order" } }, unmodelled: unmodelled)
  }
}
