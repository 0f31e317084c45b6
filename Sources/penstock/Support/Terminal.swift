import ArgumentParser
import Foundation

/// Where answers and remarks go: answers to standard output, everything else to standard error.
enum Terminal {
  /// An answer.
  static func answer(_ text: String) {
    FileHandle.standardOutput.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
  }

  /// A remark on the way: progress, advice.
  static func remark(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Why the command ends without success.
  static func complain(_ text: String) {
    let colour = ColourChoice.auto.applies(to: STDERR_FILENO)
    remark("\(colour ? "\u{1B}[1;31m" : "")penstock:\(colour ? "\u{1B}[0m" : "") \(text)")
  }

  /// The columns of the terminal that answers go to; 100 where it is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  /// An answer for programs: JSON with sorted keys.
  static func answer(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    answer(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

extension Terminal {
  /// One of several answers for programs: JSON on a line of its own.
  static func answer(jsonLine value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    answer(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

enum ColourChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never

  /// Whether to colour what goes to a file descriptor: not with NO_COLOR (<https://no-color.org>), and not to a file.
  func applies(to descriptor: Int32) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      guard environment["NO_COLOR", default: ""].isEmpty, environment["TERM"] != "dumb" else { return false }
      return isatty(descriptor) == 1
    }
  }
}
