import Testing

@testable import SQL

@Suite("the syntax of rights")
struct AccessSyntaxTests {
  @Test("a policy has its command, its roles and its conditions as they are written")
  func policy() throws {
    let script = try Script(
      Array(
        """
        create policy "Own rows" on public.t as restrictive for update to authenticated, anon
          using ((select auth.uid()) = owner) with check (auth.jwt() ->> 'role' = 'x');
        """.utf8))
    guard case .createPolicy(let policy) = script.statements[0].syntax else {
      throw UnexpectedSyntax(script.statements[0].syntax)
    }

    #expect(policy.name == "Own rows")
    #expect(policy.table.description == "public.t")
    #expect(!policy.isPermissive)
    #expect(policy.command == .update)
    #expect(policy.roles == [.named("authenticated"), .named("anon")])
    #expect(policy.using?.text == "(select auth.uid()) = owner")
    #expect(policy.using?.hasSubquery == true)
    #expect(policy.using?.functions.map(\.description) == ["auth.uid"])
    #expect(policy.withCheck?.text == "auth.jwt() ->> 'role' = 'x'")
    #expect(policy.withCheck.map { script.source($0.range) } == policy.withCheck?.text)
  }

  @Test("a policy that says nothing is for all commands, for everyone and permissive")
  func shortPolicy() throws {
    guard case .createPolicy(let policy) = try syntax("create policy p on \"using\" using (true)"),
      case .alterPolicy(let altered) = try syntax("alter policy p on t with check (false)")
    else {
      Issue.record("a policy is no policy")
      return
    }

    #expect(policy.isPermissive && policy.command == .all && policy.roles == [.everyone])
    #expect(policy.using?.text == "true" && policy.using?.isConstant == true)
    #expect(policy.withCheck == nil)
    #expect(altered.roles == nil && altered.using == nil && altered.withCheck?.text == "false")
  }

  @Test("privileges have their objects, names and grantees")
  func grants() throws {
    guard
      case .grant(let table) = try syntax("grant select, update (a, b) on s.t, u to anon, public with grant option"),
      case .grant(let functions) = try syntax("revoke all on function f(int), g from current_user cascade"),
      case .grant(let all) = try syntax("grant all on all tables in schema a, b to service_role"),
      case .grant(let schema) = try syntax("grant usage on schema s to x"),
      case .alterDefaultPrivileges(let defaults) = try syntax(
        "alter default privileges for role o in schema s grant execute on functions to anon"),
      case .grantRole(let role) = try syntax("grant a, b to c with admin option")
    else {
      Issue.record("a grant is no grant")
      return
    }

    #expect(table.isGrant && table.grantOption && table.target == .objects && table.objectKind == .table)
    #expect(table.objects.map(\.description) == ["table s.t", "table u"])
    #expect(table.privileges == [.init(name: "select", columns: []), .init(name: "update", columns: ["a", "b"])])
    #expect(table.grantees == [.named("anon"), .everyone])
    #expect(!functions.isGrant && functions.cascade && functions.privileges.isEmpty)
    #expect(functions.objects.map(\.description) == ["function f(int4)", "function g"])
    #expect(functions.grantees == [.current])
    #expect(all.target == .allInSchema && all.schemas == ["a", "b"] && all.objects.isEmpty)
    #expect(schema.objects.map(\.description) == ["schema s"])
    #expect(defaults.schemas == ["s"] && defaults.creators == [.named("o")])
    #expect(defaults.grant.target == .defaults && defaults.grant.objectKind == .function)
    #expect(role.roles == ["a", "b"] && role.grantees == [.named("c")] && role.adminOption)
  }

  @Test("roles have options, and never a password")
  func roles() throws {
    guard case .createRole(let created) = try syntax("create role r login nosuperuser password 'secret'"),
      case .alterRole(let altered) = try syntax("alter role r bypassrls"),
      case .alterRoleSetting(let setting) = try syntax("alter role r set statement_timeout = '8s'"),
      case .cluster(let dropped) = try syntax("drop role if exists r")
    else {
      Issue.record("a role is no role")
      return
    }

    #expect(created.options.map(\.name) == ["canlogin", "superuser", "password"])
    #expect(created.options.map(\.value) == ["true", "false", nil])
    #expect(altered.role == .named("r") && altered.options.map(\.name) == ["bypassrls"])
    #expect(setting.role == .named("r") && setting.setting.name == "statement_timeout")
    #expect(setting.setting.values == ["8s"])
    #expect(dropped == .dropRole([.named("r")], ifExists: true))
  }

  @Test("calls that a policy makes for each row are told from those it makes once")
  func callsPerRow() throws {
    let sql = """
      create policy p on a using (f(1) and b = (select auth.uid()) and c in (select d from e where g = auth.uid()))
      """
    let script = try Script(Array(sql.utf8))
    guard case .createPolicy(let policy) = script.statements[0].syntax, let calls = policy.using?.callsPerRow else {
      Issue.record("no policy")
      return
    }

    #expect(calls.map { script.source($0.range) } == ["f(1)", "auth.uid()"])
  }
}
