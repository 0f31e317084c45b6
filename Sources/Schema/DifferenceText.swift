/// A difference for a person: a tree of objects, with `+`, `-` and `~` before what came, went and changed.
package struct DifferenceText: Sendable {
  package var difference: Difference
  /// Whether the signs are coloured with ANSI escape sequences.
  package var usesColor: Bool

  package init(_ difference: Difference, usesColor: Bool = false) {
    self.difference = difference
    self.usesColor = usesColor
  }

  /// Lines, each with its line end. What no fact describes is said in the last lines, whatever else differs.
  package var text: String {
    var lines: [Line] = difference.isEmpty ? [Line(text: "No difference.")] : []
    lines += difference.groups.flatMap { self.lines(for: $0) }
    lines += unmodelledLines
    return lines.map { $0.rendered(usesColor: usesColor) + "\n" }.joined()
  }

  private func lines(for group: Difference.Group) -> [Line] {
    var lines: [Line] = []
    switch group.own {
    case .added(let fact), .removed(let fact): lines.append(Line(sign: group.sign, text: "\(fact.id)\(fact.note)"))
    case .changed(let change): lines += [Line(sign: .changed, text: "\(group.object)")] + details(of: change, indent: 1)
    case nil: lines.append(Line(sign: .changed, text: "\(group.object)"))
    }
    if let grants = group.grants {
      lines.append(Line(indent: 1, sign: group.sign, text: "grants to \(grants)"))
    }
    for entry in group.members {
      switch entry {
      case .added(let fact), .removed(let fact):
        let text = fact.headline(default: group.defaultExpression(of: fact))
        lines.append(Line(indent: 1, sign: entry.sign, text: text))
      case .changed(let change):
        lines.append(Line(indent: 1, sign: .changed, text: change.id.memberName))
        lines += details(of: change, indent: 2)
      }
    }
    return lines
  }

  private func details(of change: Difference.Change, indent: Int) -> [Line] {
    // The definition of a constraint, an index or a trigger says again what its attributes say.
    let repeats = change.attributes.count > 1 && [.constraint, .index, .trigger].contains(change.id.kind)
    return change.attributes.flatMap { attribute -> [Line] in
      if attribute.name == "definition" {
        return repeats ? [] : lineDifference(from: attribute.from, to: attribute.to, indent: indent)
      }
      let isFlag = (attribute.from ?? "yes") == "yes" && (attribute.to ?? "yes") == "yes"
      let absent = isFlag ? "no" : "none"
      let text = "\(attribute.name): \(attribute.from ?? absent) → \(attribute.to ?? absent)"
      return [Line(indent: indent, text: text)]
    }
  }

  /// The lines of a definition that went and came.
  private func lineDifference(from old: String?, to new: String?, indent: Int) -> [Line] {
    LineDifference(from: old ?? "", to: new ?? "").lines.map { Line(indent: indent, sign: $0.sign, text: $0.text) }
  }

  private var unmodelledLines: [Line] {
    func line(_ side: String, _ unmodelled: [Unmodelled]) -> [Line] {
      let list = unmodelled.map(\.description).joined(separator: "; ")
      return list.isEmpty ? [] : [Line(text: "Not compared\(side): \(list)")]
    }
    let (from, to) = (difference.unmodelled.from, difference.unmodelled.to)
    return from == to ? line("", to) : line(", in the first", from) + line(", in the second", to)
  }
}

extension DifferenceText {
  private struct Line {
    var indent = 0
    var sign: Difference.Sign?
    var text: String

    func rendered(usesColor: Bool) -> String {
      let pad = String(repeating: "    ", count: indent)
      guard let sign else { return pad + text.printable }
      return "\(pad)\(usesColor ? "\u{1B}[\(sign.color)m\(sign.rawValue)\u{1B}[0m" : sign.rawValue) \(text.printable)"
    }
  }
}

extension Difference.Sign {
  /// The number of a colour in an ANSI escape sequence.
  fileprivate var color: Int {
    switch self {
    case .added: 32
    case .removed: 31
    case .changed: 33
    }
  }
}

extension String {
  /// Without anything that moves a terminal's cursor or turns its text around: names come from a database.
  var printable: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar == "\n": result += " "
      case .control where scalar == "\t": result += "\t"
      case .control, .format, .lineSeparator, .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Difference.Group {
  /// What is said of the object itself.
  fileprivate var own: Difference.Entry? { entries.first(where: isOwn) }

  /// The grants of an object that comes or goes, which are one line together.
  fileprivate var grants: String? {
    let grants = entries.filter(isInGrantLine).compactMap(\.wholeFact)
      .map { "\($0.id.qualifier ?? "") (\($0["privileges"] ?? ""))" }
    return grants.isEmpty ? nil : grants.joined(separator: ", ")
  }

  /// What has a line of its own under the object's: all but the grants above, and defaults that come or go with
  /// their column.
  fileprivate var members: [Difference.Entry] {
    entries.filter { entry in
      if isOwn(entry) || isInGrantLine(entry) { return false }
      guard entry.id.kind == .default, entry.wholeFact != nil else { return true }
      return !entries.contains {
        $0.id.kind == .column && $0.sign == entry.sign && $0.id.member == entry.id.member
      }
    }
  }

  fileprivate func defaultExpression(of column: Fact) -> String? {
    guard column.id.kind == .column else { return nil }
    return entries.lazy.compactMap(\.wholeFact)
      .first { $0.id.kind == .default && $0.id.member == column.id.member }?["expression"]
  }

  private func isOwn(_ entry: Difference.Entry) -> Bool {
    entry.id.member == nil && entry.id.kind == object.kind
  }

  private func isInGrantLine(_ entry: Difference.Entry) -> Bool {
    sign != .changed && entry.id.kind == .grant && entry.id.member == nil
  }
}
