import Postgres
import Shadow
import Testing

@Suite("A target of Penstock's own", .timeLimit(.minutes(2)))
struct EmbeddedTargetTests {
  @Test("two commands that make the same one at once share what the first makes")
  func atOnce() async throws {
    let directory = ShadowFixture.directory()
    let binaries = try await ServerBinaries.best()
    let targets = try await withThrowingTaskGroup(of: EmbeddedTarget.self) { group in
      for _ in 1...3 {
        group.addTask {
          try await EmbeddedTarget.start(in: directory, installed: [binaries], profile: .supabase, lifetime: .detached)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try await ShadowFixture.session(targets[0].connection) { _ = try await $0.execute("create table t ()") }

    let tables = try await ShadowFixture.session(targets[1].connection) {
      try await $0.column("select to_regclass('t')::text")
    }

    #expect(tables == ["t"])
    for target in targets { try await target.server.stop() }
  }
}
