import Testing

@testable import Lint

@Suite("Names as the repository wants them")
struct NamingTests {
  private func messages(_ sql: String, _ patterns: [NamePattern: String]) async -> [String] {
    var configuration = LintConfiguration()
    configuration.namePatterns = patterns
    return await lint(sql, configuration).of("naming-convention").map(\.message)
  }

  @Test("each kind of name is held against its own pattern, and only what is named in the file")
  func kinds() async {
    let sql = """
      create table Customer (id int primary key, "Name" text constraint named check (true));
      create index on customer (id);
      create index i on customer (id);
      alter table customer rename column id to Key;
      alter table customer rename to customers;
      create policy "all" on customers using (true);
      create temp table x (y int);
      """
    let found = await messages(
      sql,
      [.table: "[a-z]+s", .column: "[a-z]+", .index: ".+_idx", .constraint: ".+_check", .policy: "[a-z ]{4,}"])

    #expect(
      found == [
        "table customer does not match [a-z]+s", #"column "Name" does not match [a-z]+"#,
        "constraint named does not match .+_check", "index i does not match .+_idx",
        #"policy "all" does not match [a-z ]{4,}"#,
      ])
    #expect(await messages(sql, [:]).isEmpty)
  }
}
