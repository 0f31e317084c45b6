/// Why there is no shadow. A migration that does not apply is an `ApplyFailure` instead.
package struct ShadowError: Error, Sendable {
  /// The kind of a `ShadowError`; a struct, so that kinds can be added.
  package struct Code: Hashable, Sendable {
    private enum Kind { case installation, profile, memory }

    private let kind: Kind

    /// The machine's PostgreSQL could not be made into a shadow's.
    package static let installation = Code(kind: .installation)
    /// A profile's own SQL was refused by the server.
    package static let profile = Code(kind: .profile)
    /// The folder asked for cannot hold a shadow.
    package static let memory = Code(kind: .memory)
  }

  package let code: Code
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension ShadowError: CustomStringConvertible {
  package var description: String { message }
}
