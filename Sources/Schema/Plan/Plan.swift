/// The SQL that turns one schema into another.
package struct Plan: Sendable {
  package struct Options: Sendable {
    /// Whether the columns of a table come out in the order that the second schema has them in.
    package enum ColumnOrder: Sendable {
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

  package var isEmpty: Bool { statements.isEmpty }

  /// - Returns: Nil when no order of the steps was found in which each can be done.
  package init?(from source: SchemaState, to target: SchemaState, options: Options = Options()) {
    let planner = Planner(from: source, to: target, options: options)
    for isAtomic in [false, true] {
      let graph = ActionGraph(planner, isAtomic: isAtomic)
      guard let actions = graph.sorted() else { continue }
      let writer = StatementWriter(planner, graph, role: source.role)
      statements = actions.flatMap { writer.statements(for: $0) }
      return
    }
    return nil
  }

  /// For psql, or as a migration's file.
  package var sql: String {
    guard !isEmpty else { return "" }
    // Bodies of functions may name what is made later.
    let isOfFunctions = statements.contains { $0.hasPrefix("CREATE OR REPLACE FUNCTION") || $0.hasPrefix("CREATE OR REPLACE PROCEDURE") }
    let lines = (isOfFunctions ? ["SET check_function_bodies = off"] : []) + statements
    return lines.map { "\($0);\n" }.joined(separator: "\n")
  }
}
