/// `file-name-format`
struct FileNameFormat: FileRule {
  let about = RuleDescription(
    name: "file-name-format",
    severity: .error,
    evidence: [.file],
    summary: "Migration whose file name is not a UTC time and a name",
    why: "the version at the name's start is the migration's identity and its place in the order",
    explanation: """
      A migration is called `YYYYMMDDHHMMSS_name_of_the_change.sql`: the time in UTC at which it was begun, which must \
      be a real one, then a name of lowercase letters, digits and underscores. Versions are compared as text, so mixing \
      lengths mixes the order, and a file whose name does not start with digits and an underscore is skipped without a \
      word. `penstock new` makes such names.

      `naming: { file: … }` in the `lint:` section replaces the pattern; where a version of 14 digits is there, it is \
      still checked for being a time.
      """,
    bad: RuleExample(files: [("supabase/migrations/20251332000000_Add Customers.sql", "select 1;")]),
    good: RuleExample(files: [("supabase/migrations/20251108120000_add_customers.sql", "select 1;")]),
    source: "https://supabase.com/docs/guides/deployment/database-migrations"
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    let name = String(file.name)
    let version = String(file.version ?? "")
    let message: String
    if !context.matchesNamingPattern(name) {
      message =
        !(name.first?.isNumber ?? false)
        ? "\(name) does not start with a version (digits), so it would be skipped"
        : "\(name) does not match the pattern \(context.configuration.fileNamePattern)"
    } else if version.utf8.count == 14, !Self.isTime(version) {
      message = "\(version) in \(name) is not a date and time"
    } else {
      return []
    }
    let fix = "rename it to \(Self.isTime(version) ? version : "YYYYMMDDHHMMSS")_\(Self.slug(of: name)).sql"
    return [context.issue("\(message)", fix: .init(text: fix))]
  }

  /// Whether 14 digits are a date and time of the calendar.
  static func isTime(_ version: String) -> Bool {
    let digits = version.utf8.map { Int($0) - 48 }
    guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }) else { return false }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    let year = number(0..<4)
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    let month = number(4..<6)
    guard year >= 1970, (1...12).contains(month), (1...days[month - 1]).contains(number(6..<8)) else { return false }
    return number(8..<10) < 24 && number(10..<12) < 60 && number(12..<14) < 60
  }

  private static func slug(of name: String) -> String {
    let stem = name.hasSuffix(".sql") ? name.dropLast(4) : name[...]
    let words = stem.drop { $0.isNumber || $0 == "_" }.lowercased()
      .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "name_of_the_change" : words.joined(separator: "_")
  }
}
