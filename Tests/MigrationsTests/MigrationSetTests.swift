import Basics
import FoundationEssentials
import Migrations
import Testing

@Suite("A set of migrations")
struct MigrationSetTests {
  private func set(
    _ names: [String], directory: String = "supabase/migrations", order: VersionOrder = .text
  ) -> MigrationSet {
    MigrationSet(
      files: names.map { ("\(directory)/\($0)", Array("select '\($0)';".utf8)) }, directory: directory, order: order)
  }

  @Test("is sorted by version as text, not by file name and not as numbers")
  func sortedAsText() {
    let set = set(["20230102_b.sql", "2_c.sql", "20230102030405_a.sql", "10_d.sql", "20230101_z.sql"])

    #expect(set.migrations.map(\.version) == ["10", "2", "20230101", "20230102", "20230102030405"])
    #expect(set.migrations.map(\.name) == ["d", "c", "z", "b", "a"])
  }

  @Test("of a plain project is sorted by version as numbers")
  func sortedAsNumbers() {
    let set = set(["10_d.sql", "2_c.sql", "0001-first.sql", "007_e.sql"], directory: "migrations", order: .numeric)

    #expect(set.migrations.map(\.version) == ["0001", "2", "007", "10"])
    #expect(set.migrations.first?.name == "first")
  }

  @Test(
    "reads names as the Supabase CLI does",
    arguments: [
      ("20240101000000_.sql", "20240101000000", ""),
      ("0_a.sql.sql", "0", "a.sql"),
      ("1_breakdown.sql", "1", "breakdown"),
      ("1__two__.sql", "1", "_two__"),
    ])
  func names(fileName: String, version: String, name: String) throws {
    let migration = try #require(set([fileName]).migrations.first)

    #expect(migration.version == version)
    #expect(migration.name == name)
    #expect(migration.fileName == fileName)
  }

  @Test("says of every other file in the folder why it is skipped")
  func skipped() {
    let set = set([
      ".gitkeep", "README.md", "1_a.sql", "2_b.sql.bak", "-1_c.sql", "draft.sql", "20240101-x.sql", "archive/3_d.sql",
    ])

    #expect(set.migrations.map(\.fileName) == ["1_a.sql"])
    #expect(
      set.skipped.map { "\($0.path.dropFirst(20)): \($0.reason)" } == [
        "-1_c.sql: the file name does not match ^[0-9]+_.*\\.sql$",
        ".gitkeep: not a .sql file",
        "20240101-x.sql: the file name does not match ^[0-9]+_.*\\.sql$",
        "2_b.sql.bak: not a .sql file",
        "README.md: not a .sql file",
        "archive/3_d.sql: subfolders are not searched for migrations",
        "draft.sql: the file name does not match ^[0-9]+_.*\\.sql$",
      ])
  }

  @Test("passes over files outside the folder in silence")
  func outside() {
    let files: [(path: String, bytes: [UInt8])] = [
      ("supabase/migrations_old/1_a.sql", []), ("supabase/seed.sql", []), ("supabase/migrations/1_a.sql", []),
    ]

    let set = MigrationSet(files: files)

    #expect(set.migrations.map(\.path) == ["supabase/migrations/1_a.sql"])
    #expect(set.skipped.isEmpty)
  }

  @Test("skips an old init when it is the first file, and only then")
  func platformDump() {
    #expect(set(["20210101000000_init.sql", "20220101000000_a.sql"]).skipped.map(\.reason) == [.platformDump])
    #expect(set(["20211209000000_init.sql"]).skipped.isEmpty)
    #expect(set(["20200101000000_a.sql", "20210101000000_init.sql"]).skipped.isEmpty)
    #expect(set(["20210101_init.sql"]).skipped.isEmpty)
  }

  @Test("keeps every file of a version that is in use twice, and reports it")
  func duplicates() {
    let set = set(["1_b.sql", "2_c.sql", "1_a.sql", "3_d.sql", "3_e.sql", "3_f.sql"])

    #expect(set.migrations.map(\.name) == ["a", "b", "c", "d", "e", "f"])
    #expect(set.duplicates.map(\.version) == ["1", "3"])
    #expect(set.duplicates.map(\.paths.count) == [2, 3])
  }

  @Test("skips the way back of an .up.sql, and no other .down.sql")
  func downFiles() {
    let set = set(
      ["0_initial.up.sql", "0_initial.down.sql", "1_b.up.sql", "1_other.down.sql", "2_shut.down.sql"],
      directory: "migrations", order: .numeric)

    #expect(set.migrations.map(\.fileName) == ["0_initial.up.sql", "1_b.up.sql", "2_shut.down.sql"])
    #expect(
      set.skipped.map(\.reason) == [
        .downFile(of: "migrations/0_initial.up.sql"), .downFile(of: "migrations/1_b.up.sql"),
      ])
  }

  @Test("has a chain that an edit, a rename and another order change from there on, and not before")
  func chain() {
    let seed = Digest(of: "seed")
    let files: [(path: String, bytes: [UInt8])] = [
      ("supabase/migrations/1_a.sql", [1]), ("supabase/migrations/2_b.sql", [2]), ("supabase/migrations/3_c.sql", [3]),
    ]
    let chain = MigrationSet(files: files).chain(from: seed)
    var edited = files
    edited[1].bytes = [9]
    var renamed = files
    renamed[1].path = "supabase/migrations/2_x.sql"

    #expect(chain.count == 3)
    #expect(Set(chain).count == 3)
    for other in [edited, renamed] {
      let otherChain = MigrationSet(files: other).chain(from: seed)
      #expect(otherChain[0] == chain[0])
      #expect(otherChain[1] != chain[1])
      #expect(otherChain[2] != chain[2])
    }
    #expect(MigrationSet(files: files).chain(from: Digest(of: "other"))[0] != chain[0])
  }

  @Test("is read from a folder on disk, and is empty without one")
  func folder() throws {
    let root = FileManager.default.temporaryDirectory.appending(component: "penstock-\(UUID().uuidString)")
    let folder = root.appending(path: "supabase/migrations")
    try FileManager.default.createDirectory(
      at: folder.appending(component: "9_directory.sql"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    try Data("select 2;".utf8).write(to: folder.appending(component: "2_b.sql"))
    try Data("select 1;".utf8).write(to: folder.appending(component: "1_a.sql"))

    let set = try MigrationSet.read(root: root.path)

    #expect(set.migrations.map(\.path) == ["supabase/migrations/1_a.sql", "supabase/migrations/2_b.sql"])
    #expect(set.migrations.first?.bytes == Array("select 1;".utf8))
    #expect(set.skipped.map(\.reason) == [.subfolder])
    #expect(try MigrationSet.read(root: root.path, directory: "nowhere").migrations.isEmpty)
  }
}
