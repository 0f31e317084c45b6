/// A verdict for a person: what is wrong, grouped by kind, each root cause with what follows from it; one line when all
/// is well.
///
/// ```
/// broken in itself: no server takes it as it stands, so mend the statement
///   supabase/migrations/20251108120000_orders.sql:3:8
///     2 files follow from it: 20251109120000_items.sql, 20251110120000_views.sql
///     relation "custmers" does not exist: no file makes it (42P01)
///
/// 55 of 58 migrations apply on PostgreSQL 15.18 with the profile supabase: 1 root cause, and 2 files follow from it.
/// ```
package struct VerdictText: Sendable {
  /// Whether to use ANSI colours.
  package var isColored: Bool
  /// How many root causes of a kind, and followers of one, are named.
  private let limit = 20
  private let followerLimit = 5

  package init(isColored: Bool) {
    self.isColored = isColored
  }

  /// Ends with a line end.
  package func render(_ verdict: HistoryVerdict) -> String {
    var text = verdict.missingBeginning.map { render($0, in: verdict) } ?? ""
    let orphans = Set(verdict.missingBeginning?.files ?? [])
    for kind in FailureClass.allCases where kind != .knockOn {
      let causes = verdict.files.filter { $0.class == kind && !orphans.contains($0.file) }
      guard !causes.isEmpty else { continue }
      text += "\(styled(kind.title, kind.isMild ? .yellow : .red)): \(kind.advice(for: verdict.profile))\n"
      // What is wrong with many files in the same words is said once, and so is what one file would have helped.
      let groups = Dictionary(grouping: causes.indices) { causes[$0].madeBy.map { [$0] } ?? causes[$0].words }.values
        .sorted { $0[0] < $1[0] }.map { $0.map { causes[$0] } }
      for group in groups.prefix(limit) { text += render(group, in: verdict) }
      if groups.count > limit { text += "  and \(groups.count - limit) more, which --format json names\n" }
      text += "\n"
    }
    return text + summary(of: verdict) + "\n" + remarks(on: verdict)
  }

  /// The last line of `render` alone, and the root causes without their words.
  package func brief(_ verdict: HistoryVerdict) -> String {
    var lines = [summary(of: verdict)]
    if let beginning = verdict.missingBeginning {
      lines.append(
        "  \(count(beginning.files.count, "file")) of them for want of what no file of the folder makes: the beginning of "
          + "the history is missing")
    }
    for cause in verdict.rootCauses.prefix(followerLimit) {
      let kind = cause.class.map { " (\($0.title))" } ?? ""
      lines.append("  \(cause.place)\(kind)\(following(cause, in: verdict).map { ": \($0)" } ?? "")")
    }
    let more = verdict.summary.rootCauses - followerLimit
    if more > 0 { lines.append("  and \(more) more") }
    return lines.joined(separator: "\n")
  }

  private func render(_ beginning: HistoryVerdict.MissingBeginning, in verdict: HistoryVerdict) -> String {
    let files = verdict.files.filter { beginning.files.contains($0.file) }
    let followers = files.reduce(0) { $0 + verdict.followers(of: $1).count }
    let need = files.count == 1 ? "needs" : "need"
    var text =
      "\(styled("no beginning", .red)): \(count(files.count, "file")) \(need) what no file of the folder makes, so the "
      + "beginning of the history is missing: bring what the database had before them, as supabase db pull writes it\n"
    for file in files.prefix(followerLimit) { text += "  \(styled(file.place, .bold))\n" }
    if files.count > followerLimit { text += "  and \(files.count - followerLimit) more files\n" }
    if followers > 0 {
      let verb = followers == 1 ? "follows" : "follow"
      text += "    \(styled("\(count(followers, "file")) \(verb) from them", .dim))\n"
    }
    let objects = beginning.objects.sorted { $0.files > $1.files }
    let names = objects.prefix(limit).map { "\($0.kind) \($0.name)" + ($0.files > 1 ? " (\($0.files) files)" : "") }
    let more = objects.count > limit ? ", and \(objects.count - limit) more" : ""
    return text + "    \(names.joined(separator: ", "))\(more)\n\n"
  }

  private func render(_ causes: [FileVerdict], in verdict: HistoryVerdict) -> String {
    var text = ""
    for cause in causes.prefix(followerLimit) {
      text += "  \(styled(cause.place, .bold))\n"
      if let followers = following(cause, in: verdict) { text += "    \(styled(followers, .dim))\n" }
    }
    if causes.count > followerLimit { text += "  and \(causes.count - followerLimit) more files\n" }
    let state = causes[0].sqlState.map { " (\($0))" } ?? ""
    for (number, line) in (causes[0].message ?? "").split(separator: "\n").enumerated() {
      text += "    \(line)\(number == 0 ? state : "")\n"
    }
    let others = Set(causes.map(\.words)).count - 1
    if others > 0 { text += "    and so on for \(count(others, "other thing")) that it makes\n" }
    return text
  }

  /// `2 files follow from it: 2_b.sql, 3_c.sql`
  private func following(_ cause: FileVerdict, in verdict: HistoryVerdict) -> String? {
    let names = verdict.followers(of: cause).map(\.name)
    guard !names.isEmpty else { return nil }
    let more = names.count > followerLimit ? ", and \(names.count - followerLimit) more" : ""
    let verb = names.count == 1 ? "follows" : "follow"
    return
      "\(count(names.count, "file")) \(verb) from it: \(names.prefix(followerLimit).joined(separator: ", "))\(more)"
  }

  private func summary(of verdict: HistoryVerdict) -> String {
    let place = "on PostgreSQL \(verdict.server) with the profile \(verdict.profile.rawValue)"
    let summary = verdict.summary
    let total = summary.applied + summary.failed
    if total == 0 {
      return summary.rootCauses == 0 ? "There are no migrations." : "No file's name is a migration's."
    }
    if verdict.isClean {
      let passedOver = summary.skipped > 0 ? ", and \(summary.skipped) passed over" : ""
      return styled(
        "\(count(summary.applied, "migration")) applied \(place), and nothing is wrong\(passedOver).", .green)
    }
    let followers = verdict.files.count { $0.class == .knockOn }
    let following =
      followers > 0
      ? ", and \(count(followers, "file")) \(followers == 1 ? "follows" : "follow") from "
        + (summary.rootCauses == 1 ? "it" : "them") : ""
    return styled(
      "\(summary.applied) of \(count(total, "migration")) applied \(place): "
        + "\(count(summary.rootCauses, "root cause"))\(following).", .bold)
  }

  private func remarks(on verdict: HistoryVerdict) -> String {
    var text = ""
    if !verdict.emulated.isEmpty { text += "Stand-ins for extensions: \(verdict.emulated.joined(separator: ", ")).\n" }
    let tolerated = Dictionary(grouping: verdict.tolerated, by: \.what).sorted { $0.key < $1.key }
    for (what, places) in tolerated {
      let more = places.count > 1 ? " and \(places.count - 1) more" : ""
      text += "Tolerated: \(what) (\(places[0].file):\(places[0].line)\(more)).\n"
    }
    return text
  }

  private func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  private func styled(_ text: String, _ style: Style) -> String {
    isColored ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  private enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "32"
    case yellow = "1;33"
  }
}

