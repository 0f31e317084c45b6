import Foundation
import Shadow
import SystemPackage
import TestSupport
import Testing

@Suite("The doctor", .timeLimit(.minutes(5)))
struct DoctorTests {
  @Test("says what is wrong with a history, for people and for programs, and reset ends with it")
  func repo() async throws {
    try await ScratchRepository.with { repository in
      let folder = repository.clone.appending("supabase/migrations")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
      try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
      func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.appending(name).string))
      }
      try write("1_orders.sql", "create table orders (id int primary key);\n")
      let clean = try await Penstock.run("doctor", "repo", in: repository.clone)
      try write("2_items.sql", "create table items (\n  orderr int references orderz\n);\n")
      try write("3_status.sql", "alter table items add column status text;\n")

      let text = try await Penstock.run("doctor", "repo", "-q", in: repository.clone)
      let json = try await Penstock.run("doctor", "repo", "--format", "json", in: repository.clone)
      let reset = try await Penstock.run("reset", in: repository.clone)
      let resetJSON = try await Penstock.run("reset", "--format", "json", in: repository.clone)
      let nowhere = try await Penstock.run("doctor", "repo", "-C", "/nowhere", in: repository.clone)
      _ = try await Penstock.run("reset", "--stop", in: repository.clone)

      #expect(clean.exitCode == 0, "\(clean.error)")
      #expect(clean.output.split(separator: "\n").count == 1, "\(clean.output)")
      #expect(text.exitCode == 1, "\(text.error)")
      #expect(text.error.isEmpty, "\(text.error)")
      #expect(text.output.contains("supabase/migrations/2_items.sql:1:1"), "\(text.output)")
      #expect(text.output.contains("1 file follows from it: 3_status.sql"), "\(text.output)")
      #expect(json.exitCode == 1)
      let verdict = try JSONDecoder().decode(HistoryVerdict.self, from: Data(json.output.utf8))
      #expect(verdict.files.map(\.class) == [nil, .broken, .knockOn])
      #expect(verdict.files[2].because == "supabase/migrations/2_items.sql")
      #expect(reset.exitCode == 1)
      #expect(reset.error.contains("1 root cause, and 1 file follows from it"), "\(reset.error)")
      #expect(reset.error.contains("penstock doctor repo"), "\(reset.error)")
      #expect(resetJSON.exitCode == 1)
      let second = try JSONDecoder().decode(HistoryVerdict.self, from: Data(resetJSON.output.utf8))
      #expect(second.files.map(\.class) == verdict.files.map(\.class))
      #expect(nowhere.exitCode == 2)
    }
  }

  @Test("tries the migrations of the folder that it stands in, and says where it looked for those that are not there")
  func folders() async throws {
    try await ScratchRepository.with { repository in
      let application = repository.clone.appending("apps/web")
      let folder = application.appending("supabase/migrations")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: repository.directory.string)
      try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
      try Data("create table t ();\n".utf8).write(to: URL(filePath: folder.appending("1_t.sql").string))

      let top = try await Penstock.run("doctor", "repo", in: repository.clone)
      let nested = try await Penstock.run("doctor", "repo", "-C", application.string, in: repository.clone)
      var parts: [(exitCode: Int32, verdict: HistoryVerdict)] = []
      for part in ["db", "supabase"] {
        let own = repository.clone.appending("\(part)/migrations")
        try FileManager.default.createDirectory(atPath: own.string, withIntermediateDirectories: true)
        try Data("create table t ();\n".utf8).write(to: URL(filePath: own.appending("1_t.sql").string))
        let run = try await Penstock.run(
          "doctor", "repo", "--format", "json", "-C", repository.clone.appending(part).string, in: repository.clone)
        parts.append((run.exitCode, try JSONDecoder().decode(HistoryVerdict.self, from: Data(run.output.utf8))))
      }
      _ = try await Penstock.run("reset", "--stop", in: repository.clone)

      #expect(top.exitCode == 0, "\(top.error)")
      #expect(top.output == "There are no migrations.\n")
      #expect(top.error.contains("looked for in supabase/migrations, migrations and db/migrations"), "\(top.error)")
      #expect(nested.exitCode == 0, "\(nested.error)")
      #expect(nested.output.hasPrefix("1 migration applied"), "\(nested.output)")
      #expect(nested.output.contains("with the profile supabase"), "\(nested.output)")
      #expect(parts.map(\.exitCode) == [0, 0])
      #expect(parts.map(\.verdict.profile) == [.postgres, .supabase])
      #expect(
        parts.map { $0.verdict.files.map(\.file) } == [["db/migrations/1_t.sql"], ["supabase/migrations/1_t.sql"]])
    }
  }
}
