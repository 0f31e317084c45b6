/// The objects of which the snapshot has the whole statement that makes them.
extension SQLDump.Objects {
  private func definitions(_ kinds: Fact.Kind...) -> [String] {
    kinds.flatMap { own($0) }.compactMap { $0.fact.definition.map { "\($0);" } }
  }

  var foreign: [String] { definitions(.language, .accessMethod, .foreignDataWrapper, .foreignServer, .userMapping) }

  var text: [String] {
    let mappings = own(.textSearchConfiguration).flatMap { facts, _ in
      facts.all(.mapping).map { token, fact in
        "ALTER TEXT SEARCH CONFIGURATION \(facts.object.qualifiedName) ADD MAPPING FOR \(Identifier.quoted(token))"
          + " WITH \(fact["dictionaries"] ?? "");"
      }
    }
    return definitions(.collation, .textSearchParser, .textSearchTemplate, .textSearchDictionary)
      + definitions(.textSearchConfiguration) + mappings
  }

  /// Types that functions make, and all that is made of functions. A base type is announced before its functions.
  var operators: [String] {
    let members = all(.operatorFamily).flatMap { facts in
      facts.all(.familyMember).compactMap { _, fact in
        fact.definition.map { "ALTER OPERATOR FAMILY \(facts.object.qualifiedName) ADD \($0);" }
      }
    }
    let types = own(.baseType).filter { !$0.fact.has("shell") }.compactMap { $0.fact.definition.map { "\($0);" } }
    return types + definitions(.conversion, .operator, .operatorFamily) + members
      + definitions(.operatorClass, .cast, .transform)
  }

  var announcedTypes: [String] { own(.baseType).map { "CREATE TYPE \($0.facts.object.qualifiedName);" } }

  var rangeTypes: [String] { definitions(.rangeType) }

  var statistics: [String] {
    own(.statistics).flatMap { facts, fact in
      ["\(fact.definition ?? "");"]
        + (fact["target"].map { ["ALTER STATISTICS \(facts.object.qualifiedName) SET STATISTICS \($0);"] } ?? [])
    }
  }

  var rules: [String] {
    all(.table, .view).flatMap { facts in
      facts.all(.rule).flatMap { name, fact in
        ["\(fact.definition ?? "");"]
          + (Self.state(fact["enabled"]).map {
            ["ALTER TABLE \(facts.object.qualifiedName) \($0) RULE \(Identifier.quoted(name));"]
          } ?? [])
      }
    }
  }
}
