import Basics
import SQL
import Testing

@Suite("mutilated files")
struct MutationTests {
  /// A little of everything that has rules of its own.
  private static let seeds = [
    "create table t (a int primary key default 1, b text references p (id) on delete cascade, check (a > 0));",
    "alter table only s.t add column if not exists b int default f(1, 2), drop column c, alter d type numeric(1, 2);",
    "create policy \"p\" on t for all to public using ((select auth.uid()) = 'x'::uuid) with check (true);",
    "create or replace function f(a int) returns int language plpgsql as $x$ begin -- 'c'\n return $$1$$; end $x$;",
    "create function g() returns int begin atomic select case when true then 1 end; select 2; end;",
    "copy t (a, b) from stdin;\n1\t2\n\\.\nselect E'it\\'s; x' || 'é😀';",
    "\\restrict abc\nselect 1;\n\\unrestrict abc\n/* a /* b */ c */ do $$ begin null; end $$;",
    "create rule r as on insert to t do also (select 1; select 2);\r\ninsert into t values (1, 'a'), (2, U&'b');",
    "create unique index concurrently i on t using btree (a, lower(b)) include (c) with (m = 1) where a > 0;",
    "merge into t using s on true when matched then delete returning *; grant all on all tables in schema s to x;",
  ].map { Array($0.utf8) }

  /// What mutations put in: bytes that open, close, end or escape something.
  private static let fragments = [
    "'", "\"", "$$", "$x$", "(", ")", ";", "--", "/*", "*/", "\\", "\n", "\r\n", ",", "E'", "é", "\0", "{{", "::", "[",
    "begin atomic", "end", "case", "copy t from stdin;\n", "\\.\n", "on delete ", "using", "\u{FEFF}", ".", " is null",
  ].map { Array($0.utf8) }

  @Test("no mutilated file crashes the parser, and every position is in the file", arguments: 1...8)
  func mutations(_ seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    for _ in 0..<150 {
      var bytes = (0...Int.random(in: 0...2, using: &random)).flatMap { _ in Self.seeds.randomElement(using: &random)! }
      for _ in 0...Int.random(in: 0...4, using: &random) { Self.mutate(&bytes, &random) }

      do throws(SQLError) {
        Self.check(try Script(bytes))
      } catch {
        #expect(LineIndex(bytes).byte(of: error.position) <= bytes.count, "\(bytes)")
      }
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let start = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 0...12, using: &random))
    switch Int.random(in: 0...3, using: &random) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(contentsOf: bytes[start..<end], at: end)
    case 2: bytes[start] = UInt8.random(in: 0...255, using: &random)
    default: bytes.insert(contentsOf: fragments.randomElement(using: &random)!, at: start)
    }
  }

  private static func check(_ script: Script) {
    let file = 0...script.bytes.count
    var end = 0
    for statement in script.statements {
      let range = statement.range
      #expect(range.lowerBound >= end && range.upperBound <= script.bytes.count && !range.isEmpty)
      #expect(script.source(range) == statement.text)
      #expect(script.lines.position(ofByte: range.lowerBound) == statement.position)
      #expect(script.lines.position(ofByte: range.upperBound) == statement.end)
      end = range.upperBound
      if let data = statement.copyData {
        #expect(data.lowerBound >= end && data.upperBound <= script.bytes.count)
        end = data.upperBound
      }
      if case .unparsed(let error) = statement.syntax {
        #expect(error.location >= range.lowerBound && error.location <= range.upperBound)
        #expect(script.lines.position(ofByte: error.location) == error.position)
      }
      for literal in statement.literals {
        #expect(literal.range.lowerBound >= range.lowerBound && literal.range.upperBound <= range.upperBound)
        #expect(literal.range.contains(literal.contents.lowerBound))
      }
      for place in places(statement.syntax) {
        #expect(place.lowerBound >= range.lowerBound && place.upperBound <= range.upperBound, "\(statement)")
      }
    }
    #expect(script.comments.allSatisfy { file.contains($0.range.upperBound) })
    #expect(script.tolerated.allSatisfy { file.contains($0.range.upperBound) })
  }

  /// The ranges that the syntax of tables has in it.
  private static func places(_ syntax: Syntax) -> [Range<Int>] {
    switch syntax {
    case .createTable(let table):
      table.columns.map(\.range) + table.allConstraints.map(\.range) + table.columns.compactMap(\.defaultValue?.range)
        + table.allConstraints.compactMap(\.expression?.range)
    case .alterTable(let table): table.commands.map(\.range)
    case .createIndex(let index): [index.optionsRange, index.predicate?.range].compactMap(\.self)
    case .createPolicy(let policy): [policy.using?.range, policy.withCheck?.range].compactMap(\.self)
    default: []
    }
  }
}

/// The same numbers at every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
