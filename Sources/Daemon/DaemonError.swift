/// Why the daemon, or one who talks to it, cannot do something: a sentence that says what to do next.
package struct DaemonError: Error, Hashable, Sendable {
  package struct Code: Hashable, Sendable {
    private enum Value: Hashable {
      case configuration, inUse, log, notAllowed, notFound, notRunning, protocolViolation, refused, storage, unreachable
    }

    private let value: Value

    /// A setting that is well-formed and cannot be used: a credential that is not there, a socket path that is too long.
    package static let configuration = Code(value: .configuration)
    /// Another daemon works with this state folder or listens on this socket.
    package static let inUse = Code(value: .inUse)
    /// The log cannot be written, or its chain is broken.
    package static let log = Code(value: .log)
    /// The person may not do this.
    package static let notAllowed = Code(value: .notAllowed)
    /// No such run, environment or repository.
    package static let notFound = Code(value: .notFound)
    /// Nobody listens on the control socket, or the daemon went away in the middle.
    package static let notRunning = Code(value: .notRunning)
    /// A message on the control socket that is none.
    package static let protocolViolation = Code(value: .protocolViolation)
    /// What was asked for does not fit the run's state.
    package static let refused = Code(value: .refused)
    /// The state folder cannot be read or written.
    package static let storage = Code(value: .storage)
    /// A target does not answer.
    package static let unreachable = Code(value: .unreachable)
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension DaemonError: CustomStringConvertible {
  package var description: String { message }
}
