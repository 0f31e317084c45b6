import ArgumentParser
import Basics
import Configuration
import Daemon
import Foundation
import Git
import Pipeline
import Postgres
import SystemPackage

/// What a command ends with.
enum Exit: Int32 {
  /// Done, or nothing to complain about.
  case done = 0
  /// The answer is no: findings at or over the threshold, a difference, a failed run.
  case no = 1
  /// The command, a configuration file or a pipeline file is wrong.
  case usage = 2
  /// A database, a repository or the daemon could not be reached.
  case unreachable = 3
}

/// Why a command cannot go on: a sentence for the person, and the exit code.
struct Failure: Error {
  let exit: Exit
  let message: String

  init(_ exit: Exit, _ message: String) {
    self.exit = exit
    self.message = message
  }
}

extension Failure {
  /// A file that the user named, or that should be there, cannot be read. The system's words for it are short and clear
  /// where Foundation's are neither.
  init(reading path: String, _ error: any Error) {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let reason =
      switch (isThere, access(path, R_OK)) {
      case (true, _) where isFolder.boolValue: "it is a folder"
      case (true, 0): error.localizedDescription
      default: "\(Errno(rawValue: errno))".lowercased()
      }
    self.init(.usage, "\(path) cannot be read: \(reason)")
  }
}

/// Thrown by a command that has answered, and whose answer is no.
struct AnswerIsNo: Error {}

extension Failure {
  /// Runs a command and ends the process as its outcome asks.
  static func exiting(_ body: () async throws -> Void) async -> Never {
    do {
      try await body()
      Foundation.exit(Exit.done.rawValue)
    } catch is AnswerIsNo {
      Foundation.exit(Exit.no.rawValue)
    } catch let error as CleanExit {
      Penstock.exit(withError: error)
    } catch {
      guard let failure = Failure(describing: error) else {
        usage(error)
      }
      Terminal.complain(failure.message)
      Foundation.exit(failure.exit.rawValue)
    }
  }

  /// What ArgumentParser has to say about a wrong command line, with our exit code.
  private static func usage(_ error: any Error) -> Never {
    let code = Penstock.exitCode(for: error)
    let text = Penstock.fullMessage(for: error)
    if code == .success {
      print(text)
      Foundation.exit(Exit.done.rawValue)
    }
    FileHandle.standardError.write(Data((text + "\n").utf8))
    Foundation.exit(Exit.usage.rawValue)
  }

  /// Nil for what ArgumentParser threw.
  init?(describing error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as InvalidFile: self.init(.usage, error.description)
    case is CancellationError: self.init(.no, "interrupted")
    case let error as GitError where [.ambiguous, .invalid, .notFound, .wrongType].contains(error.code):
      self.init(.usage, error.message)
    case let error as GitError: self.init(.unreachable, error.message)
    case let error as DaemonError: self.init(error)
    default:
      let module = String(reflecting: type(of: error)).prefix { $0 != "." }
      guard module != "ArgumentParser" else { return nil }
      self.init(RunFailure(describing: error))
    }
  }

  private init(_ error: DaemonError) {
    switch error.code {
    case .notRunning, .protocolViolation, .unreachable: self.init(.unreachable, error.message)
    case .configuration, .inUse: self.init(.usage, error.message)
    default: self.init(.no, error.message)
    }
  }

  private init(_ failure: RunFailure) {
    let message = CommitNote.failureLines(failure).map { String($0.dropFirst(CommitNote.failureIndent)) }
      .joined(separator: "\n")
    self.init(failure.isUnreachable ? .unreachable : .no, message)
  }
}
