import Migrations
import Postgres
import Shadow
import Testing

/// A history as long and as muddled as real ones are, made here so that every file's class is known.
@Suite("A verdict on a long history")
struct LongHistoryTests {
  @Test("gives each of some 330 files its class, and names both files of each version that is there twice")
  func long() async throws {
    let server = try await ShadowFixture.server()
    let history = Self.history(serverMajor: server.configuration.binaries.major)
    let set = MigrationSet(
      files: history.files.shuffled().map { (path: "supabase/migrations/\($0.name)", bytes: Array($0.sql.utf8)) })

    let verdict = try await HistoryTrial(on: server, platform: Platform(.supabase)).verdict(on: set)

    #expect(set.duplicates.count == 28)
    #expect(history.files.count > 320)
    let lines = verdict.files.map { file in
      [name(file.file), file.outcome.rawValue, file.class?.rawValue, file.because.map { "< \(name($0))" }]
        .compactMap(\.self).joined(separator: " ")
    }
    for (line, expected) in zip(lines, history.files.map(\.expected)) { #expect(line == expected) }
    #expect(lines.count == history.files.count)
    for duplicate in set.duplicates {
      let second = try #require(verdict.files.first { $0.file == duplicate.paths[1] })
      #expect(second.because == duplicate.paths[0])
      #expect(second.message?.contains(name(duplicate.paths[0])) == true)
    }
    #expect(verdict.missingBeginning == nil)
  }

  private func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

  private struct History {
    struct File {
      let name: String
      let sql: String
      /// `name outcome class < because`
      let expected: String
    }

    private(set) var files: [File] = []

    /// - Parameter because: Of a class that has one, the name of another file.
    mutating func add(
      _ name: String, _ sql: String, _ verdict: String = "applied", because: String? = nil
    ) {
      let expected = [name, verdict, because.map { "< \($0)" }].compactMap(\.self).joined(separator: " ")
      files.append(File(name: name, sql: sql, expected: expected))
    }
  }

  /// In the order in which a verdict has them.
  private static func history(serverMajor: Int) -> History {
    var history = History()
    func version(_ number: Int) -> String { "\(20_250_101_000_000 + number * 100)" }
    history.add("\(version(0))_base.sql", "create table customers (id int primary key, name text not null);")
    for k in 1...28 {
      let names = (1...12).map { "\(version(k * 20 + $0))_\(k)" }
      history.add(
        "\(names[0])_orders.sql", "create table orders_\(k) (id int primary key, c int references customers);")

      let first = "\(names[1])_a.sql"
      history.add(first, "create table a_\(k) (id int primary key);")
      let (sql, outcome) =
        switch k % 4 {
        case 0: ("CREATE TABLE a_\(k) (id int primary key); -- again", "failed")
        case 1: ("create table b_\(k) (id int references nowhere_\(k));", "failed")
        default: ("create table b_\(k) (id int);", "applied")
        }
      history.add("\(names[1])_b.sql", sql, "\(outcome) duplicate-version", because: first)
      history.add("\(names[2])_after.sql", "alter table a_\(k) add column x int;")
      if k % 4 == 1 {
        history.add(
          "\(names[3])_b.sql", "alter table b_\(k) add y int;", "failed knock-on", because: "\(names[1])_b.sql")
      } else {
        history.add("\(names[3])_policy.sql", "alter table a_\(k) enable row level security;")
      }

      let culprit = "\(names[4])_odd.sql"
      switch k % 7 {
      case 0:
        history.add(culprit, "create view early_\(k) as select * from late_\(k);", "failed order")
        history.add(
          "\(names[5])_follows.sql", "comment on view early_\(k) is 'x';", "failed knock-on", because: culprit)
        history.add("\(names[6])_late.sql", "create table late_\(k) (id int);")
      case 1:
        history.add(culprit, "create table odd_\(k) (id int, c int references custmers_\(k));", "failed broken")
        history.add("\(names[5])_follows.sql", "alter table odd_\(k) add x int;", "failed knock-on", because: culprit)
        history.add("\(names[6])_type.sql", "create type mood_\(k) as enum ('ok');")
      case 2:
        history.add(culprit, "create extension no_such_\(k);", "failed missing-extension")
        history.add(
          "\(names[5])_cron.sql", "select cron.schedule('j\(k)', '* * * * *', 'select 1');", "failed missing-extension")
        history.add("\(names[6])_index.sql", "create index on orders_\(k) (c);")
      case 3:
        history.add(
          culprit, "create table subs_\(k) (o int references orders_\(k));\ninsert into subs_\(k) values (7);",
          "failed needs-data")
        history.add(
          "\(names[5])_strict.sql",
          "do $$ declare i int; begin select id into strict i from orders_\(k); end $$;", "failed needs-data")
        history.add("\(names[6])_index.sql", "create index on orders_\(k) (c);")
      case 4:
        history.add(
          culprit, "create table odd_\(k) (a int check (a > 0) not enforced);",
          serverMajor >= 18 ? "applied" : "failed newer-postgresql")
        history.add("\(names[5])_template.sql", "create table {{ .Schema }}.t_\(k) (id int);", "failed template")
        history.add("\(names[6])_index.sql", "create index on orders_\(k) (c);")
      case 5:
        history.add(
          culprit,
          "-- +goose Up\ncreate table odd_\(k) (id int);\n-- +goose Down\ndrop table odd_\(k);", "failed broken")
        history.add("\(names[5])_follows.sql", "alter table odd_\(k) add x int;", "failed knock-on", because: culprit)
        history.add("\(names[6])_dml.sql", "select storage.no_such_\(k)();", "failed platform-gap")
      default:
        history.add(
          culprit, "do $$ begin execute 'create policy \"see late_\(k)\" on a_\(k) using (true)'; end $$;")
        history.add("\(names[5])_typo.sql", "selct \(k);", "failed broken")
        history.add("\(names[6])_twice.sql", "create table a_\(k) (id int, y int);", "failed broken")
      }

      for number in 7...10 {
        history.add(
          "\(names[number])_fill.sql",
          """
          create table fill_\(k)_\(number) (id int primary key, c int references customers);
          create policy p on fill_\(k)_\(number) using (true);
          """)
      }
    }
    history.add(
      "\(version(900))_needs.sql", "alter table misnamed add x int;", "failed knock-on", because: "misnamed.sql")
    history.add("misnamed.sql", "create table misnamed (id int);", "skipped bad-name")
    history.add("seed-data.sql", "insert into customers values (1, 'x');", "skipped bad-name")
    return history
  }
}
