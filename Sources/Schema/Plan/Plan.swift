/// The SQL that turns one schema into another.
package struct Plan: Sendable {
  package struct Options: Sendable {
    /// Whether the columns of a table come out in the order that the second schema has them in.
    package enum ColumnOrder: String, Sendable, CaseIterable {
      /// A table is made anew and its rows taken over where a column belongs before one that stays.
      case exact
      /// New columns come last.
      case any
    }

    package var columnOrder: ColumnOrder
    /// Whether indexes and constraints of tables that are there are made without keeping others from writing to them.
    package var isOnline: Bool

    package init(columnOrder: ColumnOrder = .exact, isOnline: Bool = false) {
      self.columnOrder = columnOrder
      self.isOnline = isOnline
    }
  }

  /// One statement, without a semicolon.
  package struct Step: Hashable, Sendable {
    package let sql: String
    /// What rows and values it does away with: `table public.orders with its rows`.
    package var losses: [String] = []
  }

  /// What belongs into one transaction, or cannot be in any.
  package struct Part: Hashable, Sendable {
    /// Never empty.
    package let steps: [Step]
    /// False for a single statement that PostgreSQL runs in no transaction: `CREATE INDEX CONCURRENTLY`.
    package let isTransaction: Bool
  }

  /// In the order in which they run.
  package let parts: [Part]

  /// What rows and values the plan does away with, one a line, sorted by what they are of.
  package let losses: [String]
  /// What they are of.
  let lost: Set<Fact.ID>

  package var isEmpty: Bool { parts.isEmpty }

  /// In the order in which they run, without semicolons.
  package var statements: [String] { parts.flatMap { $0.steps.map(\.sql) } }

  package init(from source: SchemaState, to target: SchemaState, options: Options = Options()) throws(PlanError) {
    let planner = Planner(from: source, to: target, options: options)
    var graph = ActionGraph(planner)
    var actions: [Action]
    do {
      actions = try graph.sorted()
    } catch {
      graph = ActionGraph(planner, isAtomic: true)
      actions = try graph.sorted()
    }
    let losses = planner.losses
    lost = Set(losses.keys)
    self.losses = losses.sorted { $0.key < $1.key }.map(\.value)
    var lossesByAction: [Action: [String]] = [:]
    for (id, loss) in losses.sorted(by: { $0.key < $1.key }) {
      if let action = graph.removal(of: id) { lossesByAction[action, default: []].append(loss) }
    }
    let writer = StatementWriter(planner, graph, role: source.role)
    var schedule = Schedule()
    for action in actions {
      var steps = writer.statements(for: action).map { Step(sql: $0.isOfText ? $0 : $0.reparsable) }
      if let losses = lossesByAction[action], !steps.isEmpty { steps[steps.count - 1].losses = losses }
      let isOnline = options.isOnline && OnlineForm(of: action, planner, graph)?.schedule(&steps, in: &schedule) == true
      if !isOnline { schedule.steps += steps }
    }
    parts = schedule.parts
  }
}

// MARK: - As text

extension Plan {
  /// All of it, without transactions.
  package var sql: String { Self.text(of: parts.flatMap(\.steps)) }

  /// For psql: what can be one transaction is one, so that a kill at any moment leaves nothing half-done.
  package var script: String {
    parts.map { part in
      part.isTransaction
        ? "BEGIN;\n\n\(Self.text(of: part.steps, isLocal: true))\nCOMMIT;\n" : Self.text(of: part.steps)
    }.joined(separator: "\n")
  }

  fileprivate static func text(of steps: [Step], isLocal: Bool = false) -> String {
    // Bodies of functions may name what is made later.
    let settings =
      steps.contains(where: \.sql.isOfRoutine) ? ["SET \(isLocal ? "LOCAL " : "")check_function_bodies = off"] : []
    return (settings + steps.map(\.sql)).map { "\($0);\n" }.joined(separator: "\n")
  }
}

extension Plan.Part {
  /// As a migration's file, which is a transaction by itself where it can be one.
  package var sql: String {
    (isTransaction ? "" : "-- supabase:disable-transaction\n") + Plan.text(of: steps)
  }
}

// MARK: - Transactions

/// Which steps of a plan run together.
struct Schedule {
  /// Each alone and before all others.
  var early: [Plan.Step] = []
  var steps: [Plan.Step] = []
  /// Each alone, when these are done.
  var concurrent: [Plan.Step] = []
  /// In a transaction when those are done.
  var late: [Plan.Step] = []
  /// In another, which holds stronger locks and not for long.
  var last: [Plan.Step] = []

  var parts: [Plan.Part] {
    Self.alone(early) + Self.transactions(steps) + Self.alone(concurrent) + Self.transactions(late)
      + Self.transactions(last)
  }

  /// One, or two where a label of an enum is added and used: PostgreSQL wants the first to be over then.
  private static func transactions(_ steps: [Plan.Step]) -> [Plan.Part] {
    guard let last = steps.lastIndex(where: { $0.sql.addedLabel != nil }) else { return part(steps[...]) }
    let labels = steps[...last].compactMap(\.sql.addedLabel)
    let rest = steps[(last + 1)...]
    guard rest.contains(where: { step in labels.contains { step.sql.contains($0) } }) else { return part(steps[...]) }
    return part(steps[...last]) + part(rest)
  }

  private static func alone(_ steps: [Plan.Step]) -> [Plan.Part] {
    steps.map { Plan.Part(steps: [$0], isTransaction: false) }
  }

  private static func part(_ steps: ArraySlice<Plan.Step>) -> [Plan.Part] {
    steps.isEmpty ? [] : [Plan.Part(steps: Array(steps), isTransaction: true)]
  }
}

extension String {
  /// The literal of the label that `ALTER TYPE ... ADD VALUE 'label' AFTER ...` adds.
  fileprivate var addedLabel: String? {
    guard hasPrefix("ALTER TYPE "), let start = firstRange(of: " ADD VALUE ")?.upperBound else { return nil }
    let rest = self[start...]
    let end = rest.firstRange(of: "' AFTER ") ?? rest.firstRange(of: "' BEFORE ")
    return end.map { String(rest[..<rest.index(after: $0.lowerBound)]) } ?? String(rest)
  }

  /// Whether the statement is all or mostly a text that is to stay what it is.
  fileprivate var isOfText: Bool {
    isOfRoutine || hasPrefix("COMMENT ON")
  }

  fileprivate var isOfRoutine: Bool {
    hasPrefix("CREATE OR REPLACE FUNCTION") || hasPrefix("CREATE OR REPLACE PROCEDURE")
  }
}
