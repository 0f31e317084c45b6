internal import Basics
internal import Git
internal import Pipeline

/// The notes on a run's commit. Several runs of one commit follow one another in the same note.
struct RunNotes {
  private let repository: Repository

  /// A lock that somebody holds for longer is reported, and the note is written at a later attempt.
  private static let timeLimit = Duration.seconds(3)

  init(_ repository: Repository) {
    self.repository = repository
  }

  /// Adds what `git log --notes=penstock` shows, unless it is there.
  func writeNote(for record: RunRecord) async throws(GitError) {
    let text = CommitNote.text(for: record)
    let trailer = "Penstock-Run: \(record.request.id)"
    try await update(.penstock, on: record.request.commit) { present in
      guard let present, !present.isEmpty else { return text }
      if present.split(separator: "\n").contains(trailer[...]) { return present }
      return "\(present)\(present.hasSuffix("\n") ? "" : "\n")\n\(text)"
    }
  }

  /// Adds the whole record as a line of JSON, unless it is there.
  func writeRecord(_ record: RunRecord) async throws {
    let line = try JSONText.encode(record)
    let name = "\"id\":\"\(record.request.id)\""
    try await update(.records, on: record.request.commit) { present in
      guard let present, !present.isEmpty else { return line + "\n" }
      if present.split(separator: "\n").contains(where: { $0.contains(name) }) { return present }
      return "\(present)\(present.hasSuffix("\n") ? "" : "\n")\(line)\n"
    }
  }

  private func update(
    _ notes: NotesRef, on commit: ObjectID, _ transform: @Sendable (String?) -> String
  ) async throws(GitError) {
    let author = Signature(name: "Penstock", email: "penstock@localhost", time: Timestamp.now.milliseconds / 1_000)
    try await repository.updateNote(on: commit, in: notes, author: author, timeLimit: Self.timeLimit, transform)
  }
}
