import Pipeline
import TestSupport
import Testing

@Suite("The stage test", .timeLimit(.minutes(2)))
struct TestStageTests {
  private static func stages(limit: String = "1m") -> String {
    "validate: { fail-on: off }, reset, apply, test: { statement-timeout: \(limit) }, diff, promote"
  }

  @Test("ends a test that runs for ever, fills the disk or answers without end, and the next run finds nothing of it")
  func limits() async throws {
    try await ScratchRepository.with { scratch in
      try await RunningDaemon.with(scratch) { daemon in
        let migration = ["migrations/1_customers.sql": "create table customers (id int primary key);\n"]
        for (limit, text, words) in [
          (
            "1s",
            """
            set statement_timeout = 0;
            do $$ begin
              loop begin perform pg_sleep(3600); exception when query_canceled then null; end; end loop;
            end $$;
            """, "took longer than 1.0 s"
          ),
          (
            "1m",
            """
            create table filler (t text);
            do $$ begin
              for n in 1..100000 loop
                insert into filler select repeat(md5(m::text), 50) from generate_series(1, 20000) m;
                perform pg_sleep(0);
              end loop;
            end $$;
            """, "grew by"
          ),
          ("1m", "select repeat('x', 1000000) from generate_series(1, 100);", "returned more than 16 MB"),
          ("1m", "select 'not ok 1 - no customers';", "a test failed: not ok 1 - no customers"),
          ("1m", "select 1 / 0;", "division by zero"),
        ] {
          let test = ["supabase/tests/1_test.sql": "-- A test.\n\(text)\n"]
          let record = try await daemon.end(
            of: daemon.push(migration.merging(test) { $1 }, pipeline: Self.stages(limit: limit)))

          #expect(record.failure?.stage == "test")
          #expect(record.failure?.message.contains(words) == true, "\(record)")
          #expect(record.failure?.path == "supabase/tests/1_test.sql")
        }
        let clean = """
          select case when to_regclass('filler') is null then 'ok 1' else 'not ok 1' end;
          select case when count(*) = 0 then 'ok 2' else 'not ok 2' end from customers;
          """

        let record = try await daemon.end(
          of: daemon.push(["supabase/tests/1_test.sql": clean], pipeline: Self.stages()))

        #expect(record.result == .promoted, "\(record)")
        #expect(record.stages.first { $0.stage == "test" }?.summary == ["1 file, 2 tests passed"])
      }
    }
  }
}
