import Daemon
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("A run that looks at what statements do")
struct TracedRunTests {
  @Test("locks and scans are measured on the shadow, weighed by the target's sizes, and in the record")
  func measured() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let check = "alter table public.one add constraint titled check (title <> '');\n"

      let (_, outcome) = try await shop.push("check", ["migrations/20250102000000_check.sql": check])

      let record = try await shop.record(of: try #require(try await shop.runs().first).id)
      #expect(record.result == .promoted, "\(outcome.standardError)")
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(record)) as? [String: Any]
      let findings = json?["findings"] as? [[String: Any]] ?? []
      let finding = try #require(findings.first { $0["rule"] as? String == "check-not-valid" })
      #expect(finding["certainty"] as? String == "measured" && finding["evidence"] as? String == "trace")
      #expect(finding["severity"] as? String == "advice", "the table is empty on the target")
      #expect((finding["message"] as? String)?.hasSuffix(": 0 rows, 16 kB") == true, "\(finding)")
      let migrations = json?["migrations"] as? [[String: Any]]
      let effect = try #require((migrations?.first?["effects"] as? [[String: Any]])?.first)
      let lock = try #require((effect["locks"] as? [[String: Any]])?.first)
      #expect(lock["mode"] as? String == "ACCESS EXCLUSIVE")
      #expect((lock["relation"] as? [String: String])?["name"] == "one")
      #expect((effect["scanned"] as? [[String: String]])?.first?["name"] == "one")
      let apply = record.stages.first { $0.stage == "apply" }?.summary.first
      #expect(
        apply?.hasPrefix("1 migration, 1 statement, ACCESS EXCLUSIVE on public.one for ") == true, "\(apply ?? "")")
    }
  }

  @Test("a function that would fail when it is called is refused, at its line")
  func brokenFunction() async throws {
    try await Shop.with { shop in
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one")])
      let function = """
        create or replace function public.titles() returns bigint language plpgsql stable set search_path = '' as $$
        begin
          return (select count(*) from public.one where name = '');
        end $$;

        """

      let (_, outcome) = try await shop.push("titles", ["migrations/20250102000000_titles.sql": function])

      let text = outcome.standardError
      // Where plpgsql_check is not installed for the server's version, that is said instead.
      guard !text.contains("function-body-unchecked") else { return }
      #expect(text.contains("20250102000000_titles.sql:3:49"), "\(text)")
      #expect(text.contains(#"column "name" does not exist"#), "\(text)")
      #expect(try await shop.versions() == ["20250101000000"])
    }
  }

  @Test(
    "a file that works only once is told of where the pipeline asks for it")
  func replay() async throws {
    let pipeline = Shop.pipeline().replacingOccurrences(of: "- apply\n", with: "- apply: { replay: true }\n")
    try await Shop.with(pipeline: pipeline) { shop in
      let seed = Shop.table("one") + "create unique index if not exists one_title on public.one (title);\n"
      try await shop.push("one", ["migrations/20250101000000_one.sql": seed])

      try await shop.push(
        "seed", ["migrations/20250102000000_seed.sql": "insert into public.one (title) values ('a');\n"])

      let record = try await shop.record(of: try #require(try await shop.runs().first).id)
      #expect(record.result == .promoted)
      let json = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
      #expect(json.contains("replay-not-idempotent") && json.contains("one_title"), "\(json)")
    }
  }

  @Test("a finding that only the shadow can have ends the run")
  func cascade() async throws {
    try await Shop.with { shop in
      let views = """
        create or replace view public.base as select id from public.one;
        create or replace view public.top as select id from public.base;

        """
      try await shop.push("one", ["migrations/20250101000000_one.sql": Shop.table("one") + views])
      let drop = "drop view if exists public.base cascade;\n"

      let (_, outcome) = try await shop.push("drop", ["migrations/20250102000000_drop.sql": drop])

      #expect(outcome.standardError.contains("takes along view top"), "\(outcome.standardError)")
      #expect(outcome.standardError.contains("migrations/20250102000000_drop.sql:1:1"), "\(outcome.standardError)")
      #expect(try await shop.versions() == ["20250101000000"])
    }
  }
}
