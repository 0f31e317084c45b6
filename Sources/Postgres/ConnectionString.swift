internal import Basics
internal import CLibPQ

/// Where a database is and who connects to it: what psql takes as a connection URL or `key=value` pairs.
///
/// No way of printing it prints the password.
///
/// Related PostgreSQL documentation: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
package struct ConnectionString: Hashable, Sendable {
  /// libpq's parameters by name, only those that were given: libpq itself adds those of the environment, the
  /// service file and the password file when it connects.
  private(set) var options: [String: String]

  /// - Throws: `.invalidConnectionString`; the message repeats nothing of `text` that may be a secret.
  package init(_ text: String) throws(PostgresError) {
    options = try Self.parse(text)
  }

  /// - Parameter options: libpq's parameters by name, such as `host`, `dbname` and `sslmode`.
  package init(options: [String: String]) {
    self.options = options
  }

  package var host: String? { options["host"] ?? options["hostaddr"] }
  package var port: String? { options["port"] }
  package var database: String? { options["dbname"] }
  package var user: String? { options["user"] }
  package var hasPassword: Bool { options["password"] != nil }

  /// The same with one more setting of the session, which RESET goes back to.
  package func with(setting name: String, _ value: String) -> ConnectionString {
    return with(
      "options",
      [options["options"], "-c \(name)=\(Self.escapedForOptions(value))"].compactMap(\.self).joined(separator: " "))
  }

  /// As pairs such as `host='db' dbname='app'`, secrets and all.
  var keywords: String {
    options.sorted { $0.key < $1.key }.map { key, value in
      "\(key)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }.joined(separator: " ")
  }

  package func with(database: String) -> ConnectionString { with("dbname", database) }
  package func with(user: String) -> ConnectionString { with("user", user) }
  /// - Parameter password: Nil for none.
  package func with(password: String?) -> ConnectionString { with("password", password) }

  /// The same with one of libpq's parameters set, or with nil left to its default.
  package func with(_ option: String, _ value: String?) -> ConnectionString {
    var copy = self
    copy.options[option] = value
    return copy
  }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// As a URL, without the password and other secrets: `postgresql://app@db.example.com:5432/app?sslmode=require`.
  package var description: String {
    var url = "postgresql://"
    if let user { url += Self.escaped(user) + "@" }
    let isSocket = host?.hasPrefix("/") ?? false
    if let host, !isSocket {
      url += host.contains(":") ? "[\(host)]" : Self.escaped(host)
      if let port { url += ":" + port }
    }
    url += "/" + Self.escaped(database ?? "")
    var query = options.filter { !Self.isShownElsewhere($0.key) }
    if isSocket {
      query["host"] = host
      query["port"] = port
    }
    let pairs = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escaped($0.value))" }
    return pairs.isEmpty ? url : url + "?" + pairs.joined(separator: "&")
  }

  package var debugDescription: String { description }

  /// For `dump`, which would print the properties.
  package var customMirror: Mirror { Mirror(self, children: ["url": description]) }

  private static func isShownElsewhere(_ option: String) -> Bool {
    ["user", "password", "host", "hostaddr", "port", "dbname", "sslpassword"].contains(option)
  }

  private static func escaped(_ text: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/,".utf8)
    var result = ""
    for byte in text.utf8 {
      if plain.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return result
  }
}

extension ConnectionString {
  private static func parse(_ text: String) throws(PostgresError) -> [String: String] {
    guard !text.containsNUL else {
      throw PostgresError(.invalidConnectionString, "The connection string contains a NUL byte.")
    }
    var complaint: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &complaint) else {
      let reason = complaint.map { String(cString: $0) } ?? "out of memory"
      PQfreemem(complaint)
      throw PostgresError(
        .invalidConnectionString,
        """
        The connection string is not one: \(withoutSecrets(reason)). It is either a URL, \
        postgresql://user@host:5432/database, or pairs such as host=db.example.com dbname=app user=app.
        """)
    }
    defer { PQconninfoFree(parsed) }
    var options: [String: String] = [:]
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return options
  }

  /// libpq's complaint with what it quotes left out, because a password with a stray character in it is torn into
  /// pieces that look like anything. An option's name that is nearly right is named as it should be.
  private static func withoutSecrets(_ complaint: String) -> String {
    let complaint = complaint.trimmingNewlines
    guard let first = complaint.firstIndex(of: "\""), let last = complaint.lastIndex(of: "\""), first < last else {
      return complaint
    }
    let quoted = complaint[complaint.index(after: first)..<last]
    let hint = Spelling.hint(for: String(quoted), among: optionNames)
    return complaint[..<first] + "\"…\"" + complaint[complaint.index(after: last)...] + hint
  }

  private static let optionNames: [String] = {
    guard let defaults = PQconndefaults() else { return [] }
    defer { PQconninfoFree(defaults) }
    var names: [String] = []
    var option = defaults
    while let keyword = option.pointee.keyword {
      names.append(String(cString: keyword))
      option += 1
    }
    return names
  }()
}

extension ConnectionString {
  /// What libpq is given to connect: these options and what every session of ours has.
  ///
  /// A silent network is noticed after a minute, unless the string itself says otherwise.
  func connectOptions(applicationName: String, settings: [String: String]) -> [String: String] {
    let usual = [
      "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "60000",
    ]
    var result = usual.merging(options) { $1 }
    result["application_name"] = applicationName
    result["client_encoding"] = "UTF8"
    if !settings.isEmpty {
      let switches = settings.sorted { $0.key < $1.key }.map { "-c \($0.key)=\(Self.escapedForOptions($0.value))" }
      result["options"] = ([options["options"]].compactMap(\.self) + switches).joined(separator: " ")
    }
    return result
  }

  /// Spaces end an option there, and a backslash makes a character plain.
  private static func escapedForOptions(_ value: String) -> String {
    var result = ""
    for character in value {
      if character.isWhitespace || character == "\\" { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
