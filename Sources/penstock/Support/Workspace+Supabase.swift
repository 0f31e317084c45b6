import Basics
import Foundation
import Migrations
import SystemPackage

extension Workspace {
  /// The project's `supabase/config.toml`; nil when there is none.
  func supabaseConfig() throws -> SupabaseConfig? {
    let path = root.appending("supabase/config.toml").string
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    return try SupabaseConfig(
      toml: bytes, path: "supabase/config.toml", environment: ProcessInfo.processInfo.environment)
  }

  /// The project's seed files, in the order in which they run: patterns relative to `supabase/`, sorted per pattern, no
  /// file twice.
  func seeds() throws -> [Migration] {
    let seed = try supabaseConfig()?.database.seed ?? SupabaseConfig().database.seed
    guard seed.enabled else { return [] }
    let folder = root.appending("supabase").string
    let files = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
    var paths: [String] = []
    for pattern in seed.sqlPaths {
      let pattern = pattern.hasPrefix("./") ? String(pattern.dropFirst(2)) : pattern
      guard let glob = Glob(pattern) else { throw Failure(.usage, "supabase/config.toml: \(pattern) is not a pattern") }
      paths += files.filter { glob.matches($0) && !paths.contains($0) }
    }
    return try paths.map { path in
      let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(path)")))
      return Migration(version: "", name: "seed", path: "supabase/\(path)", bytes: bytes)
    }
  }
}
