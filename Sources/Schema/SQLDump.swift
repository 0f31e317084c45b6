/// A schema as SQL that makes it: the same text for the same schema, whatever order it was made in.
///
/// Statements stand in the order of what builds on what: schemas, extensions, types, sequences, tables, functions,
/// views, constraints, indexes, triggers, policies, grants, comments. Within a kind they are sorted by name, but for
/// what needs its neighbour first. A function that needs a view, or a generated column that needs a function, comes
/// too early, and so does a table with a column of a base type; what no fact describes is only named, in a comment at
/// the end. Passwords are in no fact and in no dump.
package struct SQLDump: Sendable {
  package enum Part: Sendable {
    case everything
    /// Row security and policies.
    case policies
  }

  private let snapshot: Snapshot
  private let part: Part

  package init(_ snapshot: Snapshot, part: Part = .everything) {
    self.snapshot = snapshot
    self.part = part
  }

  /// Statements, each ended by a semicolon and a line end, with an empty line between sections.
  package var text: String {
    let objects = Objects(snapshot)
    let sections =
      switch part {
      case .everything: everything(objects)
      case .policies: [objects.rowSecurity, objects.policies]
      }
    return sections.filter { !$0.isEmpty }
      .map { $0.map { $0 + "\n" }.joined() }
      .joined(separator: "\n")
  }

  private func everything(_ objects: Objects) -> [[String]] {
    [
      ["SET check_function_bodies = off;"],
      objects.schemas, objects.extensions, objects.foreign, objects.text, objects.types, objects.sequences,
      objects.tables.map { Objects.create(table: $0, objects: objects) },
      objects.functions, objects.operators, objects.laterDefaults, objects.sequenceOwners, objects.views,
      objects.constraints(foreignKeys: false), objects.indexes, objects.constraints(foreignKeys: true),
      objects.statistics, objects.rules, objects.triggers, objects.eventTriggers, objects.rowSecurity, objects.policies,
      objects.publications,
      objects.owners, objects.grants, objects.defaultPrivileges, objects.comments, objects.labels,
      objects.extensionDependencies,
      snapshot.unmodelled.map { "-- Not in this dump: \($0)" },
    ]
  }

  /// The snapshot's objects, by what a dump says of them.
  struct Objects {
    let all: [ObjectFacts]

    init(_ snapshot: Snapshot) {
      all = snapshot.objects
    }

    func all(_ kinds: Fact.Kind...) -> [ObjectFacts] {
      all.filter { kinds.contains($0.object.kind) }
    }

    /// The objects of these kinds that are in the schema, not a platform's.
    func own(_ kinds: Fact.Kind...) -> [(facts: ObjectFacts, fact: Fact)] {
      all.compactMap { facts in
        guard kinds.contains(facts.object.kind), let own = facts.own else { return nil }
        return (facts, own)
      }
    }

    /// Sorts objects so that each comes after those of them that `needs` says it needs; otherwise keeps their order.
    static func ordered(
      _ objects: [(facts: ObjectFacts, fact: Fact)], needs: (Fact, Fact.Object) -> Bool
    ) -> [(facts: ObjectFacts, fact: Fact)] {
      var waiting = objects
      var result: [(facts: ObjectFacts, fact: Fact)] = []
      while !waiting.isEmpty {
        let ready = waiting.filter { candidate in
          !waiting.contains { $0.facts.object != candidate.facts.object && needs(candidate.fact, $0.facts.object) }
        }
        // Tables that need each other cannot be put in order; they are left as they are.
        guard !ready.isEmpty else { return result + waiting }
        result += ready
        let names = Set(ready.map(\.facts.object))
        waiting.removeAll { names.contains($0.facts.object) }
      }
      return result
    }
  }
}
