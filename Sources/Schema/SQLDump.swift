/// A schema as SQL that makes it: the plan that leads there from an empty database, the same text for the same schema,
/// whatever order it was made in.
///
/// What no fact describes is only named, in a comment at the end. Passwords are in no fact and in no dump.
package struct SQLDump: Sendable {
  package enum Part: Sendable {
    case everything
    /// Row security and policies.
    case policies
    /// What is in some schemas, and they; what it needs of others is not.
    case schemas(Set<String>)
  }

  /// Statements, each ended by a semicolon and a line end.
  package let text: String

  package init(_ state: SchemaState, part: Part = .everything) throws(PlanError) {
    let plan: Plan
    switch part {
    case .everything:
      plan = try Plan(from: state.filtered { $0.isInEveryDatabase ? $0 : nil }, to: state)
      let missing = state.snapshot.unmodelled.map { "-- Not in this dump: \($0)\n" }
      text = plan.sql + (missing.isEmpty ? "" : "\n" + missing.joined())
    case .schemas(let names):
      func isChosen(_ fact: Fact) -> Bool {
        names.contains(fact.id.object.schema ?? (fact.id.object.kind == .schema ? fact.id.object.name : ""))
      }
      plan = try Plan(
        from: state.filtered { $0.isInEveryDatabase && isChosen($0) ? $0 : nil },
        to: state.filtered { isChosen($0) ? $0 : nil })
      text = plan.sql
    case .policies:
      plan = try Plan(
        from: state.filtered { $0.id.kind == .table ? $0.without("row security", "force row security") : nil },
        to: state.filtered { [.table, .policy].contains($0.id.kind) ? $0 : nil })
      text = plan.sql
    }
  }
}

extension SchemaState {
  /// The state without some facts, or with others in their place.
  fileprivate func filtered(_ transform: (Fact) -> Fact?) -> SchemaState {
    SchemaState(
      snapshot: Snapshot(
        facts: snapshot.facts.compactMap(transform), unmodelled: [], serverVersion: snapshot.serverVersion),
      dependencies: dependencies, role: "")
  }
}

extension Fact {
  /// Whether a database has it from its beginning.
  fileprivate var isInEveryDatabase: Bool {
    switch id.kind {
    case .schema: id.object.name == "public"
    case .extension: id.object.name == "plpgsql"
    default: false
    }
  }

  /// The fact with some attributes unsaid.
  func without(_ names: String...) -> Fact {
    Fact(
      id: id, attributes: attributes.filter { !names.contains($0.name) }, definition: definition, relation: relation,
      address: address)
  }
}
