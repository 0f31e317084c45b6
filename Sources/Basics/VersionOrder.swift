/// How a folder's file names are read, and how their versions are ordered.
package enum VersionOrder: String, Hashable, Sendable, Codable {
  /// Supabase's rules: `^([0-9]+)_(.*)\.sql$`, versions compared as text, byte by byte, so that `10` is before `2`.
  case text
  /// For plain PostgreSQL projects: versions compared as numbers, so that `2` is before `10`; `-` separates as well.
  case numeric

  /// The version and the name that a file name holds, or nil when it does not name a migration.
  package func parse(_ fileName: String) -> (version: String, name: String)? {
    guard fileName.hasSuffix(".sql") else { return nil }
    let stem = fileName.dropLast(4)
    let version = stem.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !version.isEmpty, let separator = stem.utf8.dropFirst(version.count).first, separators.contains(separator)
    else { return nil }
    return (String(Substring(version)), String(Substring(stem.utf8.dropFirst(version.count + 1))))
  }

  /// The pattern that `parse` follows, for messages.
  package var pattern: String {
    switch self {
    case .text: "^[0-9]+_.*\\.sql$"
    case .numeric: "^[0-9]+[_-].*\\.sql$"
    }
  }

  /// Whether version `a` comes before version `b`. Two versions of which neither precedes the other are the same.
  package func precedes(_ a: String, _ b: String) -> Bool {
    switch self {
    case .text:
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    case .numeric:
      let (a, b) = (key(of: a), key(of: b))
      return a.utf8.count == b.utf8.count
        ? a.utf8.lexicographicallyPrecedes(b.utf8) : a.utf8.count < b.utf8.count
    }
  }

  /// What all spellings of one version have in common: `7` for `007` where versions are numbers.
  package func key(of version: String) -> Substring {
    switch self {
    case .text: version[...]
    case .numeric: version.drop { $0 == "0" }
    }
  }

  private var separators: [UInt8] {
    switch self {
    case .text: [UInt8(ascii: "_")]
    case .numeric: [UInt8(ascii: "_"), UInt8(ascii: "-")]
    }
  }
}
