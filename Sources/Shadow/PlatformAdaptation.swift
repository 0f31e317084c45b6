internal import Basics
package import Migrations
package import Postgres
package import SQL

/// Sends a migration's statements to a shadow as the platform would take them.
///
/// Most are sent as they are, as the migration role. What the target lets that role do (`Backing`) although it is no
/// superuser here is sent as a call that does it on its behalf (`PlatformKey`), statement by statement and never more
/// than the one statement. A few are tolerated: said differently or left out, where it is the server's version, the shadow's name or
/// a stand-in that is in the way and not the migration.
package struct PlatformAdaptation: Adaptation {
  let key: PlatformKey
  /// The names of the extensions that are stand-ins on this server.
  package let standIns: Set<String>
  package let backing: Backing

  /// The same for the migrations of a platform.
  func `for`(_ platform: Platform) -> PlatformAdaptation {
    PlatformAdaptation(key: key, standIns: standIns, backing: platform.backing)
  }

  /// Nothing: the login is the migration role, and its connection string has the search path.
  package var sessionSetup: [String] { [] }

  package func adapt(_ statement: Statement, serverVersion: Int) -> AdaptedStatement {
    if backing != .nobody, let check = checkedCall(of: statement, serverVersion) { return .send(key.call(check)) }
    if backing != .nobody && needsSuperuser(statement.syntax)
      || backing == .superuser && isForSuperusers(statement.syntax, serverVersion)
    {
      let isOurs = statement.syntax.namesDatabase("postgres")
      return .send(key.call(isOurs ? onCurrentDatabase(statement.text) : statement.text))
    }
    switch statement.syntax {
    case .setParameter(let parameter):
      return adapt(parameter, of: statement, serverVersion: serverVersion)
    case .createSchema(let schema) where schema.name == "public" && schema.elementCount == 0:
      return .send("CREATE SCHEMA IF NOT EXISTS public", note: "the schema public is there already")
    case .createExtension(let creation):
      return adapt(creation, as: statement.text)
    case .alterExtension(let change) where standIns.contains(change.name):
      guard case .update = change.action else { break }
      return .skip(reason: "\(change.name) is a stand-in and has one version")
    case .createIndex(let index) where ["hnsw", "ivfflat"].contains(index.method) && standIns.contains("vector"):
      guard let options = index.optionsRange else { break }
      return .send(
        statement.text(without: [options]), note: "the options of an index on the stand-in for vector are left out")
    case .grant(let grant):
      if let adapted = withoutMaintain(grant, in: statement, serverVersion: serverVersion) { return adapted }
      return .send(grant.namesDatabase("postgres") ? onCurrentDatabase(statement.text) : statement.text)
    case .alterDefaultPrivileges(let change):
      return withoutMaintain(change.grant, in: statement, serverVersion: serverVersion) ?? .send(statement.text)
    case .createRole(let creation):
      let granted = superuserAttributes(creation.options, of: creation.name, in: statement, serverVersion)
      let text = statement.text(without: granted.map(\.range))
      return .send(call(creating: creation, as: text), after: call(giving: granted, to: creation.name))
    case .alterRole(let change):
      guard case .named(let role) = change.role else { break }
      let granted = superuserAttributes(change.options, of: role, in: statement, serverVersion)
      guard !granted.isEmpty else { break }
      // What is left, be it nothing, is refused where the migration role may not alter the other.
      return .send(statement.text(without: granted.map(\.range)), after: call(giving: granted, to: role))
    case .cluster(.dropRole(let roles, _)):
      return .send(call(dropping: roles, as: statement.text))
    case .doBlock(let block):
      return .send(adapt(block, serverVersion: serverVersion) ?? statement.text)
    default:
      if statement.syntax.namesDatabase("postgres") { return .send(onCurrentDatabase(statement.text)) }
    }
    return .send(statement.text)
  }
}

// MARK: - Explained

