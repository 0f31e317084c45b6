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
      be a real one, then a name of lowercase letters, digits and underscores. Supabase compares versions as text, so \
      mixing lengths mixes the order, and it passes over a file whose name does not start with digits and an underscore \
      without a word. `penstock new` makes such names.

      `naming: { file: … }` in the `lint:` section replaces the pattern; where a version of 14 digits is there, it is \
      still checked for being a time. Files that are numbered, four or more, are one finding.
      """,
    bad: RuleExample(files: [("supabase/migrations/20251332000000_Add Customers.sql", "select 1;")]),
    good: RuleExample(files: [("supabase/migrations/20251108120000_add_customers.sql", "select 1;")]),
    source: "https://supabase.com/docs/guides/deployment/database-migrations"
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    let name = String(file.name)
    let version = context.version ?? ""
    let message: String
    if !context.matchesNamingPattern(name) {
      message =
        version.isEmpty
        ? "\(name) does not start with a version (digits and an underscore), so it is passed over"
        : "\(name) does not match the pattern \(context.configuration.fileNamePattern)"
    } else if version.utf8.count == 14, !Self.isTime(version) {
      message = "\(version) in \(name) is not a date and time"
    } else {
      return []
    }
    let numbered = context.shared.numberedFiles
    if numbered.count > 3, !version.isEmpty, !Self.isTime(version) {
      guard numbered.first == context.index else { return [] }
      return [
        context.issue(
          "\(message), and so it is with \(numbered.count - 1) more files",
          fix: .init(text: "where that is how the project counts, say so as naming.file in the lint: section"))
      ]
    }
    let newName = Issue.FileName(
      version: Self.isTime(version) ? version : nil, name: Self.slug(of: name, default: "name_of_the_change"))
    let way = version.isEmpty ? "" : ", or give the project's own pattern as naming.file in the lint: section"
    return [
      context.issue(
        message,
        fix: .init(
          text: "rename it to \(newName.version ?? "YYYYMMDDHHMMSS")_\(newName.name).sql\(way)", rename: newName))
    ]
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

  /// What can follow a version in a file's name: words in lowercase, joined by underscores.
  static func slug(of name: String, default fallback: String) -> String {
    let stem = [".up.sql", ".sql"].first(where: name.hasSuffix).map { name.dropLast($0.count) } ?? name[...]
    let words = stem.drop { $0.isNumber || $0 == "_" }.lowercased()
      .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? fallback : words.joined(separator: "_")
  }
}
