internal import TOMLKit

/// Reads values out of TOML tables, resolves `env(NAME)`, and collects what is wrong instead of stopping at it.
///
/// Keys are given whole (`db.seed.enabled`), for messages; the last part is looked up. A missing key is nil and no
/// problem.
struct TOMLReader {
  let environment: [String: String]
  private(set) var problems: [SupabaseConfigError.Problem] = []

  init(environment: [String: String]) {
    self.environment = environment
  }

  mutating func table(_ table: TOMLTable, _ key: String) -> TOMLTable? {
    guard let value = value(table, key) else { return nil }
    return value.table ?? wrong(key, "a table", value)
  }

  mutating func string(_ table: TOMLTable, _ key: String) -> String? {
    guard let value = value(table, key) else { return nil }
    guard let text = value.string else { return wrong(key, "a string", value) }
    return resolve(text, key)
  }

  mutating func int(_ table: TOMLTable, _ key: String) -> Int? {
    guard let value = value(table, key) else { return nil }
    if let number = value.int { return number }
    guard let text = value.string, isReference(text) else { return wrong(key, "a whole number", value) }
    return resolve(text, key).flatMap { Int($0) ?? wrong(key, "a whole number", $0) }
  }

  mutating func bool(_ table: TOMLTable, _ key: String) -> Bool? {
    guard let value = value(table, key) else { return nil }
    if let flag = value.bool { return flag }
    guard let text = value.string, isReference(text) else { return wrong(key, "true or false", value) }
    return resolve(text, key).flatMap { Bool($0) ?? wrong(key, "true or false", $0) }
  }

  /// An array of strings; a single `env(NAME)` may stand for one, separated by commas.
  mutating func strings(_ table: TOMLTable, _ key: String) -> [String]? {
    guard let value = value(table, key) else { return nil }
    if let text = value.string, isReference(text) {
      return resolve(text, key)?.split(separator: ",").map(String.init)
    }
    guard let array = value.array else { return wrong(key, "an array of strings", value) }
    var strings: [String] = []
    for element in array {
      guard let text = element.string else { return wrong(key, "an array of strings", value) }
      guard let resolved = resolve(text, key) else { return nil }
      strings.append(resolved)
    }
    return strings
  }

  private func value(_ table: TOMLTable, _ key: String) -> (any TOMLValueConvertible)? {
    table[key.split(separator: ".").last.map(String.init) ?? key]
  }

  private func isReference(_ text: String) -> Bool {
    text.hasPrefix("env(") && text.hasSuffix(")")
  }

  private mutating func resolve(_ text: String, _ key: String) -> String? {
    guard isReference(text) else { return text }
    let name = String(text.dropFirst(4).dropLast())
    if let value = environment[name] { return value }
    problems.append(.init(message: "\(key) is env(\(name)), and there is no environment variable \(name)"))
    return nil
  }

  private mutating func wrong<T>(_ key: String, _ expected: String, _ value: any TOMLValueConvertible) -> T? {
    problems.append(.init(message: "\(key) must be \(expected), and is \(value.debugDescription)"))
    return nil
  }
}
