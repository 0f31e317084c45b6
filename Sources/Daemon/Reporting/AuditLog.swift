internal import Basics
internal import Glibc
package import SystemPackage

/// What happened, for ever: one JSON object a line, each with the SHA-256 of the line before it, so that nothing can be
/// changed, taken out or put in without the chain showing it.
///
/// The newest lines are in `penstock.jsonl`. When that file is full it becomes `penstock-000001.jsonl` and so on, and the
/// chain goes on from one file to the next. An entry is on the disk when `append` returns. A line without its end was
/// never acknowledged: it is what a crash or a full disk left behind, and is taken away before the next line is written,
/// which the log itself then says.
package actor AuditLog {
  private nonisolated let executor = QueueExecutor(label: "penstock log")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let files: LogFiles
  /// A file is full at so many bytes.
  private let sizeLimit: Int
  /// Where the next line goes; nil until it is known, and again after anything went wrong.
  private var tail: LogTail?
  private var readers: [Int: AsyncStream<String>.Continuation] = [:]
  private var readerCount = 0

  /// - Parameter directory: Must be there. Nothing is read or written before the first call.
  package init(directory: FilePath, sizeLimit: Int = 16 << 20) {
    files = LogFiles(directory: directory)
    self.sizeLimit = sizeLimit
  }

  /// Writes an entry, unless it is the last one that was written: whoever died between writing an entry and noting that
  /// it is written, writes it again.
  /// - Throws: `log` when the disk is full or the file cannot be written. Nothing of the entry is left then.
  package func append(_ entry: LogEntry) throws(DaemonError) {
    var tail = try openTail()
    guard tail.lastEntry != entry.id else { return }
    self.tail = nil
    if tail.removed > 0 {
      var note = LogEntry(.tailRemoved)
      note.message = "an incomplete line of \(tail.removed) bytes was taken away"
      try write(note, to: &tail)
      tail.removed = 0
    }
    try write(entry, to: &tail)
    self.tail = consume tail
  }

  /// The last lines, the oldest first.
  package func lines(last count: Int) throws(DaemonError) -> [String] {
    var lines: [String] = []
    for file in try files.inOrder().reversed() where lines.count < count {
      lines = Array(
        (LogFiles.lines(of: try files.read(file)).complete.map { String(decoding: $0, as: UTF8.self) } + lines).suffix(
          count))
    }
    return lines
  }

  /// The last lines, and from then on every new one, until the reader goes away. A reader who is more than a thousand
  /// lines behind misses some: the file has them all.
  package func follow(last count: Int) throws(DaemonError) -> (lines: [String], new: AsyncStream<String>) {
    let lines = try lines(last: count)
    let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1_000))
    let reader = readerCount
    readerCount += 1
    readers[reader] = continuation
    continuation.onTermination = { _ in
      // Ends by itself: it only waits for its turn.
      Task { await self.removeReader(reader) }
    }
    return (lines, stream)
  }

  private func removeReader(_ reader: Int) {
    readers[reader] = nil
  }

  // MARK: Writing

  private func openTail() throws(DaemonError) -> LogTail {
    if let tail { return tail }
    return try LogTail(files)
  }

  private func write(_ entry: LogEntry, to tail: inout LogTail) throws(DaemonError) {
    let line: String
    do {
      line = try JSONText.encode(LogLine(previous: tail.last, entry: entry))
    } catch {
      throw DaemonError(.log, "the log cannot hold an entry: \(error)")
    }
    if tail.length > 0, tail.length + line.utf8.count > sizeLimit {
      try files.retireCurrent()
      tail = try LogTail(files)
    }
    try tail.write(line, entry: entry.id)
    for reader in readers.values { reader.yield(line) }
  }
}

/// A line of the log: an entry and the link to the line before.
struct LogLine: Codable {
  let previous: Digest
  let entry: LogEntry

  private enum CodingKeys: String, CodingKey { case chain }

  init(previous: Digest, entry: LogEntry) {
    self.previous = previous
    self.entry = entry
  }

  init(from decoder: any Decoder) throws {
    previous = try decoder.container(keyedBy: CodingKeys.self).decode(Digest.self, forKey: .chain)
    entry = try LogEntry(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    try entry.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(previous, forKey: .chain)
  }

  /// What the first line of all is linked to.
  static let genesis = Digest(of: "")
}
