/// What a shadow says of a repository's whole history: which files apply, and of each that does not, why.
///
/// `docs/schema/verdict.schema.json` describes its JSON.
package struct HistoryVerdict: Hashable, Sendable, Codable {
  /// Of the format.
  package var version = 1
  /// The server's version, as it says it: `15.18`.
  package var server: String
  package var profile: Profile
  /// In the order in which they apply; those that are passed over for their names at the end.
  package var files: [FileVerdict]
  /// The extensions that the files created and that are stand-ins here, sorted.
  package var emulated: [String]
  /// What was left out or said differently on the way, in the order of the files.
  package var tolerated: [Tolerance]
  package var summary: Summary
  /// What the history began on, as far as its files show; nil when nothing of it is missing.
  package var missingBeginning: MissingBeginning?

  package struct Summary: Hashable, Sendable, Codable {
    package var applied: Int
    package var failed: Int
    package var skipped: Int
    /// How many files have something wrong with them that follows from no other file.
    package var rootCauses: Int
  }

  /// Objects that the files need and none of them makes: the first files are in no folder, or the history began on a
  /// database that had something already.
  package struct MissingBeginning: Hashable, Sendable, Codable {
    package struct Object: Hashable, Sendable, Codable {
      /// `relation` for a table, view or sequence, `type`, `routine` or `schema`, as far as the error tells.
      package var kind: String
      /// As the first of the files names it.
      package var name: String
      /// How many files need it.
      package var files: Int

      package init(kind: String, name: String, files: Int) {
        self.kind = kind
        self.name = name
        self.files = files
      }
    }

    /// Those that have nothing else wrong with them that is seen, in order; they are `broken`.
    package var files: [String]
    /// In the order in which they are needed.
    package var objects: [Object]

    package init(files: [String], objects: [Object]) {
      self.files = files
      self.objects = objects
    }
  }

  /// A line that was not sent as it is written.
  package struct Tolerance: Hashable, Sendable, Codable {
    package var file: String
    /// 1-based.
    package var line: Int
    package var what: String

    package init(file: String, line: Int, what: String) {
      self.file = file
      self.line = line
      self.what = what
    }
  }

  package init(
    server: String, profile: Profile, files: [FileVerdict], emulated: [String], tolerated: [Tolerance]
  ) {
    self.server = server
    self.profile = profile
    self.files = files
    self.emulated = emulated
    self.tolerated = tolerated
    summary = Summary(
      applied: files.count { $0.outcome == .applied }, failed: files.count { $0.outcome == .failed },
      skipped: files.count { $0.outcome == .skipped }, rootCauses: Self.rootCauses(in: files).count)
  }

  /// Whether nothing is wrong with any file that is a migration.
  package var isClean: Bool { summary.rootCauses == 0 && summary.failed == 0 }

  /// The files with something wrong with them that follows from no other file.
  package var rootCauses: [FileVerdict] { Self.rootCauses(in: files) }

  /// What everybody passes over is a cause only where a file fails for want of it, or nothing else is there.
  private static func rootCauses(in files: [FileVerdict]) -> [FileVerdict] {
    let isEmpty = files.allSatisfy { $0.outcome == .skipped }
    let followed = Set(files.compactMap { $0.class == .knockOn ? $0.because : nil })
    return files.filter { file in
      guard let kind = file.class, kind != .knockOn else { return false }
      return file.outcome != .skipped || isEmpty || followed.contains(file.file)
    }
  }

  /// The files that cannot apply because of this one.
  package func followers(of cause: FileVerdict) -> [FileVerdict] {
    files.filter { $0.class == .knockOn && $0.because == cause.file }
  }
}

/// What became of one file of a history.
package struct FileVerdict: Hashable, Sendable, Codable {
  package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case applied, failed, skipped
  }

  /// Relative to the repository's root.
  package var file: String
  /// As its name has it; empty for a file whose name has none.
  package var version: String
  package var outcome: Outcome
  /// What is wrong; nil when nothing is.
  package var `class`: FailureClass?
  /// For a knock-on, the file in which its root cause is; for a duplicate version, the first file of the version.
  package var because: String?
  /// For `order`, the later file that brings what it needs.
  package var madeBy: String?
  package var sqlState: String?
  /// 1-based, as `column`.
  package var line: Int?
  package var column: Int?
  /// The server's words, and what is known of their cause.
  package var message: String?
  /// How long the server was busy with it.
  package var milliseconds: Double

  package init(file: String, version: String, outcome: Outcome, milliseconds: Double = 0) {
    self.file = file
    self.version = version
    self.outcome = outcome
    self.milliseconds = milliseconds
  }
}

/// Why a file of a history does not apply.
package enum FailureClass: String, Hashable, Sendable, Codable, CaseIterable {
  /// No server and no order would take it.
  case broken
  /// It needs what only a later file brings.
  case order
  /// Another file before it has its version, whatever the server says of it.
  case duplicateVersion = "duplicate-version"
  /// It needs an extension that no file creates, or that is neither installed here nor stood in for.
  case missingExtension = "missing-extension"
  /// It needs what the platform has and Penstock's profile lacks: our mistake.
  case platformGap = "platform-gap"
  /// It needs a newer PostgreSQL than the server here.
  case newerPostgreSQL = "newer-postgresql"
  /// It needs rows that are in the project's database and in no file.
  case needsData = "needs-data"
  /// It needs what a file before it would have brought that failed itself.
  case knockOn = "knock-on"
  /// It is passed over, because its name is no migration's.
  case badName = "bad-name"
  /// It is no SQL before some program has filled in its placeholders.
  case template
}
