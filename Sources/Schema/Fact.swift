package import Basics

/// One thing that is true of a schema, at the grain at which it can change by itself: that there is a column, what its
/// default is, who may read it, what its comment says.
///
/// Facts never change. They are handed about by the ten thousand, which a reference makes cheap.
package final class Fact: Sendable {
  package let id: ID
  /// What the fact says, in an order that is the same for all facts of a kind. What does not apply, or is as it is
  /// unless someone says otherwise, is left out: a column that may be null has no attribute `not null`.
  package let attributes: [Attribute]
  /// The object as SQL, where the server can write it: `CREATE INDEX ...`, `CHECK (...)`, a view's query.
  package let definition: String?
  /// Over the identity, the attributes and the definition.
  package let digest: Digest
  /// The number (`pg_class.oid`) of the relation that the fact was read with; nil when it belongs to none. It is no part
  /// of what the fact says.
  let relation: UInt32?
  /// The catalog row that the fact was read from; no part of what it says either.
  let address: Address?

  init(
    id: ID, attributes: [Attribute], definition: String? = nil, relation: UInt32? = nil, address: Address? = nil
  ) {
    self.id = id
    self.attributes = attributes
    self.definition = definition
    self.relation = relation
    self.address = address
    var canonical: [UInt8] = []
    canonical.reserveCapacity(256)
    func append(_ text: String?) {
      guard let text else { return canonical.append(0xff) }
      canonical.append(contentsOf: text.utf8)
      canonical.append(0)
    }
    append(id.kind.rawValue)
    append(id.object.kind.rawValue)
    append(id.object.schema)
    append(id.object.name)
    append(id.object.arguments)
    append(id.member?.kind.rawValue)
    append(id.member?.name)
    append(id.qualifier)
    for attribute in attributes {
      append(attribute.name)
      append(attribute.value)
    }
    append(definition)
    digest = Digest(of: canonical)
  }

  /// The value of an attribute, or nil when the fact has none of that name.
  package subscript(attribute: String) -> String? {
    attributes.first { $0.name == attribute }?.value
  }

  /// Whether a yes-or-no attribute is said.
  func has(_ attribute: String) -> Bool {
    self[attribute] != nil
  }
}

extension Fact: Codable {
  private enum CodingKeys: CodingKey {
    case id
    case attributes
    case definition
  }

  package convenience init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(ID.self, forKey: .id),
      attributes: try container.decode([Attribute].self, forKey: .attributes),
      definition: try container.decodeIfPresent(String.self, forKey: .definition))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(attributes, forKey: .attributes)
    try container.encodeIfPresent(definition, forKey: .definition)
  }
}

extension Fact {
  package struct Attribute: Hashable, Sendable, Codable {
    package let name: String
    package let value: String
  }

  /// The kinds of things, each as people write it.
  package enum Kind: String, Sendable, CaseIterable, Codable {
    case schema
    case `extension`
    case language
    case accessMethod = "access method"
    case foreignDataWrapper = "foreign data wrapper"
    case foreignServer = "foreign server"
    case userMapping = "user mapping"
    case collation
    case conversion
    case textSearchParser = "text search parser"
    case textSearchTemplate = "text search template"
    case textSearchDictionary = "text search dictionary"
    case textSearchConfiguration = "text search configuration"
    case baseType = "base type"
    case enumeration = "enum"
    case compositeType = "composite type"
    case domain
    case rangeType = "range type"
    case sequence
    case table
    case foreignTable = "foreign table"
    case view
    case materializedView = "materialized view"
    case statistics
    case function
    case procedure
    case aggregate
    case `operator`
    case operatorFamily = "operator family"
    case operatorClass = "operator class"
    case cast
    case transform
    case publication
    case eventTrigger = "event trigger"
    case defaultPrivileges = "default privileges"
    // Members of the kinds above.
    case column
    case `default`
    case constraint
    case index
    case trigger
    case policy
    case rule
    case mapping
    /// An operator or a function that an operator family has beside those of its classes.
    case familyMember = "family member"
    case publishedTable = "published table"
    case publishedSchema = "published schema"
    case grant
    case comment
    case securityLabel = "security label"
    /// That the object goes when an extension does, of which it is no member.
    case extensionDependency = "extension dependency"

    /// Where a kind stands in a list: containers before what they contain, and what is built before what builds on it.
    var rank: Int { Self.ranks[self]! }

    private static let ranks = Dictionary(uniqueKeysWithValues: zip(allCases, 0...))
  }

  /// What stays the same while a fact changes.
  package struct ID: Sendable {
    package let kind: Kind
    package let object: Object
    /// The part of the object that the fact is about; nil when it is about the object itself.
    package let member: Member?
    /// Tells apart facts about the same thing: the grantee of a grant, the provider of a security label.
    package let qualifier: String?
    /// All of the above in bytes that sort as identities do: a snapshot compares them by the hundred thousand.
    private let key: [UInt8]

    init(kind: Kind, object: Object, member: Member?, qualifier: String?) {
      self.kind = kind
      self.object = object
      self.member = member
      self.qualifier = qualifier
      var key: [UInt8] = []
      key.reserveCapacity(64)
      func append(_ text: String?, kind: Kind? = nil) {
        if let text {
          key.append(1 + UInt8(kind?.rank ?? 0))
          key.append(contentsOf: text.utf8)
        }
        // No text of PostgreSQL's holds a zero byte.
        key.append(0)
      }
      key.append(UInt8(object.kind.rank))
      append(object.schema)
      append(object.name)
      append(object.arguments)
      key.append(UInt8(kind.rank))
      append(member?.name, kind: member?.kind)
      append(qualifier)
      self.key = key
    }
  }

