import Basics
import Daemon
import Foundation
import Git
import Logging
import Pipeline
import SystemPackage

/// A folder of a test's own, gone afterwards.
func withScratchFolder<Value>(_ body: (FilePath) throws -> Value) throws -> Value {
  let folder = try makeScratchFolder()
  defer { try? FileManager.default.removeItem(atPath: folder.string) }
  return try body(folder)
}

func withScratchFolder<Value>(
  isolation: isolated (any Actor)? = #isolation, _ body: (FilePath) async throws -> Value
) async throws -> Value {
  let folder = try makeScratchFolder()
  defer { try? FileManager.default.removeItem(atPath: folder.string) }
  return try await body(folder)
}

private func makeScratchFolder() throws -> FilePath {
  let path = "/tmp/penstock-\(UUID().uuidString.prefix(13))"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return FilePath(path)
}

func write(_ text: String, to path: FilePath) throws {
  try text.write(toFile: path.string, atomically: false, encoding: .utf8)
}

func read(_ path: FilePath) throws -> String {
  try String(contentsOfFile: path.string, encoding: .utf8)
}

/// Nobody listens: tests look at what happens, not at what is said of it.
let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension RunRequest {
  /// A push to `shop`.
  static func sample(
    ref: String = "staging", commit: Int = 1, previous: Int? = nil, actor: String? = "ada"
  ) -> RunRequest {
    RunRequest(
      repository: "shop", ref: RefName(branch: ref), commit: .sample(commit), previous: previous.map(ObjectID.sample),
      actor: actor)
  }
}

extension ObjectID {
  static func sample(_ number: Int) -> ObjectID {
    let digits = "\(number)"
    guard let id = ObjectID(hex: String(repeating: "a", count: 40 - digits.count) + digits) else {
      preconditionFailure("40 hexadecimal digits are an object's name")
    }
    return id
  }
}

extension RunRecord {
  static func sample(_ request: RunRequest, _ result: RunResult = .promoted) -> RunRecord {
    var record = RunRecord(request: request, result: result)
    record.environment = "staging"
    record.finishedAt = .now
    return record
  }
}
