import Testing

@testable import Shadow

@Suite("Statements inside a DO block")
struct BlockStatementsTests {
  @Test(
    "are found where they are, and nowhere else",
    arguments: [
      ("begin create extension x; end", ["create extension x"]),
      ("begin if a then CREATE  Event\nTRIGGER e on x; end if; end", ["CREATE  Event\nTRIGGER e on x"]),
      ("begin -- create extension x;\n null; /* create /* nested */ extension y; */ end", []),
      ("begin perform 'create extension x;'; raise 'it''s create extension y;'; end", []),
      ("begin execute $q$ create extension x; $q$; execute $$create role y;$$; end", []),
      ("begin perform E'\\'create extension x; '; end", []),
      (#"begin perform "create extension x;"; end"#, []),
      (
        "begin create publication p for table t; alter publication p add table u; end",
        ["create publication p for table t", "alter publication p add table u"]
      ),
      (
        "begin create table t (x text default 'a;b'); create role r password 'x;y'; end",
        ["create role r password 'x;y'"]
      ),
      ("begin perform create_extension(x); recreate extension y; end", []),
      ("begin create extension never_ends", []),
    ])
  func ranges(body: String, expected: [String]) {
    let bytes = Array(body.utf8)

    let found = BlockStatements(bytes).parts.filter { !$0.isExecuted }
      .map { String(decoding: bytes[$0.range], as: UTF8.self) }

    #expect(found == expected)
  }

  @Test(
    "and what EXECUTE is given is found where it is one",
    arguments: [
      ("begin execute 'create role ' || r; end", [" 'create role ' || r"]),
      ("begin if a then execute format('x %I;', b) into c using d; end if; end", [" format('x %I;', b) "]),
      ("declare s text; begin for s in execute 'select 1' loop execute s; end loop; end", [" s"]),
      ("begin grant execute on function f() to a; return query execute 'x'; end", []),
      ("begin create trigger t after insert on a execute function f(); end", []),
      ("begin -- execute 'x';\n null; end", []),
    ])
  func executed(body: String, expected: [String]) {
    let bytes = Array(body.utf8)

    let found = BlockStatements(bytes).parts.filter(\.isExecuted)
      .map { String(decoding: bytes[$0.range], as: UTF8.self) }

    #expect(found == expected)
  }
}
