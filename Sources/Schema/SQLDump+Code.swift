/// Functions, views, triggers, policies and publications.
extension SQLDump.Objects {
  var functions: [String] {
    own(.function, .procedure, .aggregate).compactMap { _, fact in
      fact.definition.map { "\($0.trimmingTrailingSpace);" }
    }
  }

  /// Each after the views that its query reads.
  var views: [String] {
    let views = Self.ordered(own(.view, .materializedView)) { view, other in
      view.definition?.contains(other.qualifiedName) ?? false
    }
    return views.map { facts, fact in
      let options = fact["options"].map { " WITH (\($0))" } ?? ""
      let kind = facts.object.kind.rawValue.uppercased()
      return "CREATE \(kind) \(facts.object.qualifiedName)\(options) AS\n\(fact.definition ?? "")"
    }
  }

  var triggers: [String] {
    all(.table, .foreignTable, .view).flatMap { facts in
      facts.all(.trigger).flatMap { name, fact in
        var statements = ["\(fact.definition ?? "");"]
        if let state = Self.state(fact["enabled"]) {
          statements.append("ALTER TABLE \(facts.object.qualifiedName) \(state) TRIGGER \(Identifier.quoted(name));")
        }
        return statements
      }
    }
  }

  var eventTriggers: [String] {
    own(.eventTrigger).flatMap { facts, fact in
      let name = facts.object.qualifiedName
      let tags = fact["tags"].flatMap { $0.isEmpty ? nil : " WHEN TAG IN (\($0))" } ?? ""
      let create =
        "CREATE EVENT TRIGGER \(name) ON \(fact["event"] ?? "")\(tags) EXECUTE FUNCTION \(fact["function"] ?? "")();"
      return [create] + (Self.state(fact["enabled"]).map { ["ALTER EVENT TRIGGER \(name) \($0);"] } ?? [])
    }
  }

  static func state(_ enabled: String?) -> String? {
    switch enabled {
    case "no": "DISABLE"
    case "replica": "ENABLE REPLICA"
    case "always": "ENABLE ALWAYS"
    default: nil
    }
  }

  var rowSecurity: [String] {
    own(.table).flatMap { facts, fact in
      [("row security", "ENABLE"), ("force row security", "FORCE")].filter { fact.has($0.0) }.map {
        "ALTER TABLE \(facts.object.qualifiedName) \($0.1) ROW LEVEL SECURITY;"
      }
    }
  }

  var policies: [String] {
    all(.table).flatMap { facts in
      facts.all(.policy).map { name, fact in
        var words = ["CREATE POLICY \(Identifier.quoted(name)) ON \(facts.object.qualifiedName)"]
        if fact.has("restrictive") { words.append("AS RESTRICTIVE") }
        words.append("FOR \(fact["command"] ?? "ALL") TO \(fact["roles"] ?? "public")")
        if let using = fact["using"] { words.append("USING (\(using))") }
        if let check = fact["with check"] { words.append("WITH CHECK (\(check))") }
        return words.joined(separator: " ") + ";"
      }
    }
  }

  var publications: [String] {
    all(.publication).flatMap { facts in
      let name = facts.object.qualifiedName
      let tables = facts.all(.publishedTable).map { table, fact in
        "TABLE \(table)" + (fact["columns"].map { " (\($0))" } ?? "") + (fact["where"].map { " WHERE (\($0))" } ?? "")
      }
      let published = tables + facts.all(.publishedSchema).map { "TABLES IN SCHEMA \($0.name)" }
      guard let own = facts.own else {
        return published.map { "ALTER PUBLICATION \(name) ADD \($0);" }
      }
      let target =
        own.has("all tables") ? " FOR ALL TABLES" : published.isEmpty ? "" : " FOR \(published.joined(separator: ", "))"
      let root = own.has("via root") ? ", publish_via_partition_root = true" : ""
      return ["CREATE PUBLICATION \(name)\(target) WITH (publish = \(Literal.quoted(own["operations"] ?? ""))\(root));"]
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpace: Substring {
    self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)]
  }
}
