internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// A database's schema as `pg_dump --schema-only` writes it: an observer that shares no code with us.
package struct SchemaDump: Hashable, Sendable {
  /// Without comments, blank lines, and what is another at every run.
  package let lines: [String]

  /// - Parameters:
  ///   - binaries: Of this version's `pg_dump`; it reads servers of its own version and of older ones.
  ///   - excluded: Schemas that are left out, with the event triggers that call their functions.
  /// - Throws: `.serverStart` with pg_dump's own words when it is not installed or does not succeed, `.cancelled`.
  package static func read(
    _ database: ConnectionString, with binaries: ServerBinaries, excluding excluded: [String] = []
  ) async throws(PostgresError) -> SchemaDump {
    let program = binaries.bin.appending("pg_dump")
    guard program.withPlatformString({ access($0, X_OK) }) == 0 else {
      throw PostgresError(
        .serverStart, "\(program) is not there: install PostgreSQL \(binaries.major)'s client programs.")
    }
    // The text may have passwords in it, of foreign servers' users.
    let folder = FileManager.default.temporaryDirectory.appending(path: "penstock-\(UUID().uuidString)").path
    let file = "\(folder)/schema.sql"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw PostgresError(.serverStart, "\(folder) cannot be made for pg_dump: \(error)")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var tool = Tool(path: program)
    // Others may see a program's arguments, and not its environment.
    tool.variables = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("PG") || $0.key == "HOME" }
    tool.variables["PGPASSWORD"] = database.options["password"] ?? tool.variables["PGPASSWORD"]
    let arguments =
      ["--schema-only", "--no-password", "--file=\(file)", "--dbname=\(database.with(password: nil).keywords)"]
      + excluded.map { "--exclude-schema=\($0)" }
    let outcome = try await tool.run(arguments)
    guard outcome.succeeded, let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw PostgresError(.serverStart, "pg_dump did not succeed: \(outcome.output.singleLine)")
    }
    return SchemaDump(text, excluding: excluded)
  }

  init(_ text: String, excluding excluded: [String] = []) {
    let lines = text.split(separator: "\n").map(String.init).filter { line in
      !line.hasPrefix("--") && !line.hasPrefix("\\restrict ") && !line.hasPrefix("\\unrestrict ")
    }
    self.lines = Self.withoutEventTriggers(of: excluded, lines)
  }

  /// Event triggers are in no schema, and pg_dump leaves out none of them: here those go that call a function of a schema
  /// that is left out.
  private static func withoutEventTriggers(of schemas: [String], _ lines: [String]) -> [String] {
    var rest = lines[...]
    var result: [String] = []
    var names: Set<Substring> = []
    while let line = rest.popFirst() {
      let words = line.split(separator: " ")
      guard words.count > 3, words[1] == "EVENT", words[2] == "TRIGGER" else {
        result.append(line)
        continue
      }
      var statement = [line]
      while statement.last?.hasSuffix(";") == false, let next = rest.popFirst() { statement.append(next) }
      if statement.contains(where: { line in schemas.contains { line.contains("EXECUTE FUNCTION \($0).") } }) {
        names.insert(words[3])
      }
      if !names.contains(words[3]) { result += statement }
    }
    return result
  }

  /// The lines that only one of the two has, those of the first with a minus; none when they are equal. Passwords are
  /// left out.
  package func difference(to other: SchemaDump) -> [String] {
    guard self != other else { return [] }
    return other.lines.difference(from: lines).map { change in
      switch change {
      case .remove(_, let line, _): "- \(Self.withoutSecrets(line))"
      case .insert(_, let line, _): "+ \(Self.withoutSecrets(line))"
      }
    }
  }

  /// Options of user mappings are written as they are.
  private static func withoutSecrets(_ line: String) -> String {
    guard let start = line.lowercased().firstRange(of: "password") else { return line }
    return line[..<line.index(line.startIndex, offsetBy: line.distance(from: line.startIndex, to: start.upperBound))]
      + " ..."
  }
}
