internal import Basics
internal import SQL

/// What undoes a migration, as the target keeps it from the promotion on.
package struct Rollback: Hashable, Sendable, Codable {
  /// Empty where there is nothing in the schema to undo.
  package let sql: String
  /// Whether it made the schema what it was before, on the shadow.
  package let isProved: Bool
  /// What rows and values it does away with, and what it cannot bring back.
  package let loses: [String]

  package init(sql: String, isProved: Bool, loses: [String]) {
    self.sql = sql
    self.isProved = isProved
    self.loses = loses
  }
}

extension Application {
  /// What the migration does to rows and no schema says, so that nothing undoes it: `UPDATE at line 3`.
  package var changesOfRows: [String] {
    script.statements.compactMap { statement in
      let verb: String? =
        switch statement.syntax {
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        case .truncate: "TRUNCATE"
        case .copy(let copy) where copy.isFrom: "COPY"
        case .select(let select) where select.modifiesData: "SELECT that changes rows"
        default: nil
        }
      return verb.map { "\($0) at line \(statement.position.line)" }
    }
  }
}
