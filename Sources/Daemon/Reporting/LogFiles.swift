internal import Foundation
internal import Glibc
internal import SystemPackage

/// The files that the log is made of.
struct LogFiles: Sendable {
  let directory: FilePath

  var current: FilePath { directory.appending("penstock.jsonl") }

  /// The retired files in the order of their numbers, then the current one if it is there.
  func inOrder() throws(DaemonError) -> [FilePath] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory.string)
    } catch {
      throw DaemonError(.log, "cannot read the log's folder \(directory): \(error.localizedDescription)")
    }
    let retired = names.compactMap { name in Self.number(of: name).map { (number: $0, name: name) } }
      .sorted { $0.number < $1.number }
      .map { directory.appending($0.name) }
    return names.contains("penstock.jsonl") ? retired + [current] : retired
  }

  /// Gives the current file the next number.
  func retireCurrent() throws(DaemonError) {
    let number = (try inOrder().compactMap { Self.number(of: $0.lastComponent?.string ?? "") }.last ?? 0) + 1
    let digits = "\(number)"
    let name = "penstock-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).jsonl"
    guard rename(current.string, directory.appending(name).string) == 0 else {
      throw DaemonError(.log, "cannot rename the log \(current): \(Errno(rawValue: errno))")
    }
    try sync()
  }

  /// Waits until the names in the folder are on the disk.
  func sync() throws(DaemonError) {
    let descriptor = Glibc.open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DaemonError(.log, "cannot open the log's folder \(directory): \(Errno(rawValue: errno))")
    }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw DaemonError(.log, "cannot write the log's folder \(directory): \(Errno(rawValue: errno))")
    }
  }

  func read(_ file: FilePath) throws(DaemonError) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: file.string)))
    } catch {
      throw DaemonError(.log, "cannot read the log \(file): \(error.localizedDescription)")
    }
  }

  /// The lines of a file without their ends, and the length of what comes after the last line's end.
  static func lines(of bytes: [UInt8]) -> (complete: [ArraySlice<UInt8>], torn: Int) {
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (bytes[..<end].split(separator: UInt8(ascii: "\n")), bytes.count - end)
  }

  private static func number(of name: String) -> Int? {
    guard name.hasPrefix("penstock-"), name.hasSuffix(".jsonl") else { return nil }
    return Int(name.dropFirst("penstock-".count).dropLast(".jsonl".count))
  }
}
