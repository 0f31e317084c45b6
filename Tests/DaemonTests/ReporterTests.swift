import Daemon
import Foundation
import Git
import Pipeline
import SystemPackage
import TestSupport
import Testing

@Suite("Reports")
struct ReporterTests {
  @Test("several runs of a commit follow one another in its notes, each written once however often it is delivered")
  func notes() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push(files: ["a": "a"])
      let first = try await bench.finishedRun(of: commit, .failed)
      #expect(await bench.reporter.deliver())
      let second = try await bench.queuedRun(of: commit)
      #expect(await bench.reporter.deliver())
      try await bench.store.finish(.sample(second, .promoted))

      // As if the daemon had died after it wrote, and before it noted that.
      let asBefore = try bench.copyOfStore()
      #expect(await bench.reporter.deliver())
      #expect(await bench.reporter(on: asBefore).deliver())

      let note = try await bench.scratch.git("notes", "--ref=penstock", "show", commit.hex, in: bench.scratch.bare)
      #expect(note.components(separatedBy: "Penstock-Run: \(first)").count == 2)
      #expect(note.components(separatedBy: "Penstock-Run: \(second.id)").count == 2)
      let records = try await bench.scratch.git(
        "notes", "--ref=penstock-records", "show", commit.hex, in: bench.scratch.bare)
      #expect(records.split(separator: "\n").count == 2)
      #expect(records.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
      #expect(try AuditLog.verify(directory: bench.logFolder).lines == 4)
    }
  }

  @Test("a notes reference that somebody has locked delays the note, and loses nothing")
  func lockedNotes() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push(files: ["a": "a"])
      let run = try await bench.finishedRun(of: commit, .promoted)
      let lock = bench.scratch.bare.appending("refs/notes/penstock.lock")
      try bench.scratch.write("", to: lock)

      #expect(await !bench.reporter.deliver())
      #expect(try await bench.repository.pins().keys.contains(run.rawValue))
      #expect(try AuditLog.verify(directory: bench.logFolder).lines == 2)
      try FileManager.default.removeItem(atPath: lock.string)
      #expect(await bench.reporter.deliver())

      let note = try await bench.scratch.git("notes", "--ref=penstock", "show", commit.hex, in: bench.scratch.bare)
      #expect(note.contains("Penstock-Run: \(run)"))
      #expect(try await bench.repository.pins().isEmpty)
      #expect(try await bench.store.deliveryCount() == 0)
    }
  }

  @Test("a log on a full disk delays the log alone: the verdict stands, the note is written")
  func fullDisk() async throws {
    try await Bench.with { bench in
      let commit = try await bench.push(files: ["a": "a"])
      let run = try await bench.finishedRun(of: commit, .promoted)
      let file = bench.logFolder.appending("penstock.jsonl").string
      try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")

      #expect(await !bench.reporter.deliver())
      #expect(try await bench.store.record(of: run)?.result == .promoted)
      let note = try await bench.scratch.git("notes", "--ref=penstock", "show", commit.hex, in: bench.scratch.bare)
      #expect(note.contains("Penstock-Run: \(run)"))

      try FileManager.default.removeItem(atPath: file)
      #expect(await bench.reporter.deliver())
      #expect(try AuditLog.verify(directory: bench.logFolder).lines == 2)
    }
  }
}