extension PlatformAdaptation {
  /// An extension that is neither installed nor stood in for is the machine's lack, not the migration's mistake; and
  /// who writes a migration with a superuser's login may not know that it needs one.
  package func explain(_ error: PostgresError, of statement: Statement, serverVersion: Int) -> PostgresError {
    var explained = error
    if error.sqlState == .insufficientPrivilege, error.hint == nil {
      explained.hint =
        backing == .superuser
        ? "The target's role is a superuser, and a shadow's is not: this is among what a shadow does not do for it."
        : "Migrations run without a superuser's rights here, as on the target."
    }
    // PostgreSQL 14 says that it cannot open the extension's control file.
    let isUnknown =
      error.sqlState == .featureNotSupported || serverVersion < 150_000 && error.sqlState == .undefinedFile
    guard case .createExtension(let creation) = statement.syntax, isUnknown else { return explained }
    let major = serverVersion / 10_000
    explained.message =
      "the extension \(creation.name) is not installed with this PostgreSQL \(major), and Penstock has no stand-in for it"
    explained.detail = nil
    let package = Self.debianPackages[creation.name] ?? creation.name.replacing("_", with: "-")
    explained.hint = "Install it on this machine, in Debian with apt install postgresql-\(major)-\(package)."
    return explained
  }

  /// Without `postgresql-15-`; those that are not called like the extension.
  private static let debianPackages = [
    "postgis": "postgis-3", "postgis_raster": "postgis-3", "postgis_sfcgal": "postgis-3",
    "postgis_tiger_geocoder": "postgis-3", "postgis_topology": "postgis-3", "address_standardizer": "postgis-3",
  ]
}

// MARK: - On the migration role's behalf

extension PlatformAdaptation {
  /// Whether the platform lets the migration role do this and PostgreSQL does not.
  private func needsSuperuser(_ syntax: Syntax) -> Bool {
    let kinds: Set<Syntax.ObjectKind> = [.eventTrigger, .foreignDataWrapper]
    switch syntax {
    case .createEventTrigger(let trigger):
      return !trigger.name.hasPrefix("penstock")
    case .alterEventTrigger(let trigger):
      return !trigger.name.hasPrefix("penstock")
    case .createPublication(let creation):
      return creation.members.needsSuperuser
    case .alterPublication(let change):
      return change.members.needsSuperuser
    case .alterRoleSetting(let change):
      // Settings of the API and of applications, as `pgrst.db_schemas`, which no extension has declared.
      return change.setting.name.contains(".") && change.role != .named("supabase_admin")
        && (change.role != nil || change.database != nil)
    case .comment(let comment):
      return comment.object.kind == .eventTrigger
    case .rename(let rename):
      return kinds.contains(rename.object.kind) && !rename.newName.hasPrefix("penstock")
        && !rename.object.name.name.hasPrefix("penstock")
    case .drop(let drop):
      return drop.kind == .eventTrigger && !drop.objects.contains { $0.name.name.hasPrefix("penstock") }
    default:
      return false
    }
  }
}

extension PlatformAdaptation {
  /// Whether it takes a superuser elsewhere than on a platform, and is safe to do for one on a shadow.
  private func isForSuperusers(_ syntax: Syntax, _ serverVersion: Int) -> Bool {
    switch syntax {
    case .alterDefaultPrivileges(let change):
      return !change.creators.isEmpty && change.creators.allSatisfy(Self.isOrdinary)
    case .grantRole(let grant):
      // Before PostgreSQL 16 it is enough to be one who may create roles.
      return serverVersion >= 160_000 && (grant.roles.map { .named($0) } + grant.grantees).allSatisfy(Self.isOrdinary)
    default:
      return false
    }
  }

  /// Whether it is a role by name that is neither PostgreSQL's own nor the shadow's superuser.
  private static func isOrdinary(_ role: Syntax.RoleName) -> Bool {
    guard case .named(let name) = role else { return false }
    return name != "supabase_admin" && !name.hasPrefix("pg_")
  }

  /// The role that a statement gives an object to, when that is all it does.
  private func newOwner(_ syntax: Syntax) -> String? {
    let role: Syntax.RoleName
    switch syntax {
    case .changeOwner(let change) where ![.database, .eventTrigger, .extension].contains(change.object.kind):
      role = change.newOwner
    case .alterTable(let change) where change.commands.count == 1:
      guard case .changeOwner(let owner) = change.commands[0].action else { return nil }
      role = owner
    default:
      return nil
    }
    guard case .named(let name) = role, Self.isOrdinary(role) else { return nil }
    return name
  }
}

