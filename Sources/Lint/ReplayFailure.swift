/// What went wrong with a file that was applied to the shadow a second time.
package struct ReplayFailure: Hashable, Sendable {
  package let path: String
  /// The statement that the server refused, from 0; nil when all were taken and the schema is another one now.
  package let statement: Int?
  /// The server's words, or what is different.
  package let message: String

  package init(path: String, statement: Int?, message: String) {
    self.path = path
    self.statement = statement
    self.message = message
  }
}
