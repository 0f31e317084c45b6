/// What a role can do with one command on one relation.
///
/// It is that of the command by itself: an `INSERT` without `RETURNING` and `ON CONFLICT`, an `UPDATE` or a `DELETE`
/// that reads no column. A command that reads needs the right to `SELECT` beside its own, and reaches the rows that
/// both let through.
package struct Right: Hashable, Sendable, Codable {
  /// How many rows it reaches.
  package enum Extent: String, Sendable, Codable, CaseIterable {
    /// None: the command is refused, or finds nothing.
    case no
    /// Those that policies let through.
    case policy
    /// All of them.
    case all
    /// A trigger or a rule takes the command's place, and nobody but it knows.
    case code
  }

  package internal(set) var extent: Extent
  /// Why there is no right; nil unless there is none.
  package internal(set) var reason: String?
  /// The only columns that the command may name, sorted; nil for all of them.
  package internal(set) var columns: [String]?
  /// The policies that decide which rows those are, by table and name; some are of tables below a view.
  package internal(set) var policies: [AppliedPolicy]
  /// Tables below a view of which no row is seen, because no policy lets the role in.
  package internal(set) var hidden: [QualifiedName]
  /// Tables with row security that would bind the role, and does not: the view that it comes by asks its owner's rights.
  package internal(set) var bypassed: [QualifiedName]

  init(
    _ extent: Extent, reason: String? = nil, columns: [String]? = nil, policies: [AppliedPolicy] = [],
    hidden: [QualifiedName] = [], bypassed: [QualifiedName] = []
  ) {
    self.extent = extent
    self.reason = reason
    self.columns = columns
    self.policies = policies
    self.hidden = hidden
    self.bypassed = bypassed
  }

  /// No right to what is not there.
  static let absent = Right(.no, reason: "it is not there")

  /// Whether no row is out of reach: the policies that decide let all of them through.
  package var reachesEveryRow: Bool {
    switch extent {
    case .no, .code: false
    case .all: true
    case .policy:
      hidden.isEmpty
        && Dictionary(grouping: policies, by: \.table).values.allSatisfy { policies in
          AppliedPolicy.Side.allCases.allSatisfy { RowFilter(policies, $0.path).letsEverythingThrough }
        }
    }
  }

  private enum CodingKeys: CodingKey {
    case extent, reason, columns, policies, hidden, bypassed
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(Extent.self, forKey: .extent),
      reason: try container.decodeIfPresent(String.self, forKey: .reason),
      columns: try container.decodeIfPresent([String].self, forKey: .columns),
      policies: try container.decodeIfPresent([AppliedPolicy].self, forKey: .policies) ?? [],
      hidden: try container.decodeIfPresent([QualifiedName].self, forKey: .hidden) ?? [],
      bypassed: try container.decodeIfPresent([QualifiedName].self, forKey: .bypassed) ?? [])
  }

  /// Lists are left out where they are empty: most are.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(extent, forKey: .extent)
    try container.encodeIfPresent(reason, forKey: .reason)
    try container.encodeIfPresent(columns, forKey: .columns)
    if !policies.isEmpty { try container.encode(policies, forKey: .policies) }
    if !hidden.isEmpty { try container.encode(hidden, forKey: .hidden) }
    if !bypassed.isEmpty { try container.encode(bypassed, forKey: .bypassed) }
  }
}

/// A policy as it applies to a command.
package struct AppliedPolicy: Hashable, Sendable, Codable {
  package let table: QualifiedName
  package let name: String
  package let isPermissive: Bool
  /// Which rows that are there the command reaches; nil for `INSERT`, which reaches none.
  package let using: String?
  /// Which rows it may leave behind; nil for `SELECT` and `DELETE`, which leave none.
  package let check: String?

  /// The two questions that a policy answers.
  enum Side: CaseIterable {
    case using
    case check

    var path: KeyPath<AppliedPolicy, String?> {
      switch self {
      case .using: \.using
      case .check: \.check
      }
    }
  }
}

/// Which rows the policies of one table let through together: those that a permissive one does and no restrictive one
/// holds back.
struct RowFilter {
  private let permissive: [String]
  private let restrictive: [String]

  /// - Parameter side: ``AppliedPolicy/using`` or ``AppliedPolicy/check``.
  init(_ policies: [AppliedPolicy], _ side: KeyPath<AppliedPolicy, String?>) {
    permissive = policies.filter(\.isPermissive).compactMap { $0[keyPath: side] }
    restrictive = policies.filter { !$0.isPermissive }.compactMap { $0[keyPath: side] }
  }

  /// Whether the command has no such side, or no row is held back.
  var letsEverythingThrough: Bool {
    (permissive.isEmpty || permissive.contains("true")) && restrictive.allSatisfy { $0 == "true" }
  }

  /// Whether it is certain that no row gets through.
  var letsNothingThrough: Bool {
    !permissive.isEmpty && permissive.allSatisfy { $0 == "false" } || restrictive.contains("false")
  }

  /// Whether it is certain that every row that this lets through gets through the other, too.
  func isWithin(_ other: RowFilter) -> Bool {
    if letsNothingThrough || other.letsEverythingThrough { return true }
    let (mine, limits) = (permissive.map(Condition.init), restrictive.map(Condition.init))
    let (theirs, theirLimits) = (other.permissive.map(Condition.init), other.restrictive.map(Condition.init))
    let isLetIn = mine.allSatisfy { mine in
      theirs.contains { theirs in mine.implies(theirs) || limits.contains { $0.implies(theirs) } }
    }
    let isNotHeldBack = theirLimits.allSatisfy { limit in
      limits.contains { $0.implies(limit) } || mine.allSatisfy { $0.implies(limit) }
    }
    return isLetIn && isNotHeldBack
  }
}
