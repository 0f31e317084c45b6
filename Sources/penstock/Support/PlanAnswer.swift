import Migrations
import Pipeline
import Schema

/// How a plan is told: as SQL or JSON on standard output, or as migrations; what there is to know of it on standard
/// error.
struct PlanAnswer: Encodable {
  let statements: [String]
  let losses: [String]
  let possibleRenames: [String]
  let unmodelled: [Unmodelled]
  let proof: PlanProof
  /// The migrations that were written, as seen from the repository's root.
  var files: [String]?
  /// Of a rollback: what does not come back with the schema.
  var cannotReturn: [String]?

  init(_ tried: TriedPlan) {
    statements = tried.plan.statements
    losses = tried.plan.losses
    possibleRenames = tried.renames
    unmodelled = tried.unmodelled
    proof = tried.proof
  }

  /// What to know before running it, a line each.
  var remarks: [String] {
    var lines: [String] = []
    if !losses.isEmpty { lines.append("This plan does away with:" + losses.map { "\n  - \($0)" }.joined()) }
    if let cannotReturn, !cannotReturn.isEmpty {
      lines.append("It does not bring back:" + cannotReturn.map { "\n  - \($0)" }.joined())
    }
    lines += (cannotReturn == nil ? possibleRenames : []).map {
      "If that is a rename, write this instead, and nothing is lost: \($0);"
    }
    lines += unmodelled.map { "Not compared, because no fact describes it: \($0)" }
    return lines + (statements.isEmpty ? [] : proof.lines)
  }
}

extension Workspace {
  /// Writes a plan as migrations: one for each of its transactions, and for each statement that can be in none.
  ///
  /// - Parameters:
  ///   - name: Of the first one.
  ///   - title: What the files say that they are.
  /// - Returns: The files, as seen from the repository's root.
  func write(_ tried: TriedPlan, as name: String, title: String, notes: [String] = []) async throws -> [String] {
    var files: [String] = []
    for (index, part) in tried.plan.parts.enumerated() {
      let count = tried.plan.parts.count
      let place = count == 1 ? "" : ", part \(index + 1) of \(count)"
      let lines = [title + place + "."] + tried.plan.losses.map { "Does away with \($0)." } + notes + tried.proof.lines
      let comment = lines.flatMap { $0.split(separator: "\n") }.map { "-- \($0)\n" }.joined()
      let scaffold = try Scaffold(index == 0 ? name : "\(name) \(index + 1)", template: .empty)
      // A directive is on the first line.
      let text = part.isTransaction ? comment + "\n" + part.sql : part.sql + "\n" + comment
      files.append(try await write(scaffold, sql: text))
    }
    return files
  }
}
