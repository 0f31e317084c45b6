import Basics
import Daemon
import Foundation
import Git
import Logging
import Pipeline
import Synchronization
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

func rename(_ source: String, to destination: String) throws {
  try FileManager.default.moveItem(atPath: source, toPath: destination)
}

/// A value that concurrent code of one test leaves its result in.
final class Box<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>

  init(_ value: Value) {
    storage = Mutex(value)
  }

  var value: Value {
    get { storage.withLock { $0 } }
    set { storage.withLock { $0 = newValue } }
  }

  func append<Element>(_ element: sending Element) where Value == [Element] {
    storage.withLock { $0.append(element) }
  }
}

/// A client of the control socket that keeps to no rule.
final class RawClient {
  private let descriptor: Int32

  init(_ path: FilePath) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.string.utf8)) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
  }

  func send(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Errno(rawValue: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// All that comes until the other end closes.
  func readAll() throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == ECONNRESET { break }
      guard count >= 0 else { throw Errno(rawValue: errno) }
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  deinit { close(descriptor) }
}