extension PlatformAdaptation {
  /// What the platform lets the migration role do depending on what the catalog has: the call that looks and then does.
  ///
  /// It is sealed as a whole, so that the statement cannot be had without the look.
  private func checkedCall(of statement: Statement, _ serverVersion: Int) -> String? {
    let function: String
    let arguments: [String?]
    switch statement.syntax {
    case let syntax where backing == .superuser && newOwner(syntax) != nil:
      function = "change_owner"
      arguments = [newOwner(syntax), statement.text]
    case .alterTable(let change) where backing == .superuser && change.commands.allSatisfy(\.switchesAllTriggers):
      function = "switch_triggers"
      arguments = ["\(change.name)", statement.text]
    case .grantRole(let grant)
    where backing == .superuser && grant.isGrant && isForSuperusers(statement.syntax, serverVersion):
      function = "grant_roles"
      let members = grant.grantees.compactMap { if case .named(let name) = $0 { name } else { nil } }
      arguments = [Self.array(grant.roles), Self.array(members), statement.text]
    case .foreignData(let change):
      switch change.action {
      case .createWrapper(let handler, let validator), .alterWrapper(let handler, let validator):
        function = "change_wrapper"
        arguments = [change.name, handler?.description, validator?.description, statement.text]
      default:
        return nil
      }
    case .setSchema(let move):
      // The objects in it are the superuser's, though the extension itself is the role's own. What the role has added
      // to it must not get to where code of the superuser's looks for names.
      guard move.object.kind == .extension, !move.newSchema.hasPrefix("pg_"), !move.newSchema.hasPrefix("penstock")
      else { return nil }
      function = "change_extension"
      arguments = [move.object.name.name, statement.text]
    default:
      return nil
    }
    let list = arguments.map { $0.map(Quoting.literal) ?? "NULL" }.joined(separator: ", ")
    return "SELECT penstock_platform.\(function)(\(list))"
  }

  /// As the text of an array.
  private static func array(_ names: [String]) -> String {
    let elements = names.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
    return "{\(elements.joined(separator: ","))}"
  }
}

extension Syntax.AlterTableCommand {
  /// Those of foreign keys among them, or only those that are somebody's own.
  fileprivate var switchesAllTriggers: Bool { action == .enableTrigger(nil) || action == .disableTrigger(nil) }
}

extension Syntax.PublicationMembers {
  fileprivate var needsSuperuser: Bool { allTables || !schemas.isEmpty }
}

// MARK: - Tolerated

extension PlatformAdaptation {
  /// pg_dump sets parameters that older servers do not have.
  private func adapt(
    _ parameter: Syntax.SetParameter, of statement: Statement, serverVersion: Int
  ) -> AdaptedStatement {
    if parameter.name == "transaction_timeout", serverVersion < 170_000 {
      return .skip(reason: "transaction_timeout needs PostgreSQL 17")
    }
    if parameter.name == "session_replication_role", serverVersion < 150_000, backing != .nobody {
      let value = if case .set(let values) = parameter.action { values.joined() } else { "origin" }
      return .send("SELECT penstock_platform.set_replication_role(\(Quoting.literal(value)), \(parameter.isLocal))")
    }
    return .send(statement.text)
  }

  /// Of a newer pg_dump and of platforms that are at PostgreSQL 17, where it is a privilege on tables like any other.
  private func withoutMaintain(
    _ grant: Syntax.Grant, in statement: Statement, serverVersion: Int
  ) -> AdaptedStatement? {
    let names = grant.privileges.map(\.name)
    guard serverVersion < 170_000, names.contains("maintain") else { return nil }
    if names.allSatisfy({ $0 == "maintain" }) { return .skip(reason: "MAINTAIN needs PostgreSQL 17") }
    return .send(statement.text.replacing(/(?i),\s*maintain\b|\bmaintain\s*,/, with: "", maxReplacements: 1))
  }

  /// A stand-in has one version and perhaps one schema, and what the platform does after the script of an extension is
  /// done here too.
  private func adapt(_ creation: Syntax.CreateExtension, as text: String) -> AdaptedStatement {
    let after =
      creation.name == "postgres_fdw" && backing != .nobody
      ? ["GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO pg_database_owner WITH GRANT OPTION"] : []
    guard let standIn = StandIn.all.first(where: { $0.name == creation.name }), standIns.contains(standIn.name) else {
      return .send(text, after: after.map(key.call))
    }
    let schema = standIn.schema == nil ? creation.schema : nil
    // The platform had the schema before the extension, so that dumps of it name the schema and do not make it.
    let isInOwnSchema = schema == creation.name
    return .send(
      creation.version != nil || schema != creation.schema ? Self.text(of: creation, in: schema) : text,
      before: isInOwnSchema ? ["CREATE SCHEMA IF NOT EXISTS \(Quoting.identifier(creation.name))"] : [],
      note: creation.version.map { "version \($0) of \(creation.name) is a stand-in, which has one version" })
  }

