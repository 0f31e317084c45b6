package import Basics
package import SystemPackage

/// The outcome of reading the whole log.
package struct LogVerification: Codable, Hashable, Sendable {
  package let lines: Int
  package let files: Int
  /// The digest of the last line: noted elsewhere, it proves later that nothing was cut off at the end.
  package let head: Digest
  /// The bytes of a line that is not complete: being written at this moment, or left by a crash.
  package let incomplete: Int
}

extension AuditLog {
  /// Reads every line and follows the chain from the first one.
  /// - Throws: `log`, with the file and the line where the chain breaks.
  package static func verify(directory: FilePath) throws(DaemonError) -> LogVerification {
    let files = LogFiles(directory: directory)
    let paths = try files.inOrder()
    var count = 0
    var last = LogLine.genesis
    var incomplete = 0
    for path in paths {
      let (lines, torn) = LogFiles.lines(of: try files.read(path))
      guard torn == 0 || path == paths.last else {
        throw DaemonError(.log, "\(path):\(lines.count + 1): the line is not complete, and others follow it")
      }
      incomplete = torn
      for (index, bytes) in lines.enumerated() {
        guard let line = try? JSONText.decode(LogLine.self, String(decoding: bytes, as: UTF8.self)) else {
          throw DaemonError(.log, "\(path):\(index + 1): this is no line of the log")
        }
        guard line.previous == last else {
          throw DaemonError(
            .log,
            "\(path):\(index + 1): the chain breaks: this line follows another one than the line before it, "
              + "so that one of them was changed, or lines were taken out")
        }
        last = Digest(of: bytes)
        count += 1
      }
    }
    return LogVerification(lines: count, files: paths.count, head: last, incomplete: incomplete)
  }
}
