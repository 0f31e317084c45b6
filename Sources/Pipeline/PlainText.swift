/// Text from a repository or a server, made safe for a terminal and a log: branch names, file names and error messages
/// may hold escape sequences.
package enum PlainText {
  /// `text` with every control character, line ends among them, shown as a visible escape.
  package static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.map { isControl($0) ? escape($0) : String($0) }.joined()
  }

  /// C0, DEL and C1, and the marks that turn the direction of text (Unicode TR 36).
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": " "
    default: "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
}
