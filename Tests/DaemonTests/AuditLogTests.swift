import Daemon
import Foundation
import SystemPackage
import Testing

@Suite("The audit log")
struct AuditLogTests {
  @Test("each line is chained to the one before, across restarts and rotation")
  func chain() async throws {
    try await withScratchFolder { folder in
      for _ in 0..<3 {
        let log = AuditLog(directory: folder, sizeLimit: 1_000)
        for _ in 0..<10 { try await log.append(LogEntry(.queued)) }
      }

      let verified = try AuditLog.verify(directory: folder)

      #expect(verified.lines == 30)
      #expect(verified.files > 2)
      #expect(try await AuditLog(directory: folder).lines(last: 100).count == 30)
    }
  }

  @Test(
    "a changed, a removed and an inserted line break the chain at their place",
    arguments: ["change", "remove", "insert"])
  func tampering(_ kind: String) async throws {
    try await withScratchFolder { folder in
      let log = AuditLog(directory: folder)
      for _ in 0..<5 { try await log.append(LogEntry(.queued)) }
      let path = folder.appending("penstock.jsonl")
      var lines = try read(path).split(separator: "\n").map(String.init)

      switch kind {
      case "change": lines[2] = lines[2].replacing("queued", with: "finished")
      case "remove": lines.remove(at: 3)
      default: lines.insert(lines[2], at: 3)
      }
      try write(lines.joined(separator: "\n") + "\n", to: path)

      let error = #expect(throws: DaemonError.self) { try AuditLog.verify(directory: folder) }
      #expect(error?.message.contains("penstock.jsonl:4: the chain breaks") == true)
    }
  }

  @Test("a line that a crash cut off is taken away, which the log says, and the chain goes on")
  func torn() async throws {
    try await withScratchFolder { folder in
      try await AuditLog(directory: folder).append(LogEntry(.queued))
      let path = folder.appending("penstock.jsonl")
      try write(read(path) + #"{"chain":"sha256:12"#, to: path)
      #expect(try AuditLog.verify(directory: folder).incomplete == 19)

      try await AuditLog(directory: folder).append(LogEntry(.finished))

      let lines = try await AuditLog(directory: folder).lines(last: 10)
      #expect(lines.count == 3)
      #expect(lines[1].contains("tail-removed"))
      #expect(try AuditLog.verify(directory: folder).incomplete == 0)
    }
  }

  @Test("an entry that is written again, because nobody noted that it was, is there once")
  func twice() async throws {
    try await withScratchFolder { folder in
      let entry = LogEntry(.finished)
      try await AuditLog(directory: folder).append(entry)
      try await AuditLog(directory: folder).append(entry)

      #expect(try AuditLog.verify(directory: folder).lines == 1)
    }
  }

  @Test("a full disk is an error that says so, and the log goes on when there is room again")
  func fullDisk() async throws {
    try await withScratchFolder { folder in
      let log = AuditLog(directory: folder)
      try await log.append(LogEntry(.queued))
      let path = folder.appending("penstock.jsonl").string
      try FileManager.default.moveItem(atPath: path, toPath: path + ".kept")
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")

      let entry = LogEntry(.finished)
      let full = AuditLog(directory: folder)
      let error = await #expect(throws: DaemonError.self) { try await full.append(entry) }
      #expect(error?.message.contains("make room on the disk") == true)
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: path + ".kept", toPath: path)
      try await full.append(entry)

      #expect(try AuditLog.verify(directory: folder).lines == 2)
    }
  }

  @Test("who follows the log gets every new line")
  func follow() async throws {
    try await withScratchFolder { folder in
      let log = AuditLog(directory: folder)
      try await log.append(LogEntry(.daemonStarted))
      let (lines, new) = try await log.follow(last: 5)
      try await log.append(LogEntry(.queued))

      #expect(lines.count == 1)
      #expect(await new.first { _ in true }?.contains("queued") == true)
    }
  }
}