  private static func text(of creation: Syntax.CreateExtension, in schema: String?) -> String {
    var words = ["CREATE EXTENSION"]
    if creation.ifNotExists { words.append("IF NOT EXISTS") }
    words.append(Quoting.identifier(creation.name))
    if let schema { words.append("SCHEMA \(Quoting.identifier(schema))") }
    if creation.cascade { words.append("CASCADE") }
    return words.joined(separator: " ")
  }

  /// A platform's database is called `postgres`, and migrations say so; a shadow is called otherwise.
  private func onCurrentDatabase(_ text: String) -> String {
    let pattern = /(?i)(\bdatabase\s+)(?:"postgres"|postgres\b)/
    guard let match = text.firstMatch(of: pattern) else { return text }
    let before = text[..<match.range.lowerBound] + match.1
    let format = "\(before)%I\(text[match.range.upperBound...])"
    let escaped = format.split(separator: "%I", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.replacing("%", with: "%%") }.joined(separator: "%I")
    return Self.doBlock("BEGIN EXECUTE format(\(Quoting.literal(escaped)), current_database()); END")
  }

  /// Roles belong to the whole cluster; see `Resources/platform_20_roles.sql`.
  private func call(creating role: Syntax.CreateRole, as text: String) -> String {
    // ALTER ROLE takes no memberships, and CREATE USER means LOGIN.
    let memberships: Set<String> = ["addroleto", "rolemembers", "adminmembers", "sysid"]
    var alteration = "SELECT"
    if !role.options.contains(where: { memberships.contains($0.name) }) {
      alteration = text.replacing(/(?i)^create\s+(?:role|user|group)\b/, with: "ALTER ROLE")
      let isUser = text.firstMatch(of: /(?i)^create\s+user\b/) != nil
      if isUser, !role.options.contains(where: { $0.name == "canlogin" }) { alteration += " LOGIN" }
    }
    let arguments = [role.name, text, alteration].map(Quoting.literal)
    return "CALL penstock_platform.create_role(\(arguments.joined(separator: ", ")))"
  }

  /// What PostgreSQL before 16 lets only superusers say of a role, and the platform `postgres`.
  ///
  /// The role has all of it itself, so that nothing is gained by it that was not there. From 16 on PostgreSQL asks for
  /// no more than that, and for the right to alter the other role. The platform's own roles are left to it. And no role
  /// becomes a superuser on a shadow, also where the target's is one.
  private func superuserAttributes(
    _ options: [Syntax.Option], of role: String, in statement: Statement, _ serverVersion: Int
  ) -> [RoleAttribute] {
    let attributes = options.compactMap { RoleAttribute($0, in: statement) }
    switch backing {
    case .nobody: return []
    case .platform:
      return serverVersion < 160_000 && !Self.isPlatformRole(role) ? attributes.filter { !$0.isSuperuser } : []
    case .superuser:
      guard Self.isOrdinary(.named(role)) else { return [] }
      return serverVersion < 160_000 ? attributes : attributes.filter(\.isSuperuser)
    }
  }

  private static func isPlatformRole(_ name: String) -> Bool {
    let names = ["postgres", "anon", "authenticated", "service_role", "authenticator", "dashboard_user", "pgbouncer"]
    return names.contains(name) || name.hasPrefix("supabase_") || name.hasPrefix("pg_")
  }

  private func call(giving attributes: [RoleAttribute], to role: String) -> [String] {
    let words = attributes.filter { !$0.isSuperuser }.map(\.word).joined(separator: " ")
    guard !words.isEmpty else { return [] }
    return [key.call("ALTER ROLE \(Quoting.identifier(role)) \(words)")]
  }

  private func call(dropping roles: [Syntax.RoleName], as text: String) -> String {
    let names = roles.compactMap { if case .named(let name) = $0 { Quoting.literal(name) } else { nil } }
    let array = "ARRAY[\(names.joined(separator: ", "))]::text[]"
    return "CALL penstock_platform.drop_roles(\(array), \(Quoting.literal(text)))"
  }
}

