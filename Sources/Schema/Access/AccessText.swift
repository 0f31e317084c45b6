/// An access matrix for a person: a line for each relation, with a cell for each role and command.
package struct AccessText: Sendable {
  package var matrix: AccessMatrix
  /// Whether cells are coloured with ANSI escape sequences.
  package var usesColor: Bool
  /// Whether every right that is less than all is written out below, with its policies.
  package var hasDetails: Bool
  /// In characters.
  package var width: Int

  package init(_ matrix: AccessMatrix, usesColor: Bool = false, hasDetails: Bool = false, width: Int = 100) {
    self.matrix = matrix
    self.usesColor = usesColor
    self.hasDetails = hasDetails
    self.width = width
  }

  /// Lines, each with its line end.
  package var text: String {
    let roles = Array(matrix.roles.indices)
    // As many roles side by side as there is room for.
    let room = max(1, (width - Self.nameWidth) / Self.roleWidth)
    let blocks = stride(from: 0, to: roles.count, by: room).map { Array(roles[$0..<min($0 + room, roles.count)]) }
    var sections = blocks.map(table)
    sections.append(legend)
    if hasDetails { sections.append(details) }
    sections += routineSections
    return sections.filter { !$0.isEmpty }.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
  }

  /// How much is left for names beside three roles in a line of 100 characters; the last seven are `rls` and its blanks.
  private static let nameWidth = 36
  private static let cellWidth = 5
  private static let roleWidth = cellWidth * 4 + 1

  // MARK: The table

  private func table(of roles: [Int]) -> [String] {
    guard !matrix.relations.isEmpty else { return ["There is no table and no view."] }
    let names = roles.map { Self.padded(matrix.roles[$0].name.printable, Self.roleWidth) }
    let commands = roles.map { _ in ["sel", "ins", "upd", "del"].map { Self.padded($0, Self.cellWidth) }.joined() + " "
    }
    var lines = [
      Self.padded("", Self.nameWidth) + names.joined(),
      Self.padded("", Self.nameWidth - 7) + "rls    " + commands.joined(),
    ].map(Self.trimmed)
    var schema: String?
    for relation in matrix.relations {
      if relation.name.schema != schema {
        schema = relation.name.schema
        lines.append(bold(Identifier.quoted(relation.name.schema).printable))
      }
      let kind = relation.kind == .table ? "" : " (\(Self.kinds[relation.kind] ?? relation.kind.rawValue))"
      let name = "  \(Identifier.quoted(relation.name.name).printable)\(kind)"
      let security = relation.rowSecurity.map { Self.padded($0.rawValue, 7) } ?? "       "
      let cells = roles.map { role in
        Privilege.commands.map { cell(relation.rights[role][$0]) }.joined() + " "
      }
      let rest = (relation.rowSecurity == .off ? coloured(security, 31) : security) + cells.joined()
      if name.count > Self.nameWidth - 8 {
        lines += [name, Self.trimmed(Self.padded("", Self.nameWidth - 7) + rest)]
      } else {
        lines.append(Self.trimmed(Self.padded(name, Self.nameWidth - 7) + rest))
      }
    }
    return lines
  }

  private static let kinds: [Fact.Kind: String] = [.materializedView: "matview", .foreignTable: "foreign"]

  private func cell(_ right: Right) -> String {
    let mark = (right.bypassed.isEmpty || right.extent == .no ? "" : "!") + (right.columns == nil ? "" : "*")
    let (word, colour): (String, Int) =
      switch right.extent {
      case .no: ("-", 2)
      case .all: ("all", 33)
      case .code: ("code", 36)
      case .policy: right.reachesEveryRow ? ("any", 33) : ("pol", 32)
      }
    let text = String((word + mark).prefix(Self.cellWidth))
    return coloured(text, mark.contains("!") ? 31 : colour) + String(repeating: " ", count: Self.cellWidth - text.count)
  }

  /// What the cells mean, as far as there are such.
  private var legend: [String] {
    let rights = matrix.relations.flatMap { $0.rights.flatMap { rights in Privilege.commands.map { rights[$0] } } }
    var lines: [String] = []
    func explain(_ text: String, where isSuch: (Right) -> Bool) {
      if rights.contains(where: isSuch) { lines.append(text) }
    }
    explain("pol   the rows that policies let through") { $0.extent == .policy && !$0.reachesEveryRow }
    explain("any   every row, by a policy that says so") { $0.extent == .policy && $0.reachesEveryRow }
    explain("code  what a trigger or a rule makes of it") { $0.extent == .code }
    explain("*     only some columns") { $0.columns != nil && $0.extent != .no }
    explain("!     past the row security of a table below") { !$0.bypassed.isEmpty && $0.extent != .no }
    for role in matrix.roles where role.bypassesRowSecurity {
      lines.append("\(role.name.printable) is bound by no row security")
    }
    return lines
  }

  private var details: [String] {
    matrix.relations.flatMap { relation -> [String] in
      let lines = relation.rights.flatMap { rights in
        Privilege.commands.filter { rights[$0].extent != .all || rights[$0].words != "every row" }.map { command in
          "  \(Self.padded(rights.role.printable, 14))  \(Self.padded(command.rawValue, 6))  "
            + rights[command].words.printable
        }
      }
      return lines.isEmpty ? [] : [bold("\(relation.name)".printable)] + lines
    }
  }

  // MARK: Functions

  private var routineSections: [[String]] {
    struct Callers: Hashable {
      let roles: [String]
      let owner: String?
    }
    let order = matrix.roles.map(\.name)
    let groups = Dictionary(grouping: matrix.routines.filter { !$0.roles.isEmpty }) { routine in
      Callers(roles: order.filter(routine.roles.contains), owner: routine.runsAs)
    }
    func rank(_ callers: Callers) -> String {
      "\(callers.owner == nil ? 1 : 0) \(callers.owner ?? "") \(callers.roles)"
    }
    return groups.sorted { rank($0.key) < rank($1.key) }.map { callers, routines in
      let rights = callers.owner.map { ", with the rights of \($0)" } ?? ""
      return [bold("\(callers.roles.joined(separator: ", ")) may call\(rights):".printable)]
        + routines.map { "  \($0.signature)".printable }
    }
  }

  // MARK: Text

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func bold(_ text: String) -> String { coloured(text, 1) }

  private func coloured(_ text: String, _ code: Int) -> String {
    usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// A difference of access for a person: by relation, with `+`, `-` and `~` before what a role gains, loses and reaches
/// otherwise.
package struct AccessDifferenceText: Sendable {
  package var difference: AccessDifference
  package var usesColor: Bool

  package init(_ difference: AccessDifference, usesColor: Bool = false) {
    self.difference = difference
    self.usesColor = usesColor
  }

  /// Lines, each with its line end.
  package var text: String {
    guard !difference.isEmpty else { return "No difference in access.\n" }
    var lines: [String] = []
    let combined = AccessSummary.combined(difference.changes)
    let names = Set(combined.map(\.relation)).union(difference.rowSecurity.map(\.table)).sorted()
    for name in names {
      lines.append("\(name)".printable)
      for change in difference.rowSecurity where change.table == name {
        lines.append(signed("~", "row security: \(change.from.rawValue) → \(change.to.rawValue)"))
      }
      for change in combined where change.relation == name { lines += self.lines(for: change) }
    }
    for change in difference.routines {
      let rights = change.routine.runsAs.map { ", with the rights of \($0)" } ?? ""
      lines.append("\(change.routine.signature)".printable)
      for (sign, roles) in [("+", change.gaining), ("-", change.losing)] where !roles.isEmpty {
        lines.append(signed(sign, "\(roles.joined(separator: ", ")): EXECUTE\(rights)".printable))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(for change: AccessSummary.Combined) -> [String] {
    let head = "\(change.role) \(change.commands)"
    switch (change.effect, change.from.extent, change.to.extent) {
    case (.gains, .no, _): return [signed("+", "\(head): \(change.to.words)".printable)]
    case (.loses, _, .no): return [signed("-", "\(head): \(change.to.words); before, \(change.from.words)".printable)]
    default:
      let what: String =
        switch change.effect {
        case .gains: "more columns"
        case .loses: "fewer columns"
        case .widened: "more rows"
        case .narrowed: "fewer rows"
        case .changed: "other rows"
        }
      return [
        signed(change.effect.sign, "\(head): \(what)".printable), "      before: \(change.from.words)".printable,
        "      after:  \(change.to.words)".printable,
      ]
    }
  }

  private func signed(_ sign: String, _ text: String) -> String {
    let code = sign == "+" ? 32 : sign == "-" ? 31 : 33
    return "  " + (usesColor ? "\u{1B}[\(code)m\(sign)\u{1B}[0m" : sign) + " " + text
  }
}
