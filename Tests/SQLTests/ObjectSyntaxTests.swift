import Testing

@testable import SQL

@Suite("the syntax of other objects")
struct ObjectSyntaxTests {
  @Test(
    "a DROP names its objects",
    arguments: [
      ("drop table if exists a, s.b cascade", Syntax.ObjectKind.table, ["table a", "table s.b"]),
      ("drop index concurrently i", .index, ["index i"]),
      ("drop view v", .view, ["view v"]),
      ("drop materialized view v", .materializedView, ["materialized view v"]),
      ("drop sequence s", .sequence, ["sequence s"]),
      ("drop policy if exists \"My own\" on s.t", .policy, ["policy \"My own\" on s.t"]),
      ("drop trigger x on t", .trigger, ["trigger x on t"]),
      ("drop rule r on t", .rule, ["rule r on t"]),
      ("drop function f(integer, text[]), s.g", .function, ["function f(int4, text[])", "function s.g"]),
      ("drop procedure p()", .procedure, ["procedure p()"]),
      ("drop aggregate a(int)", .aggregate, ["aggregate a(int4)"]),
      ("drop type s.y", .type, ["type s.y"]),
      ("drop domain d", .domain, ["domain d"]),
      ("drop schema a, b", .schema, ["schema a", "schema b"]),
      ("drop extension if exists \"uuid-ossp\"", .extension, ["extension \"uuid-ossp\""]),
      ("drop publication p", .publication, ["publication p"]),
      ("drop event trigger e", .eventTrigger, ["event trigger e"]),
      ("drop foreign data wrapper w", .foreignDataWrapper, ["foreign data wrapper w"]),
      ("drop server s", .server, ["server s"]),
      ("drop cast (text as int)", .cast, ["cast \"(text as int4)\""]),
      ("drop operator class s.c using btree", .operatorClass, ["operator class s.c"]),
    ])
  func drop(_ sql: String, _ kind: Syntax.ObjectKind, _ objects: [String]) throws {
    guard case .drop(let drop) = try syntax(sql) else { throw UnexpectedSyntax(try syntax(sql)) }

    #expect(drop.kind == kind)
    #expect(drop.objects.map(\.description) == objects)
    #expect(drop.ifExists == sql.contains("if exists"))
    #expect(drop.cascade == sql.contains("cascade"))
    #expect(drop.concurrently == sql.contains("concurrently"))
  }

  @Test(
    "a COMMENT names its object",
    arguments: [
      ("comment on table s.t is 'x'", "table s.t"), ("comment on column s.t.a is 'x'", "column s.t.a"),
      ("comment on column t.a is 'x'", "column t.a"), ("comment on function f(int) is 'x'", "function f(int4)"),
      ("comment on type y is 'x'", "type y"), ("comment on policy p on t is 'x'", "policy p on t"),
      ("comment on constraint c on t is 'x'", "constraint c on t"),
      ("comment on constraint c on domain d is 'x'", "domain constraint c on d"),
      ("comment on schema s is 'x'", "schema s"), ("comment on extension e is 'x'", "extension e"),
      ("comment on index i is 'x'", "index i"), ("comment on role r is 'x'", "role r"),
    ])
  func comment(_ sql: String, _ object: String) throws {
    guard case .comment(let comment) = try syntax(sql) else { throw UnexpectedSyntax(try syntax(sql)) }

    #expect(comment.object.description == object)
    #expect(comment.text == "x")
  }

  @Test("a COMMENT IS NULL has no text")
  func removedComment() throws {
    guard case .comment(let comment) = try syntax("comment on table t is null") else { return }

    #expect(comment.text == nil)
  }

  @Test(
    "a RENAME names the object under its old name",
    arguments: [
      ("alter table s.t rename to u", "table s.t", "u"), ("alter table t rename a to b", "column t.a", "b"),
      ("alter table t rename constraint c to d", "constraint c on t", "d"),
      ("alter index i rename to j", "index i", "j"),
      ("alter policy p on t rename to q", "policy p on t", "q"),
      ("alter trigger x on t rename to y", "trigger x on t", "y"),
      ("alter function f(int) rename to g", "function f(int4)", "g"), ("alter type y rename to z", "type y", "z"),
      ("alter type y rename attribute a to b", "attribute y.a", "b"), ("alter schema a rename to b", "schema a", "b"),
      ("alter role a rename to b", "role a", "b"),
      ("alter domain d rename constraint c to e", "domain constraint c on d", "e"),
      ("alter publication p rename to q", "publication p", "q"),
    ])
  func rename(_ sql: String, _ object: String, _ name: String) throws {
    guard case .rename(let rename) = try syntax(sql) else { throw UnexpectedSyntax(try syntax(sql)) }

    #expect(rename.object.description == object)
    #expect(rename.newName == name)
  }

  @Test("a new owner and a new schema name their object")
  func ownerAndSchema() throws {
    guard case .changeOwner(let owner) = try syntax("alter function s.f(int) owner to postgres"),
      case .setSchema(let table) = try syntax("alter table if exists t set schema x"),
      case .setSchema(let type) = try syntax("alter type a.y set schema x"),
      case .setSchema(let ext) = try syntax("alter extension e set schema x")
    else {
      Issue.record("an object of another kind")
      return
    }

    #expect(owner.object.description == "function s.f(int4)")
    #expect(owner.newOwner == .named("postgres"))
    #expect(table.object.description == "table t" && table.newSchema == "x" && table.ifExists)
    #expect(type.object.description == "type a.y")
    #expect(ext.object.description == "extension e")
  }

