internal import Basics

/// A file in the migrations' folder that is not applied, and why.
package struct SkippedFile: Hashable, Sendable {
  package let path: String
  package let reason: Reason
  /// The file's bytes, where the caller of `MigrationSet` read them.
  package let bytes: [UInt8]

  package enum Reason: Hashable, Sendable {
    /// It is a folder, or is in one: only files directly in the migrations' folder are migrations.
    case subfolder
    /// It does not end in `.sql`.
    case notSQL
    /// It ends in `.sql`, but its name does not match the pattern.
    case badName(pattern: String)
    /// The folder's first file, `<14 digits>_init.sql` of before 9 December 2021: the Supabase CLI of that time wrote
    /// its own schemas there.
    case platformDump
    /// A `.down.sql`, beside the `.up.sql` at `path`.
    case downFile(of: String)
  }
}

extension SkippedFile.Reason {
  /// Nil when the file is a migration.
  ///
  /// - Parameters:
  ///   - name: The path within the migrations' folder.
  ///   - isFirst: Whether it is the folder's first entry, by bytes.
  ///   - up: The `.up.sql` that belongs to it.
  init?(of name: Substring, isFirst: Bool, order: VersionOrder, up: String?) {
    if name.contains("/") {
      self = .subfolder
    } else if !name.hasSuffix(".sql") {
      self = .notSQL
    } else if let (version, rest) = order.parse(String(name)) {
      if let up {
        self = .downFile(of: up)
      } else if isFirst, order == .text, version.count == 14, rest == "init", version < "20211209000000" {
        self = .platformDump
      } else {
        return nil
      }
    } else {
      self = .badName(pattern: order.pattern)
    }
  }
}

extension SkippedFile.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .subfolder: "subfolders are not searched for migrations"
    case .notSQL: "not a .sql file"
    case .badName(let pattern): "the file name does not match \(pattern)"
    case .platformDump: "the first migration is an init of before 2021-12-09 (give it another name to apply it)"
    case .downFile(let up): "the way back of \(up.lastComponent)"
    }
  }
}
