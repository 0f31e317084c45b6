internal import Postgres

/// An object of a database as an error or a statement names it, to tell which statement would have made what is missing.
///
/// Names are compared and objects are not looked up: the server that could do that is one where they are missing.
struct NamedObject: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// A table, view, sequence or index.
    case relation
    case column, constraint, policy, trigger
    case routine, type, schema, role, `extension`
    /// A row of a table, the table being the name.
    case row
    /// A value of an enum, whose owner the enum is.
    case label
    case other
  }

  var kind: Kind
  var schema: String?
  var name: String
  /// The table that a column, constraint, policy or trigger belongs to, without its schema.
  var owner: String?

  init(_ kind: Kind, _ name: String, schema: String? = nil, owner: String? = nil) {
    self.kind = kind
    self.schema = schema
    self.name = name
    self.owner = owner
  }

  /// Whether this may be the other: what one of the two does not say is no difference.
  func mayBe(_ other: NamedObject) -> Bool {
    (kind == other.kind || Self.confusable.contains([kind, other.kind])) && name == other.name
      && Self.agree(schema, other.schema) && Self.agree(owner, other.owner)
  }

  /// A table is also a type, a constraint also an index.
  private static let confusable: [Set<Kind>] = [[.relation, .type], [.relation, .constraint], [.other, .type]]

  private static func agree(_ a: String?, _ b: String?) -> Bool { a == nil || b == nil || a == b }
}

extension NamedObject: CustomStringConvertible {
  /// `auth.users`
  var description: String { schema.map { "\($0).\(name)" } ?? name }
}

// MARK: - In errors

extension NamedObject {
  /// The object that an error says is missing, or there already; nil when it names none.
  ///
  /// The server names it only in its message, which is English and of a known form because the server is ours
  /// (`lc_messages`); what kind of error it is the SQLSTATE says.
  init?(namedBy error: PostgresError) {
    let message = error.message
    switch error.sqlState?.rawValue {
    case "23503":
      guard let match = error.detail?.firstMatch(of: /is not present in table "([^"]+)"/) else { return nil }
      self.init(.row, String(match.1))
    case "42830":  // There is no unique constraint matching given keys for referenced table "t".
      guard let match = message.firstMatch(of: /referenced table "([^"]+)"/) else { return nil }
      self.init(.constraint, "", owner: String(match.1))
    case "22P02":
      guard let match = message.firstMatch(of: /invalid input value for enum (?:[^ .]+\.)?"?([^ ."]+)"?: "([^"]*)"/)
      else {
        return nil
      }
      self.init(.label, String(match.2), owner: String(match.1))
    case "42883", "42723":
      self.init(routineIn: message)
    case "42703", "42701":
      self.init(columnIn: message)
    case "42P01", "42704", "3F000", "42P07", "42710", "42P06", "0A000", "58P01", "42501":
      self.init(quotedIn: message)
    default:
      return nil
    }
  }

  /// `function public.f(uuid, text) does not exist`, `could not find a function named "f"`
  private init?(routineIn message: String) {
    guard
      let match = message.firstMatch(
        of: /^(?:function|procedure|routine|aggregate) ("?[^(]+?"?)\(.*\) does not exist/)?.1
        ?? message.firstMatch(of: /(?:function|procedure|routine|aggregate)(?: named)? "([^"]+)"/)?.1
    else { return nil }
    self.init(.routine, qualified: match)
  }

  /// `column "x" of relation "t" does not exist`, `column t.x does not exist`; the `t` of the latter may be an alias.
  private init?(columnIn message: String) {
    if let match = message.firstMatch(of: /column "([^"]+)"(?: of relation "([^"]+)")?/) {
      self.init(.column, String(match.1), owner: match.2.map(String.init))
    } else if let match = message.firstMatch(of: /column (?:[^ .]+\.)*"?([^ ."]+)"? does not exist/) {
      self.init(.column, String(match.1))
    } else if let match = message.firstMatch(of: /has no field "([^"]+)"/) {
      self.init(.column, String(match.1))
    } else {
      return nil
    }
  }

  /// `relation "public.t" does not exist`, `policy "p" for table "t" already exists`, `permission denied for schema auth`
  private init?(quotedIn message: String) {
    guard
      let match = message.firstMatch(
        of: /([a-z][a-z ]*?) "([^"]+)"(?: (?:of|for|on) (?:relation|table) "([^"]+)")?/)
    else {
      guard let match = message.firstMatch(of: /(?:denied for|owner of) ([a-z ]+) ([^ ]+)$/) else { return nil }
      self.init(Self.kind(of: match.1), qualified: match.2)
      return
    }
    let kind = Self.kind(of: match.1)
    if [.relation, .type, .routine].contains(kind) {
      self.init(kind, qualified: match.2)
    } else {
      self.init(kind, String(match.2), owner: match.3.map { Self.lastPart(of: $0) })
    }
  }

  private init(_ kind: Kind, qualified text: Substring) {
    let parts = text.replacing("\"", with: "").split(separator: ".", maxSplits: 1).map(String.init)
    let name = (parts.last ?? "").replacing("[]", with: "")
    self.init(kind, name, schema: parts.count == 2 ? parts[0] : nil)
  }

  private static func lastPart(of text: Substring) -> String {
    text.split(separator: ".").last.map(String.init) ?? String(text)
  }

  private static func kind(of words: Substring) -> Kind {
    // What goes before the last word may be the sentence's: `required extension`, `must be owner of table`.
    switch words.split(separator: " ").last {
    case "relation", "table", "view", "sequence", "index", "missing": .relation
    case "type", "domain": .type
    case "schema": .schema
    case "role", "user": .role
    case "extension": .extension
    case "policy": .policy
    case "trigger": .trigger
    case "constraint": .constraint
    case "column": .column
    case "function", "procedure", "aggregate", "routine": .routine
    default: .other
    }
  }
}
