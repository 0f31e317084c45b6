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

    package init(columnOrder: ColumnOrder = .exact) {
      self.columnOrder = columnOrder
    }
  }

  /// In the order in which they run, without semicolons.
  package let statements: [String]

  /// What rows and values the plan does away with, one a line: `table public.orders with its rows`.
  package let losses: [String]

  package var isEmpty: Bool { statements.isEmpty }

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
    losses = planner.losses
    let writer = StatementWriter(planner, graph, role: source.role)
    statements = actions.flatMap { writer.statements(for: $0) }.map { $0.isOfText ? $0 : $0.reparsable }
  }

  /// For psql, or as a migration's file.
  package var sql: String {
    guard !isEmpty else { return "" }
    // Bodies of functions may name what is made later.
    let isOfFunctions = statements.contains(where: \.isOfRoutine)
    let lines = (isOfFunctions ? ["SET check_function_bodies = off"] : []) + statements
    return lines.map { "\($0);\n" }.joined(separator: "\n")
  }
}

extension String {
  /// Whether the statement is all or mostly a text that is to stay what it is.
  fileprivate var isOfText: Bool {
    isOfRoutine || hasPrefix("COMMENT ON")
  }

  fileprivate var isOfRoutine: Bool {
    hasPrefix("CREATE OR REPLACE FUNCTION") || hasPrefix("CREATE OR REPLACE PROCEDURE")
  }
}
