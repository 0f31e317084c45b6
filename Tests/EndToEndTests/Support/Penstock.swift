import Foundation
import Subprocess
import SystemPackage

/// The built binary.
enum Penstock {
  /// Beside the test bundle, where the build puts both.
  static let path = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "penstock").path

  struct Outcome: Sendable {
    let output: String
    let error: String
    let exitCode: Int32
  }

  /// Runs a command to its end, whatever comes of it.
  static func run(
    _ arguments: String..., in folder: FilePath, environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await run(arguments, in: folder, environment: environment)
  }

  static func run(
    _ arguments: [String], in folder: FilePath, environment: [String: String] = [:]
  ) async throws -> Outcome {
    let additions = Dictionary(
      uniqueKeysWithValues: environment.map { (Subprocess.Environment.Key(rawValue: $0)!, Optional($1)) })
    let result = try await Subprocess.run(
      .path(FilePath(path)), arguments: Arguments(arguments), environment: .inherit.updating(additions),
      workingDirectory: folder, output: .string(limit: 16 << 20), error: .string(limit: 16 << 20))
    let exitCode: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Outcome(output: result.standardOutput, error: result.standardError, exitCode: exitCode)
  }
}