  @Test("a function has its language, its rights, its settings and its body")
  func function() throws {
    guard
      case .createFunction(let function) = try syntax(
        """
        create or replace function s.f(a int, out b text, variadic c text[] default '{}') returns setof text
        language PLpgSQL stable security definer set search_path = '' set role to x as $$ begin; end $$
        """)
    else { throw UnexpectedSyntax(.other(node: "")) }

    #expect(function.name.description == "s.f")
    #expect(function.orReplace && function.isSecurityDefiner && !function.isProcedure)
    #expect(function.language == "plpgsql")
    #expect(function.volatility == .stable)
    #expect(function.parameters.map(\.name) == ["a", "b", "c"])
    #expect(function.parameters.map(\.mode) == [.in, .out, .variadic])
    #expect(function.parameters.map(\.hasDefault) == [false, false, true])
    #expect(function.returns?.isSet == true)
    #expect(function.settings.map(\.name) == ["search_path", "role"])
    #expect(function.settings.map(\.values) == [[""], ["x"]])
    #expect(function.body == .text(" begin; end "))
  }

  @Test("a function may have a body of SQL, a library, or a table for a result")
  func otherFunctions() throws {
    guard case .createFunction(let atomic) = try syntax("create procedure p() begin atomic select 1; end"),
      case .createFunction(let library) = try syntax(
        "create function f() returns int language c as '$libdir/x', 'sym'"),
      case .createFunction(let table) = try syntax(
        "create function f(a int) returns table (b int) language sql as 'select 1'"),
      case .alterFunction(let altered) = try syntax("alter function f(int) security invoker set search_path to a, b")
    else {
      Issue.record("a function is no function")
      return
    }

    #expect(atomic.isProcedure && atomic.body == .atomic && atomic.language == "sql")
    #expect(library.body == .library("$libdir/x", symbol: "sym"))
    #expect(table.parameters.map(\.name) == ["a"])
    #expect(altered.function.description == "function f(int4)")
    #expect(altered.isSecurityDefiner == false)
    #expect(altered.settings.map(\.values) == [["a", "b"]])
  }

  @Test("types and domains")
  func types() throws {
    guard case .createType(let enumeration) = try syntax("create type s.y as enum ('a', 'b')"),
      case .createType(let composite) = try syntax("create type y as (a int, b text)"),
      case .alterEnum(let added) = try syntax("alter type y add value if not exists 'c' after 'a'"),
      case .alterEnum(let renamed) = try syntax("alter type y rename value 'a' to 'z'"),
      case .createDomain(let domain) = try syntax("create domain d as text not null check (value <> '') default 'a'"),
      case .alterDomain(let altered) = try syntax("alter domain d add constraint c check (value > '') not valid"),
      case .alterDomain(let dropped) = try syntax("alter domain d drop constraint if exists c")
    else {
      Issue.record("a type is no type")
      return
    }

    #expect(enumeration == .init(name: .init(schema: "s", name: "y"), kind: .enumeration(labels: ["a", "b"])))
    guard case .composite(let fields) = composite.kind else { return }
    #expect(fields.map(\.name) == ["a", "b"])
    #expect(added.action == .add(label: "c", ifNotExists: true, isPlaced: true))
    #expect(renamed.action == .rename(label: "a", to: "z"))
    #expect(domain.type.name == "text")
    #expect(domain.constraints.map(\.kind) == [.notNull, .check])
    #expect(domain.constraints[1].expression?.text == "value <> ''")
    guard case .addConstraint(let constraint) = altered.action else { return }
    #expect(constraint.isNotValid && constraint.name == "c")
    #expect(dropped.action == .dropConstraint("c", ifExists: true))
  }

  @Test("schemas, extensions, publications, event triggers and foreign data")
  func containers() throws {
    guard case .createSchema(let schema) = try syntax("create schema if not exists s authorization o"),
      case .createExtension(let ext) = try syntax(
        "create extension if not exists \"uuid-ossp\" with schema extensions version '1.1' cascade"),
      case .alterExtension(let updated) = try syntax("alter extension e update to '2'"),
      case .createPublication(let publication) = try syntax("create publication p for table a, s.b, tables in schema x"),
      case .alterPublication(let altered) = try syntax("alter publication p add table t"),
      case .createEventTrigger(let event) = try syntax(
        "create event trigger e on ddl_command_end execute function s.f()"),
      case .foreignData(let server) = try syntax(
        "create server if not exists s foreign data wrapper w options (host 'h')"),
      case .createSequence(let sequence) = try syntax("create sequence if not exists s.q start 5")
    else {
      Issue.record("one of these is not what it is")
      return
    }

    #expect(schema.name == "s" && schema.ifNotExists && schema.owner == .named("o"))
    #expect(ext.name == "uuid-ossp" && ext.ifNotExists && ext.cascade)
    #expect(ext.schema == "extensions" && ext.version == "1.1")
    #expect(updated.action == .update(version: "2"))
    #expect(publication.members.tables.map(\.description) == ["a", "s.b"])
    #expect(publication.members.schemas == ["x"])
    #expect(altered.action == .add)
    #expect(event.event == "ddl_command_end" && event.function.description == "s.f")
    #expect(server.action == .createServer(wrapper: "w") && server.ifNotExists && server.name == "s")
    #expect(server.options.map(\.value) == ["h"])
    #expect(sequence.name.description == "s.q" && sequence.options.map(\.value) == ["5"])
  }

  @Test(
    "what has no value of its own is named as the parser names it",
    arguments: [
      ("explain select 1", "ExplainStmt"), ("notify x", "NotifyStmt"),
      ("security label on table t is 'x'", "SecLabelStmt"),
    ])
  func other(_ sql: String, _ node: String) throws {
    #expect(try syntax(sql) == .other(node: node))
  }
}
