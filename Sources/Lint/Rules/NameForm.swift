internal import SQL
internal import Schema

/// `uppercase`, `reserved-word`
struct NameForm: StatementRule {
  let about: RuleDescription
  private let isWrong: @Sendable (String) -> Bool

  static let uppercase = NameForm(
    "uppercase", summary: "Name that has to be quoted for its capital letters",
    why: "whoever writes it without quotes, means another one",
    explanation: """
      PostgreSQL folds unquoted names to lowercase: `"userId"` has to be quoted wherever it is used. Counted are new \
      tables, columns, views, types and functions; one finding a statement.
      """,
    bad: #"create table public."Customers" (id bigint primary key, "firstName" text);"#,
    good: "create table public.customers (id bigint primary key, first_name text);"
  ) { name in
    let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
    return isASCII ? name.utf8.contains { (0x41...0x5A).contains($0) } : name.contains(where: \.isUppercase)
  }

  static let reservedWord = NameForm(
    "reserved-word", summary: "Name that is a keyword of SQL",
    why: "it has to be quoted wherever it is used, and where it need not be it may mean something else",
    explanation: """
      Counted are new tables, columns, views, types and functions whose name PostgreSQL's `quote_ident` quotes although \
      it is all lowercase: `user`, `order`, `end`, and words that may stand in few places only, as `values`. One finding \
      a statement.
      """,
    bad: #"create table public."order" (id bigint primary key);"#,
    good: "create table public.orders (id bigint primary key);"
  ) { name in
    name.utf8.allSatisfy(isLowercase) && name.utf8.first.map { !(0x30...0x39).contains($0) } == true
      && Quoting.identifier(name) != name && !harmless.contains(name)
  }

  /// Whether it is a lowercase letter of ASCII, a digit or an underscore.
  private static func isLowercase(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// Keywords that a column or table may be called without quotes.
  private static let harmless: Set = [
    "between", "bigint", "bit", "boolean", "char", "character", "coalesce", "dec", "decimal", "exists", "extract",
    "float", "greatest", "grouping", "inout", "int", "integer", "interval", "least", "national", "nchar", "none",
    "normalize", "nullif", "numeric", "out", "overlay", "position", "precision", "real", "row", "setof", "smallint",
    "substring", "time", "timestamp", "treat", "trim", "values", "varchar", "xmlattributes", "xmlconcat", "xmlelement",
    "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
  ]

  private init(
    _ name: RuleName, summary: String, why: String, explanation: String, bad: String, good: String,
    isWrong: @escaping @Sendable (String) -> Bool
  ) {
    self.isWrong = isWrong
    about = RuleDescription(
      name: name, severity: .advice, evidence: [.ast], summary: summary, why: why, explanation: explanation,
      bad: RuleExample(stringLiteral: bad), good: RuleExample(stringLiteral: good),
      source: "https://www.postgresql.org/docs/15/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS; "
        + "https://www.postgresql.org/docs/15/sql-keywords-appendix.html")
  }

  var statementKinds: Syntax.Kinds { [.createTable, .alterTable, .createView, .createFunction, .createType] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let (object, names) = statement.syntax.newNames else { return [] }
    let wrong = names.filter(isWrong)
    guard let first = wrong.first, context.declared.resolve(object).schema != "pg_temp" else { return [] }
    let more = wrong.count > 1 ? " and \(wrong.count - 1) more" : ""
    return [
      context.issue(
        "\(Quoting.identifier(first))\(more) of \(object) can be written in quotes only",
        at: statement.range,
        object: ObjectName(context.declared.resolve(object)),
        fix: .init(text: "choose names of lowercase letters, digits and underscores that are no keywords"))
    ]
  }
}

extension Syntax {
  /// The names that the statement gives to a new object and its columns.
  fileprivate var newNames: (object: QualifiedName, names: [String])? {
    switch self {
    case .createTable(let create): (create.name, [create.name.name] + create.columns.map(\.name))
    case .alterTable(let alter):
      (
        alter.name,
        alter.commands.compactMap { if case .addColumn(let column, _) = $0.action { column.name } else { nil } }
      )
    case .createView(let create): (create.name, [create.name.name])
    case .createType(let create): (create.name, [create.name.name])
    case .createFunction(let create): (create.name, [create.name.name])
    default: nil
    }
  }
}
