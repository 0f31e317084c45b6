internal import FoundationEssentials

/// JSON as the daemon keeps and sends it: one line, the same text for the same value.
enum JSONText {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ text: some StringProtocol) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
