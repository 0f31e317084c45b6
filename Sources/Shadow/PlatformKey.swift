internal import Basics
internal import Postgres
internal import SQL

/// The secret with which Penstock tells a shadow's database that a statement may run with the superuser's rights.
///
/// A statement is sent with a seal, a keyed hash of its text. A migration can see a seal (in `pg_stat_activity`, say)
/// and can only have the same statement run again with it. The key itself is a file in the server's data directory,
/// which only a superuser can read; a server keeps it for as long as its data directory lives.
struct PlatformKey: Sendable {
  private let bytes: [UInt8]

  private static let file = "penstock_platform.key"

  /// The key of a server, made if it has none yet.
  ///
  /// - Parameter connection: The superuser's, to any database; two that make a key at once must exclude each other.
  init(of connection: Connection) async throws(PostgresError) {
    let rows = try await connection.query("select pg_read_binary_file($1, 0, 32, true) as key", [Self.file])
    if let key = try rows[0].decode("key", as: [UInt8]?.self), key.count == 32 {
      bytes = key
      return
    }
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    // A server writes files of any content only as exported large objects.
    let object = try await connection.query("select lo_from_bytea(0, $1)", [bytes])[0].decode(Int64.self)
    try await connection.execute("select lo_export($1::oid, $2)", [object, Self.file])
    try await connection.execute("select lo_unlink($1::oid)", [object])
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The call that runs `statement` with the superuser's rights and hands over what it makes to the database's owner, the
  /// migration role.
  ///
  /// See `Resources/platform_10_superuser.sql`.
  func call(_ statement: String) -> String {
    let seal = Digest(of: bytes + Digest(of: bytes + Array(statement.utf8)).bytes).hex
    return "CALL penstock_platform.as_superuser('\(seal)', \(Quoting.literal(statement)))"
  }
}
