internal import Basics
internal import Glibc
internal import SystemPackage

/// The end of the log, open for writing.
final class LogTail {
  private let path: FilePath
  private let file: FileDescriptor
  /// Of the file, in bytes.
  private(set) var length: Int
  /// What the next line is linked to.
  private(set) var last: Digest
  /// The name of the entry in the last line; nil when there is none or the line cannot be read.
  private(set) var lastEntry: String?
  /// How many bytes of an incomplete line were taken away on opening.
  var removed = 0

  init(_ files: LogFiles) throws(DaemonError) {
    path = files.current
    let descriptor = Glibc.open(path.string, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw LogTail.failure(path) }
    file = FileDescriptor(rawValue: descriptor)
    length = 0
    last = LogLine.genesis
    try files.sync()

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw LogTail.failure(path) }
    var (lines, torn) = LogFiles.lines(of: status.st_size > 0 ? try files.read(path) : [])
    if torn > 0 {
      let size = lines.reduce(0) { $0 + $1.count + 1 }
      guard ftruncate(descriptor, off_t(size)) == 0 else { throw LogTail.failure(path) }
      removed = torn
    }
    length = lines.reduce(0) { $0 + $1.count + 1 }
    if lines.isEmpty, let retired = try files.inOrder().dropLast().last {
      lines = LogFiles.lines(of: try files.read(retired)).complete
    }
    if let line = lines.last {
      last = Digest(of: line)
      lastEntry = try? JSONText.decode(LogLine.self, String(decoding: line, as: UTF8.self)).entry.id
    }
  }

  /// Writes a line and waits until it is on the disk.
  /// - Throws: `log`; this value must not be used any more then, because part of the line may be there.
  func write(_ line: String, entry: String) throws(DaemonError) {
    do {
      try file.writeAll(Array((line + "\n").utf8))
    } catch {
      throw Self.failure(path, error as? Errno)
    }
    guard fsync(file.rawValue) == 0 else { throw Self.failure(path) }
    length += line.utf8.count + 1
    last = Digest(of: line)
    lastEntry = entry
  }

  /// - Parameter reason: Nil for the C library's last error.
  private static func failure(_ path: FilePath, _ reason: Errno? = nil) -> DaemonError {
    let reason = reason ?? Errno(rawValue: errno)
    let advice = reason == .noSpace ? ": make room on the disk; what is missing is written then" : ""
    return DaemonError(.log, "cannot write the log \(path): \(reason)\(advice)")
  }

  deinit {
    _ = Glibc.close(file.rawValue)
  }
}