/// `BYPASSRLS`, `REPLICATION` or `SUPERUSER`, or its opposite, in a statement.
private struct RoleAttribute {
  let word: String
  let isSuperuser: Bool
  /// In bytes of the file.
  let range: Range<Int>

  /// Nil also when the statement has it in other letters than usual, say as `"bypassrls"`.
  init?(_ option: Syntax.Option, in statement: Statement) {
    let names = ["bypassrls": "BYPASSRLS", "isreplication": "REPLICATION", "superuser": "SUPERUSER"]
    guard let name = names[option.name] else { return nil }
    isSuperuser = option.name == "superuser"
    word = option.value == "true" ? name : "NO\(name)"
    range = option.location..<option.location + word.utf8.count
    guard let written = statement.bytes(at: range) else { return nil }
    guard String(decoding: written, as: UTF8.self).uppercased() == word else { return nil }
  }
}

extension Syntax {
  /// Whether this changes, grants or comments a database of that name.
  fileprivate func namesDatabase(_ name: String) -> Bool {
    switch self {
    case .alterRoleSetting(let change): change.database == name
    case .grant(let grant): grant.namesDatabase(name)
    case .comment(let comment): comment.object.kind == .database && comment.object.name.name == name
    case .changeOwner(let change): change.object.kind == .database && change.object.name.name == name
    case .cluster(.alterDatabase(let database, _)): database == name
    default: false
    }
  }
}

extension Syntax.Grant {
  fileprivate func namesDatabase(_ name: String) -> Bool {
    objectKind == .database && objects.contains { $0.name.name == name }
  }
}

extension Statement {
  /// Given in bytes of the file; nil when they are not all the statement's.
  fileprivate func bytes(at part: Range<Int>) -> ArraySlice<UInt8>? {
    guard range.lowerBound <= part.lowerBound, part.upperBound <= range.upperBound else { return nil }
    let bytes = Array(text.utf8)
    guard part.upperBound - range.lowerBound <= bytes.count else { return nil }
    return bytes[part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound]
  }

  /// The statement without parts of it, given in bytes of the file and in their order.
  fileprivate func text(without parts: [Range<Int>]) -> String {
    var bytes = Array(text.utf8)
    for part in parts.reversed() {
      guard let indices = self.bytes(at: part)?.indices else { continue }
      bytes.removeSubrange(indices)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

// MARK: - Inside DO blocks

extension PlatformAdaptation {
  /// The block with those of its statements adapted that need it, or nil when none does.
  ///
  /// `DO $$ BEGIN IF NOT EXISTS (...) THEN CREATE FOREIGN DATA WRAPPER ...` is how many a migration says it.
  private func adapt(_ block: Syntax.DoBlock, serverVersion: Int) -> String? {
    guard block.language == "plpgsql" else { return nil }
    var result: [UInt8] = []
    let body = Array(block.body.utf8)
    var copied = 0
    for part in BlockStatements(body).parts {
      let range = part.range
      if part.isExecuted {
        guard backing == .superuser else { continue }
        let expression = String(decoding: body[range], as: UTF8.self)
        // A comment would hide what comes after it.
        let end = expression.contains("--") ? "\n)" : ")"
        result += body[copied..<range.lowerBound] + Array(" penstock_platform.on_behalf(\(expression)\(end)".utf8)
        copied = range.upperBound
        continue
      }
      guard let statement = try? Script(Array(body[range])).statements.first else { continue }
      guard case .send(let sql, let before, let after, _) = adapt(statement, serverVersion: serverVersion) else {
        continue
      }
      let statements = before + [sql] + after
      guard statements != [statement.text] else { continue }
      result += body[copied..<range.lowerBound] + Array(statements.joined(separator: "; ").utf8)
      copied = range.upperBound
    }
    guard copied > 0 else { return nil }
    return Self.doBlock(String(decoding: result + body[copied...], as: UTF8.self))
  }

  private static func doBlock(_ body: String) -> String {
    var tag = "$penstock$"
    while body.contains(tag) { tag = "$" + tag.dropFirst().dropLast() + "_$" }
    return "DO \(tag)\(body)\(tag)"
  }
}