  /// An object that stands by itself: a table, a function, a schema.
  package struct Object: Sendable, Codable {
    package let kind: Kind
    /// Nil for what is in no schema.
    package let schema: String?
    package let name: String
    /// What tells objects of one name apart: a function's or an operator's argument types, the access method of an
    /// operator class or family, the user of a user mapping (whose name is the server's), the language of a transform
    /// (whose name is the type's). Nil for everything else.
    package let arguments: String?
  }

  /// Part of an object: a column, a constraint, an index, a policy, a trigger.
  package struct Member: Sendable, Codable {
    package let kind: Kind
    package let name: String
  }
}

extension Fact.Object: Hashable {
  package static func == (a: Self, b: Self) -> Bool {
    a.kind == b.kind && a.name.hasSameBytes(as: b.name) && same(a.schema, b.schema) && same(a.arguments, b.arguments)
  }
}

extension Fact.Object: Comparable {
  /// By kind, then by name.
  package static func < (a: Self, b: Self) -> Bool {
    if a.kind != b.kind { return a.kind.rank < b.kind.rank }
    if !same(a.schema, b.schema) { return precedes(a.schema, b.schema) }
    if !a.name.hasSameBytes(as: b.name) { return a.name.precedes(b.name) }
    return precedes(a.arguments, b.arguments)
  }
}

extension Fact.Member: Hashable {
  package static func == (a: Self, b: Self) -> Bool {
    a.kind == b.kind && a.name.hasSameBytes(as: b.name)
  }
}

extension Fact.ID: Hashable {
  package static func == (a: Self, b: Self) -> Bool { a.key == b.key }

  package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension Fact.ID: Comparable {
  /// By object; within an object the object itself, then its members by kind and name.
  package static func < (a: Self, b: Self) -> Bool { a.key.lexicographicallyPrecedes(b.key) }
}

extension Fact.ID: Codable {
  private enum CodingKeys: CodingKey {
    case kind
    case object
    case member
    case qualifier
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      kind: try container.decode(Fact.Kind.self, forKey: .kind),
      object: try container.decode(Fact.Object.self, forKey: .object),
      member: try container.decodeIfPresent(Fact.Member.self, forKey: .member),
      qualifier: try container.decodeIfPresent(String.self, forKey: .qualifier))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(object, forKey: .object)
    try container.encodeIfPresent(member, forKey: .member)
    try container.encodeIfPresent(qualifier, forKey: .qualifier)
  }
}

private func same(_ a: String?, _ b: String?) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return a.hasSameBytes(as: b)
}

private func precedes(_ a: String?, _ b: String?) -> Bool {
  guard let a, let b else { return a == nil && b != nil }
  return a.precedes(b)
}

extension Fact.Object: CustomStringConvertible {
  /// `table public.orders`, `function public.total(integer)`.
  package var description: String { "\(kind.rawValue) \(qualifiedName)" }

  /// As it is written in SQL: `public.orders`, `public.total(integer)`, `public.=== (integer, integer)`,
  /// `public.ints USING btree`, `(integer AS bytea)`, `FOR anon SERVER far`, `FOR public.pair LANGUAGE plperl`.
  package var qualifiedName: String {
    let path = [schema, name].compactMap { $0 }.map(Identifier.quoted).joined(separator: ".")
    switch (kind, arguments) {
    case (.cast, _): return name
    case (.operator, let arguments?): return "\(Identifier.quoted(schema ?? "")).\(name) (\(arguments))"
    case (.operatorClass, let method?), (.operatorFamily, let method?): return "\(path) USING \(method)"
    case (.userMapping, let user?):
      return "FOR \(user == "public" ? "PUBLIC" : Identifier.quoted(user)) SERVER \(path)"
    case (.transform, let language?): return "FOR \(name) LANGUAGE \(language)"
    case (_, let arguments?): return "\(path)(\(arguments))"
    case (_, nil): return path
    }
  }
}

extension Fact.ID: CustomStringConvertible {
  /// `column public.orders.status`, `policy "own rows" on public.orders`, `grant on table public.orders to anon`.
  package var description: String {
    switch kind {
    case .grant: "grant on \(subjectText) to \(qualifier ?? "")"
    case .comment: "comment on \(subjectText)"
    case .securityLabel: "security label of \(qualifier ?? "") on \(subjectText)"
    case .extensionDependency: "dependency of \(subjectText) on extension \(Identifier.quoted(qualifier ?? ""))"
    case .default: "default of \(subjectText)"
    case .defaultPrivileges:
      "default privileges of \(object.name)\(object.schema.map { " in schema \($0)" } ?? "")"
        + " on \(qualifier ?? "")"
    default: subjectText
    }
  }

  /// What the fact is about: the member if there is one, else the object.
  private var subjectText: String {
    guard let member else { return object.description }
    switch member.kind {
    case .column: return "column \(object.qualifiedName).\(Identifier.quoted(member.name))"
    case .publishedTable, .publishedSchema, .familyMember:
      return "\(member.kind.rawValue) \(member.name) of \(object)"
    default: return "\(member.kind.rawValue) \(Identifier.quoted(member.name)) on \(object.qualifiedName)"
    }
  }
}
