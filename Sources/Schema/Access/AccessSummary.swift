/// Changes of access in a few lines.
package enum AccessSummary {
  /// A line for each role and each thing that has become of its rights: `+ service_role all on customer_invoices`,
  /// `- anon SELECT on orders`. The schema `public` is not written. Of many relations only the number is given.
  package static func lines(_ difference: AccessDifference) -> [String] {
    var groups: [Key: [String]] = [:]
    for rights in combined(difference.changes) {
      groups[Key(sign: rights.effect.sign, role: rights.role, what: rights.text), default: []].append(
        short(rights.relation))
    }
    for change in difference.routines {
      let kind = change.routine.runsAs.map { "EXECUTE as \($0)" } ?? "EXECUTE"
      for (sign, roles) in [("+", change.gaining), ("-", change.losing)] {
        for role in roles {
          groups[Key(sign: sign, role: role, what: kind), default: []].append(
            short(change.routine.name) + "(\(change.routine.arguments))")
        }
      }
    }
    let lines = groups.sorted { $0.key < $1.key }.map { key, names in
      let kind = key.what.hasPrefix("EXECUTE") ? "functions" : "relations"
      let list = names.count > 3 ? "\(names.count) \(kind)" : names.joined(separator: ", ")
      return "\(key.sign) \(Identifier.quoted(key.role)) \(key.what) on \(list)"
    }
    return lines
      + difference.rowSecurity.map { "~ row security of \(short($0.table)): \($0.from.rawValue) → \($0.to.rawValue)" }
  }

  /// The same a relation, in words that say why: `anon gains SELECT on public.notes, by the policy anyone: true`.
  static func sentences(_ changes: [AccessChange]) -> [String] {
    combined(changes).map { rights in
      let verb =
        switch rights.effect {
        case .gains: "gains"
        case .loses: "loses"
        case .widened: "reaches more rows with"
        case .narrowed: "reaches fewer rows with"
        case .changed: "reaches other rows, and perhaps more, with"
        }
      let before = rights.effect == .gains ? "" : "; before, \(rights.from.words)"
      return
        "\(Identifier.quoted(rights.role)) \(verb) \(rights.commands) on \(rights.relation): \(rights.to.words)\(before)"
    }
  }

  /// Changes of several commands that come to the same.
  struct Combined {
    let role: String
    let relation: QualifiedName
    let kind: Fact.Kind
    let effect: AccessChange.Effect
    var privileges: [Privilege]
    let from: Right
    let to: Right

    /// `SELECT, UPDATE`, or `all`.
    var commands: String {
      privileges.count == Privilege.commands.count
        ? "SELECT, INSERT, UPDATE and DELETE" : privileges.map(\.rawValue).joined(separator: ", ")
    }

    /// The commands, and how far they reach.
    var text: String {
      let isAll = privileges.count == Privilege.commands.count
      let right = effect == .loses && to.extent == .no ? from : to
      let change: String? =
        switch effect {
        case .gains, .loses: nil
        case .widened: "more rows"
        case .narrowed: "fewer rows"
        case .changed: "other rows"
        }
      let extent = right.extent == .policy ? " by policy" : right.bypassed.isEmpty ? "" : " past row security"
      return (isAll ? "all" : commands) + (change.map { " (\($0))" } ?? "") + extent
    }
  }

  static func combined(_ changes: [AccessChange]) -> [Combined] {
    var list: [Combined] = []
    for change in changes {
      let index = list.lastIndex {
        $0.relation == change.relation && $0.role == change.role && $0.effect == change.effect
          && isAlike($0.from, change.from) && isAlike($0.to, change.to)
      }
      if let index {
        list[index].privileges.append(change.command)
      } else {
        list.append(
          Combined(
            role: change.role, relation: change.relation, kind: change.kind, effect: change.effect,
            privileges: [change.command], from: change.from, to: change.to))
      }
    }
    return list
  }

  /// Why something is not there, differs from command to command.
  private static func isAlike(_ a: Right, _ b: Right) -> Bool {
    a.extent == b.extent && (a.extent == .no || a.words == b.words)
  }

  private static func short(_ name: QualifiedName) -> String {
    name.schema == "public" ? Identifier.quoted(name.name) : "\(name)"
  }

  private struct Key: Hashable, Comparable {
    let sign: String
    let role: String
    let what: String

    static func < (a: Key, b: Key) -> Bool {
      // `+` before `~` before `-`: what is gained is to be seen first.
      let order = ["+", "~", "-"]
      return (order.firstIndex(of: a.sign) ?? 0, a.role, a.what) < (order.firstIndex(of: b.sign) ?? 0, b.role, b.what)
    }
  }
}

extension AccessChange.Effect {
  var sign: String {
    switch self {
    case .gains: "+"
    case .loses: "-"
    case .widened, .narrowed, .changed: "~"
    }
  }
}

extension Right {
  /// `every row`, `the rows of policy own: (owner = auth.uid())`, `nothing (no grant)`.
  var words: String {
    let rows: String
    switch extent {
    case .no: return "nothing (\(reason ?? ""))"
    case .all: rows = "every row"
    case .code: rows = "what its trigger or rule does"
    case .policy:
      let names = policies.filter(\.isPermissive).map { "\(Identifier.quoted($0.name)): \($0.conditions)" }
      let limits = policies.filter { !$0.isPermissive }.map { "\(Identifier.quoted($0.name)): \($0.conditions)" }
      rows =
        "by policy \(names.joined(separator: " or "))"
        + (limits.isEmpty ? "" : ", but only \(limits.joined(separator: " and "))")
        + (hidden.isEmpty ? "" : ", no row of \(hidden.map(\.description).joined(separator: ", "))")
    }
    let past = bypassed.map(\.description).joined(separator: ", ")
    return rows + (past.isEmpty ? "" : ", past the row security of \(past)")
      + (columns.map { ", columns \(Identifier.list($0))" } ?? "")
  }
}

extension AppliedPolicy {
  /// The expressions in one line.
  var conditions: String {
    switch (using, check) {
    case (let using?, let check?) where using == check: Self.line(using)
    case (let using?, let check?): "\(Self.line(using)) with check \(Self.line(check))"
    case (let using, let check): Self.line(using ?? check ?? "")
    }
  }

  /// Subqueries come in several lines.
  private static func line(_ expression: String) -> String {
    expression.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("( ", with: "(")
  }
}
