/// Owners, grants, and comments.
extension SQLDump.Objects {
  var owners: [String] {
    all.compactMap { facts in
      guard let owner = facts.own?["owner"], facts.own?.has("identity") != true else { return nil }
      return "ALTER \(facts.object.keywords) OWNER TO \(Identifier.quoted(owner));"
    }
  }

  /// What differs from what an object has when it is made: its owner may do everything, and everybody may call a
  /// function and use a type.
  var grants: [String] {
    all.flatMap { facts -> [String] in
      guard let own = facts.own else { return [] }
      let object = facts.object
      let grants = facts.facts.filter { $0.id.kind == .grant }
      let kind =
        switch object.kind {
        case .view, .materializedView, .foreignTable: "TABLE"
        case .aggregate: "FUNCTION"
        case .foreignServer: "FOREIGN SERVER"
        default: object.kind.keyword
        }
      let isOpen = object.kind.isOpenToPublic
      let revoked =
        isOpen && !grants.contains { $0["grantee"] == "public" }
        ? ["REVOKE ALL ON \(kind) \(object.qualifiedName) FROM PUBLIC;"] : []
      return revoked
        + grants.filter { $0["grantee"] != own["owner"] && !(isOpen && $0["grantee"] == "public") }.map { grant in
          let column = grant.id.member.map { " (\(Identifier.quoted($0.name)))" } ?? ""
          let privileges = (grant["privileges"] ?? "").split(separator: ", ").map { $0 + column }
          let option = grant["with grant option"] != nil ? " WITH GRANT OPTION" : ""
          return "GRANT \(privileges.joined(separator: ", ")) ON \(kind) \(object.qualifiedName)"
            + " TO \(Self.role(grant["grantee"] ?? ""))\(option);"
        }
    }
  }

  var defaultPrivileges: [String] {
    all(.defaultPrivileges).flatMap { facts in
      facts.facts.flatMap { fact -> [String] in
        let role = Identifier.quoted(facts.object.name)
        let schema = facts.object.schema.map { " IN SCHEMA \(Identifier.quoted($0))" } ?? ""
        let kind = (fact.id.qualifier ?? "").uppercased()
        return (fact["privileges"] ?? "").split(separator: "; ").compactMap { grant in
          let parts = grant.split(separator: ": ", maxSplits: 1)
          guard parts.count == 2, parts[0] != role else { return nil }
          let privileges = parts[1].split(separator: " (with grant option", maxSplits: 1)
          let option = privileges.count > 1 ? " WITH GRANT OPTION" : ""
          return "ALTER DEFAULT PRIVILEGES FOR ROLE \(role)\(schema) GRANT \(privileges[0]) ON \(kind)"
            + " TO \(parts[0])\(option);"
        }
      }
    }
  }

  private static func role(_ name: String) -> String {
    name == "public" ? "PUBLIC" : Identifier.quoted(name)
  }

  var comments: [String] {
    remarks(.comment).map { "COMMENT ON \($0.id.target) IS \(Literal.quoted($0["text"] ?? ""));" }
  }

  var labels: [String] {
    remarks(.securityLabel).map { fact in
      "SECURITY LABEL FOR \(Identifier.quoted(fact.id.qualifier ?? "")) ON \(fact.id.target)"
        + " IS \(Literal.quoted(fact["label"] ?? ""));"
    }
  }

  var extensionDependencies: [String] {
    remarks(.extensionDependency).map { fact in
      "ALTER \(fact.id.target) DEPENDS ON EXTENSION \(Identifier.quoted(fact.id.qualifier ?? ""));"
    }
  }

  private func remarks(_ kind: Fact.Kind) -> [Fact] {
    all.flatMap { $0.facts.filter { $0.id.kind == kind } }
  }
}

extension Fact.Kind {
  /// The words for a kind in `CREATE`, `ALTER`, `DROP` and `COMMENT ON`.
  var keyword: String {
    switch self {
    case .enumeration, .compositeType, .baseType, .rangeType: "TYPE"
    case .foreignServer: "SERVER"
    default: rawValue.uppercased()
    }
  }

  /// Whether everybody may use a new object of this kind.
  fileprivate var isOpenToPublic: Bool {
    [.function, .procedure, .aggregate, .enumeration, .compositeType, .domain, .baseType, .rangeType, .language]
      .contains(self)
  }
}

extension Fact.Object {
  /// `TABLE public.orders`, `AGGREGATE public.total(*)`.
  fileprivate var keywords: String {
    kind == .aggregate && arguments == ""
      ? "AGGREGATE \(Identifier.quoted(schema ?? "")).\(Identifier.quoted(name))(*)"
      : "\(kind.keyword) \(qualifiedName)"
  }
}

extension Fact.ID {
  /// `COLUMN public.orders.id`, `TRIGGER t ON public.orders`, `CAST (integer AS bytea)`.
  var target: String {
    guard let member else { return object.keywords }
    let name = Identifier.quoted(member.name)
    switch member.kind {
    case .column: return "COLUMN \(object.qualifiedName).\(name)"
    case .index: return "INDEX \(QualifiedName(schema: object.schema ?? "", name: member.name))"
    case .constraint where object.kind == .domain: return "CONSTRAINT \(name) ON DOMAIN \(object.qualifiedName)"
    default: return "\(member.kind.rawValue.uppercased()) \(name) ON \(object.qualifiedName)"
    }
  }
}