extension FileVerdict {
  fileprivate var words: [String?] { [message, sqlState] }

  fileprivate var name: String { file.split(separator: "/").last.map(String.init) ?? file }

  /// `path:line:column`, as far as known.
  fileprivate var place: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}

extension FailureClass {
  fileprivate var title: String {
    switch self {
    case .broken: "broken in itself"
    case .order: "too early"
    case .duplicateVersion: "same version twice"
    case .missingExtension: "extension missing"
    case .platformGap: "Penstock's own gap"
    case .newerPostgreSQL: "newer PostgreSQL"
    case .needsData: "needs data"
    case .knockOn: "follows from another"
    case .badName: "no migration's name"
    case .template: "template"
    }
  }

  /// What to do next.
  fileprivate func advice(for profile: Profile) -> String {
    switch self {
    case .broken: "no server takes it as it stands, so mend the statement"
    case .order: "it needs what only a later file brings, so give it a later version, or the other an earlier one"
    case .duplicateVersion: "a database notes one file of a version, so give the others versions of their own"
    case .missingExtension: "create the extension in a file before, or install it on this machine, as the message says"
    case .platformGap where profile == .postgres:
      "this profile lacks it, so try --profile supabase where it is Supabase's, and report what else it is; the file may "
        + "well be good"
    case .platformGap: "the platform has what Penstock lacks, so please report it; the file may well be good"
    case .newerPostgreSQL: "install that version here, and where there is a supabase/config.toml, set its major_version"
    case .needsData: "it works on rows that no file brings, so let it pass where they are missing"
    case .knockOn: "mend the cause first"
    case .badName: "it is passed over, so rename it to <version>_<name>.sql, or move it away"
    case .template: "apply what the program makes of it, and not the template"
    }
  }

  /// Whether the file is good, as far as anybody can tell, or does no harm.
  fileprivate var isMild: Bool {
    switch self {
    case .missingExtension, .platformGap, .newerPostgreSQL, .needsData, .badName: true
    default: false
    }
  }
}
