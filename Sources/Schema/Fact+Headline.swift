extension Fact {
  /// What a line about an object adds to its name: ` (row security, unlogged)`, ` ('open', 'paid')`; or nothing.
  var note: String {
    switch id.kind {
    case .enumeration: return " (\(self["labels"] ?? ""))"
    case .domain: return " as \(self["type"] ?? "")"
    case .function, .aggregate: return self["returns"].map { " returns \($0)" } ?? ""
    case .extension: return self["version"].map { " \($0)" } ?? ""
    case .comment, .defaultPrivileges: return ": \(self["text"] ?? self["privileges"] ?? "")"
    case .rangeType: return " of \(self["subtype"] ?? "")"
    case .statistics: return " on \(self["table"] ?? "")"
    case .foreignTable: return " on server \(self["server"] ?? "")"
    case .eventTrigger: return " on \(self["event"] ?? "")"
    default:
      let flags = attributes.filter { $0.value == "yes" }.map(\.name)
      let bound = self["partition bound"].map { [$0] } ?? []
      let notes = flags + (self["partition by"].map { ["partition by \($0)"] } ?? bound)
      return notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
    }
  }

  /// A member in one line, without its object: `column status text not null default 'open'::text`.
  /// - Parameter expression: The default of a column, which is a fact of its own.
  func headline(default expression: String?) -> String {
    let name = id.memberName
    switch id.kind {
    case .column:
      var words = [name, self["type"] ?? ""]
      if has("not null") { words.append(has("not valid") ? "not null not valid" : "not null") }
      if let identity = self["identity"] { words.append("generated \(identity) as identity") }
      if let generated = self["generated"] {
        words.append("generated always as (\(generated))\(has("virtual") ? " virtual" : "")")
      }
      if let expression { words.append("default \(expression)") }
      return words.joined(separator: " ")
    case .default: return "\(name): \(self["expression"] ?? "")"
    case .constraint: return "\(name) \(definition ?? "")"
    case .index: return "\(name) \(tail(of: definition, from: " USING "))"
    case .trigger:
      return "\(name) \(tail(of: definition, from: " TRIGGER \(Identifier.quoted(id.member?.name ?? "")) "))"
    case .rule:
      return "\(name) \(tail(of: definition, from: " AS\n").drop { $0 == " " })"
    case .mapping: return "\(name) with \(self["dictionaries"] ?? "")"
    case .familyMember: return "\(id.member?.kind.rawValue ?? "") \(definition ?? "")"
    case .securityLabel: return "\(name): \(self["label"] ?? "")"
    case .policy:
      let words = [
        has("restrictive") ? "restrictive" : nil, "for \(self["command"] ?? "")", "to \(self["roles"] ?? "")",
        self["using"].map { "using \($0)" }, self["with check"].map { "with check \($0)" },
      ]
      return ([name] + words.compactMap { $0 }).joined(separator: " ")
    case .grant: return "\(name): \(self["privileges"] ?? "")"
    case .comment: return "\(name): \(self["text"] ?? "")"
    default: return name
    }
  }

  private func tail(of definition: String?, from separator: String) -> Substring {
    guard let definition else { return "" }
    guard let range = definition.firstRange(of: separator) else { return definition[...] }
    return definition[range.upperBound...]
  }
}

extension Fact.ID {
  /// The fact without its object: `column status`, `default of status`, `grant to anon`, `comment on index by_day`.
  var memberName: String {
    let subject = member.map { member in
      // What is published has a qualified name already, and what a family has is said by its types.
      let name = [.publication, .operatorFamily].contains(object.kind) ? member.name : Identifier.quoted(member.name)
      return "\(member.kind.rawValue) \(name)"
    }
    switch kind {
    case .grant: return "grant\(subject.map { " on \($0)" } ?? "") to \(qualifier ?? "")"
    case .comment: return "comment\(subject.map { " on \($0)" } ?? "")"
    case .securityLabel: return "security label of \(qualifier ?? "")\(subject.map { " on \($0)" } ?? "")"
    case .extensionDependency:
      return "dependency\(subject.map { " of \($0)" } ?? "") on extension \(Identifier.quoted(qualifier ?? ""))"
    case .default: return "default of \(member.map { Identifier.quoted($0.name) } ?? "")"
    default: return subject ?? "\(self)"
    }
  }
}
