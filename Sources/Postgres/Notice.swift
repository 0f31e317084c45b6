/// Something that the server said besides the answer, such as a NOTICE or a WARNING.
package struct Notice: Hashable, Sendable {
  /// Not translated: `NOTICE`, `WARNING`, `INFO`, `LOG` or `DEBUG`.
  package let severity: String
  package let sqlState: SQLState?
  package let message: String
  package let detail: String?
  package let hint: String?
  /// 1-based, in characters of the statement that was sent.
  package let position: Int?
  package let context: String?
}
