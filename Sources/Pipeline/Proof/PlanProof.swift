/// What came of trying a plan on a copy of the schema that it begins with.
package struct PlanProof: Codable, Sendable {
  /// Whether the copy became the other schema: no fact differs, `pg_dump` writes the same text, planning again gives
  /// nothing, and the rows that the plan claims no loss of are there with their values.
  package var isProved: Bool { reasons.isEmpty }
  /// Why it is not proved, a sentence each.
  package internal(set) var reasons: [String] = []
  /// What may go wrong on a database that is proved to be no obstacle otherwise, a sentence each.
  package internal(set) var hazards: [String] = []
  /// What each statement locked, rewrote and did away with, in the plan's order; those that did not come to run are
  /// missing.
  package internal(set) var actions: [Action] = []
  package internal(set) var rows = Rows()

  package struct Action: Codable, Hashable, Sendable {
    package let sql: String
    /// The strongest on each table that was there before, weakest and reading ones left out.
    package var locks: [Lock] = []
    /// Tables whose files were written anew.
    package var rewrites: [String] = []
    /// Rows and values that go.
    package var losses: [String] = []
  }

  package struct Lock: Codable, Hashable, Sendable {
    /// As PostgreSQL's manual writes it: `ACCESS EXCLUSIVE`.
    package let mode: String
    package let table: String
  }

  /// The rows that the copy was given before the plan ran.
  package struct Rows: Codable, Hashable, Sendable {
    /// How many tables got some.
    package var tables = 0
    /// Those that none was found for, sorted.
    package var without: [String] = []
    /// Those whose rows were there before and could not be compared afterwards.
    package var unread: [String] = []
  }

  private enum CodingKeys: String, CodingKey {
    case proved, reasons, hazards, actions, rows
  }

  package init() {}

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    reasons = try container.decode([String].self, forKey: .reasons)
    hazards = try container.decode([String].self, forKey: .hazards)
    actions = try container.decode([Action].self, forKey: .actions)
    rows = try container.decode(Rows.self, forKey: .rows)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isProved, forKey: .proved)
    try container.encode(reasons, forKey: .reasons)
    try container.encode(hazards, forKey: .hazards)
    try container.encode(actions, forKey: .actions)
    try container.encode(rows, forKey: .rows)
  }
}

extension PlanProof {
  /// For a person, a line each; the first says whether the plan is proved.
  package var lines: [String] {
    var lines = [verdict] + reasons.dropFirst().map { "  and \($0)" }
    lines += hazards.map { "Hazard: \($0)" }
    lines += lockLines
    return lines
  }

  private var verdict: String {
    if let reason = reasons.first { return "Not proved: \(reason)" }
    var rows: [String] = []
    if self.rows.tables > 0 { rows.append("\(self.rows.tables.count(of: "table")) had rows and kept them") }
    if !self.rows.without.isEmpty {
      rows.append("for \(self.rows.without.count) no rows were found: \(self.rows.without.listed)")
    }
    if !self.rows.unread.isEmpty { rows.append("the rows of \(self.rows.unread.listed) could not be compared") }
    return "Proved: a copy became the other schema, in facts and in the words of pg_dump"
      + (rows.isEmpty ? "" : "; " + rows.joined(separator: "; ")) + "."
  }

  /// Strongest first.
  private var lockLines: [String] {
    let rewritten = Set(actions.flatMap(\.rewrites))
    var modes: [String: String] = [:]
    for lock in actions.flatMap(\.locks) {
      let known = modes[lock.table].flatMap(Self.strengths.firstIndex) ?? -1
      if let strength = Self.strengths.firstIndex(of: lock.mode), strength > known { modes[lock.table] = lock.mode }
    }
    return Self.strengths.reversed().compactMap { mode in
      let tables = modes.filter { $0.value == mode }.keys.sorted()
      guard !tables.isEmpty else { return nil }
      return "Locks \(mode): " + tables.map { $0 + (rewritten.contains($0) ? " (rewritten)" : "") }.listed
    }
  }

  /// From the weakest to the strongest, those that only readers take left out.
  static let strengths = [
    "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
  ]
}

extension Int {
  /// `1 table`, `2 tables`.
  func count(of noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension [String] {
  /// The first few.
  var listed: String { prefix(5).joined(separator: ", ") + (count > 5 ? " and \(count - 5) more" : "") }
}
