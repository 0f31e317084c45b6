internal import SQL

/// `hardcoded-identifier`
struct HardcodedIdentifier: StatementRule {
  let about = RuleDescription(
    name: "hardcoded-identifier",
    severity: .warning,
    evidence: [.ast],
    summary: "One environment's UUID, id, e-mail address or phone number in data or a policy",
    why: "the row it means exists in one environment only, and a person's address stays in git for good",
    explanation: """
      A migration runs in every environment. A user's UUID, an address or a number in an `insert`, `update`, `delete` \
      or policy means something in one of them at most. Look the row up by what is the same everywhere (a name, a \
      slug), or move such data into a seed.

      Only whole literals count, those inside a `do` block too, and of each kind only the first of a statement is \
      shown. Left alone are: constants of code (defaults, function bodies), UUIDs that are plainly made up (at most \
      two different digits, as in the nil UUID), and addresses in the domains that are reserved for examples \
      (RFC 2606: example.com, .test, .invalid, …). A number counts where a column called `id` or `…_id` is compared with \
      it or set to it; 0 and 1 do not, as tables of a single row have them, and neither do the rows of an `insert`, \
      which may be what makes the id the same everywhere.
      """,
    bad: """
      update public.profiles set is_admin = true where email = 'jane.doe@acme.io';
      """,
    good: """
      update public.profiles set is_admin = true where role_name = 'founder';
      """,
    source: "https://www.rfc-editor.org/rfc/rfc2606"
  )

  var statementKinds: Syntax.Kinds { [.createPolicy, .alterPolicy, .insert, .update, .delete, .doBlock] }

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard let (verb, table) = statement.syntax.dataOrPolicy else { return [] }
    var found: [Identification: (first: (value: String, range: Range<Int>), count: Int)] = [:]
    func note(_ kind: Identification, _ value: String, _ range: Range<Int>) {
      found[kind, default: ((value, range), 0)].count += 1
    }
    statement.forEachLiteral { literal in
      if let kind = Identification(literal.value) { note(kind, literal.value, literal.range) }
    }
    for comparison in statement.numberComparisons where comparison.number > 1 && Self.isIdentifier(comparison.column) {
      note(.number, "\(comparison.number)", comparison.range)
    }
    return Identification.allCases.compactMap { kind in
      guard let (first, count) = found[kind] else { return nil }
      let more = count > 1 ? " and \(count - 1) more" : ""
      return context.issue(
        "\(verb) with \(kind.rawValue) \(first.value)\(more)",
        at: first.range,
        object: table.map { ObjectName(context.declared.resolve($0)) },
        fix: .init(text: "look the row up by what is the same in every environment, or move the data into a seed"))
    }
  }

  private static func isIdentifier(_ column: String) -> Bool {
    column == "id" || column.hasSuffix("_id") || column.hasSuffix("Id")
  }
}

/// What a literal identifies by its form, a number by its column.
private enum Identification: String, CaseIterable {
  case uuid = "the UUID"
  case email = "the e-mail address"
  case phone = "the phone number"
  case number = "the id"

  init?(_ text: String) {
    if Self.isUUID(text) {
      self = .uuid
    } else if Self.isEmail(text) {
      self = .email
    } else if Self.isPhone(text) {
      self = .phone
    } else {
      return nil
    }
  }

  private static func isUUID(_ text: String) -> Bool {
    guard text.utf8.count == 36 else { return false }
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12], groups.allSatisfy({ $0.allSatisfy(\.isHexDigit) })
    else { return false }
    return Set(text.utf8).subtracting("-".utf8).count > 2
  }

  private static func isEmail(_ text: String) -> Bool {
    guard text.utf8.contains(UInt8(ascii: "@")) else { return false }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "%") })
    else { return false }
    let labels = parts[1].lowercased().split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1,
      labels.allSatisfy({ label in
        !label.isEmpty && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
      }), let top = labels.last, top.count > 1, top.allSatisfy(\.isLetter)
    else { return false }
    if ["test", "example", "invalid", "localhost", "local"].contains(String(top)) { return false }
    return !(labels[labels.count - 2] == "example" && ["com", "net", "org"].contains(String(top)))
  }

  /// International form only: `+49 170 1234567`. Digits without a plus can be anything.
  private static func isPhone(_ text: String) -> Bool {
    guard text.first == "+" else { return false }
    let rest = text.dropFirst()
    guard rest.allSatisfy({ $0.isASCII && ($0.isNumber || " -().".contains($0)) }) else { return false }
    return (8...15).contains(rest.count(where: \.isNumber))
  }
}

extension Syntax {
  /// What a change of data or a policy does, and to which table; a `DO` block can do it to any.
  fileprivate var dataOrPolicy: (verb: String, table: QualifiedName?)? {
    switch self {
    case .insert(let insert): ("inserts into \(insert.table)", insert.table)
    case .update(let update): ("updates \(update.table)", update.table)
    case .delete(let delete): ("deletes from \(delete.table)", delete.table)
    case .createPolicy(let create): ("makes a policy on \(create.table)", create.table)
    case .alterPolicy(let alter): ("changes a policy on \(alter.table)", alter.table)
    case .doBlock: ("runs a block", nil)
    default: nil
    }
  }
}
