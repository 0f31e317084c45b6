package import FoundationEssentials
internal import SQL

/// A new migration file, made from a description and a template.
///
/// What the templates write is valid SQL, can be run twice, and passes Penstock's own rules: explicit ON DELETE, an
/// index for every foreign key, row level security with its policies, comments.
package struct Scaffold: Hashable, Sendable {
  package enum Template: String, CaseIterable, Sendable, Codable {
    case table, column, junction, policy, `enum`, typeChange = "type-change", rollback, empty
  }

  /// Which roles and functions the SQL may rely on.
  package enum Dialect: String, CaseIterable, Sendable, Codable {
    /// `auth.users`, `auth.uid()`, `authenticated`, `service_role`.
    case supabase
    /// Nothing but PostgreSQL.
    case postgres
  }

  /// What the description does not say; each template reads what it needs and has a default for the rest.
  package struct Options: Hashable, Sendable {
    package var schema = "public"
    /// The table, or for `enum` the type; derived from the description when nil.
    package var table: String?
    /// The column that `column` adds or `type-change` changes.
    package var column: String?
    /// The column's type, or the type it changes to.
    package var type = "text"
    /// The labels of an enum.
    package var values = ["draft", "active", "archived"]
    /// The two tables that a junction joins; derived from the description when empty.
    package var joins: [String] = []
    /// The version that a rollback undoes.
    package var version: String?

    package init() {}
  }

  package let description: String
  package let template: Template
  package let dialect: Dialect
  package let options: Options
  /// The description as a file name has it: `create_customer_invoices_table`.
  package let name: String

  /// - Throws: When the description leaves no name, or the template needs something that neither it nor the options
  ///   say.
  package init(
    _ description: String, template: Template = .table, dialect: Dialect = .supabase, options: Options = Options()
  ) throws(ScaffoldError) {
    let name = Self.name(from: description)
    guard !name.isEmpty else {
      throw ScaffoldError("\"\(description)\" names nothing: describe the migration in a few English words")
    }
    self.description = description
    self.template = template
    self.dialect = dialect
    self.options = options
    self.name = name
    _ = try sql()
  }

  /// The SQL that goes into the file.
  package func sql() throws(ScaffoldError) -> String {
    switch template {
    case .table: tableTemplate()
    case .column: try columnTemplate()
    case .junction: try junctionTemplate()
    case .policy: try policyTemplate()
    case .enum: enumTemplate()
    case .typeChange: try typeChangeTemplate()
    case .rollback: try rollbackTemplate()
    case .empty: "-- \(sentence)\n"
    }
  }

  /// `20251108120000_create_customer_invoices_table.sql`
  ///
  /// - Parameters:
  ///   - date: The version is this moment in UTC, or the first second after it that is not taken.
  ///   - taken: The versions in use in the work tree, the index and every branch.
  package func fileName(at date: Date, taken: Set<String>) -> String {
    "\(Self.version(at: date, taken: taken))_\(name).sql"
  }

  /// Fourteen digits: the first second from `date` on, in UTC, that is not in `taken`.
  package static func version(at date: Date, taken: Set<String>) -> String {
    var date = date
    while true {
      let version = String(date.formatted(.iso8601).filter(\.isWholeNumber))
      if !taken.contains(version) { return version }
      date.addTimeInterval(1)
    }
  }

  /// Lowercase letters, digits and single underscores; empty when the description has no letter or digit of ASCII.
  package static func name(from description: String) -> String {
    description.lowercased()
      .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .joined(separator: "_")
  }
}

/// What a template lacks, and how to say it.
package struct ScaffoldError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String

  init(_ message: String) {
    self.message = message
  }

  package var description: String { message }
}

extension Scaffold {
  /// The description as the first line of a file: on one line, with a capital and a full stop.
  var sentence: String {
    let line = description.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.prefix(1).uppercased() + line.dropFirst() + (line.hasSuffix(".") ? "" : ".")
  }

  /// The words of `name`.
  var words: [String] { name.split(separator: "_").map(String.init) }

  /// An identifier's name, made of parts, that fits into the 63 bytes PostgreSQL keeps: the first part gives way.
  static func identifier(_ first: String, _ rest: String...) -> String {
    let tail = rest.map { "_" + $0 }.joined()
    return first.prefix(max(1, 63 - tail.utf8.count)) + tail
  }

  /// `schema.name`, quoted where it has to be.
  func qualified(_ name: String) -> String {
    "\(Quoting.identifier(options.schema)).\(Quoting.identifier(name))"
  }

  /// `customer_invoices` as prose: `Customer invoices`.
  static func prose(_ name: String) -> String {
    let words = name.split(separator: "_").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// English, as far as table names go: `customers` → `customer`, `companies` → `company`, `boxes` → `box`.
  static func singular(_ name: String) -> String {
    switch name {
    case _ where name.hasSuffix("ies") && name.count > 4: String(name.dropLast(3)) + "y"
    case _ where ["sses", "xes", "ches", "shes"].contains(where: name.hasSuffix): String(name.dropLast(2))
    case _ where name.hasSuffix("s") && !["ss", "us", "is"].contains(where: name.hasSuffix): String(name.dropLast())
    default: name
    }
  }
}
