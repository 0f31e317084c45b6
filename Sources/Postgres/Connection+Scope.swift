extension Connection {
  /// Opens a connection for some work, and closes it when the work has ended, however it ends.
  package static func with<Value: Sendable>(
    _ target: ConnectionString, as applicationName: String, _ body: (Connection) async throws -> Value
  ) async throws -> Value {
    let connection = try await open(target, applicationName: applicationName)
    do {
      let value = try await body(connection)
      await connection.close()
      return value
    } catch {
      await connection.close()
      throw error
    }
  }
}
