package import Basics
package import SQL
package import Schema

/// What the linter is given: files, and whatever is known about where they go.
package struct LintInput: Sendable {
  /// All migrations, applied ones too, in the order in which they are applied. After them, pending and without their
  /// bytes, the files that are passed over because of their names: nothing else is to be said of those.
  package var files: [LintFile]
  /// How the files' names are read.
  package var order: VersionOrder
  /// The schema of a server on which all the files were applied; nil when they were only read.
  package var catalog: Catalog?
  /// The schema of that server before the pending files.
  package var catalogBefore: Catalog?
  /// The versions that the target has applied; nil when that is not known.
  package var appliedVersions: [String]?
  /// Whether a server has applied all pending files, so that what our parser does not know is no error.
  package var acceptedByServer: Bool
  /// What the statements of pending files did on the shadow, by the files' paths.
  package var traces: [String: FileTrace] = [:]
  /// How large tables are on the target, as far as that is known.
  package var sizes: [QualifiedName: TableSize] = [:]
  /// What plpgsql_check says of functions on the shadow; nil when it was not asked.
  package var bodies: BodyReport?
  /// The conditions of policies of which the shadow's planner says that they let every row pass.
  package var openConditions: Set<PolicyCondition> = []
  /// What went wrong with pending files when they were applied to the shadow a second time.
  package var replays: [ReplayFailure] = []
  /// What the target says of the tables that the pending files change.
  package var statistics = TargetStatistics()
  /// The files, by path, that were another when the target applied them, or that others have by now.
  package var changedFiles: Set<String> = []

  package init(
    files: [LintFile],
    order: VersionOrder = .text,
    catalog: Catalog? = nil,
    catalogBefore: Catalog? = nil,
    appliedVersions: [String]? = nil,
    acceptedByServer: Bool = false
  ) {
    self.files = files
    self.order = order
    self.catalog = catalog
    self.catalogBefore = catalogBefore
    self.appliedVersions = appliedVersions
    self.acceptedByServer = acceptedByServer
  }
}

/// A migration, read and parsed.
package struct LintFile: Sendable {
  /// From the repository's root, with slashes.
  package let path: String
  package let bytes: [UInt8]
  /// Whether it is judged; the others are only read for what they declare.
  package internal(set) var isPending: Bool
  /// The statements, or why the file cannot be split into any.
  package let script: Result<Script, SQLError>
  package let lines: LineIndex

  package init(path: String, bytes: [UInt8], isPending: Bool) {
    self.path = path
    self.bytes = bytes
    self.isPending = isPending
    do throws(SQLError) {
      let script = try Script(bytes)
      self.script = .success(script)
      lines = script.lines
    } catch {
      script = .failure(error)
      lines = LineIndex(bytes)
    }
  }

  /// Reads many files at once, on as many threads as there are; the order is kept.
  package static func parse(_ sources: [(path: String, bytes: [UInt8], isPending: Bool)]) async -> [LintFile] {
    // Slices rather than files: a task for each of a thousand short files would cost as much as the parsing.
    let step = max(1, sources.count / 64)
    return await withTaskGroup(of: (Int, [LintFile]).self) { group in
      for start in stride(from: 0, to: sources.count, by: step) {
        let slice = sources[start..<min(start + step, sources.count)]
        group.addTask {
          (start, slice.map { LintFile(path: $0.path, bytes: $0.bytes, isPending: $0.isPending) })
        }
      }
      var slices: [(Int, [LintFile])] = []
      for await slice in group { slices.append(slice) }
      return slices.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }

  /// The file's name, without its folders.
  var name: Substring { path.split(separator: "/").last ?? "" }

  /// Empty when the file cannot be split.
  var statements: [Statement] { (try? script.get())?.statements ?? [] }
}

extension LintFile {
  /// The extensions that its statements make or change.
  package var changedExtensions: Set<String> {
    Set(
      statements.compactMap { statement in
        switch statement.syntax {
        case .createExtension(let create): create.name
        case .alterExtension(let alter): alter.name
        default: nil
        }
      })
  }

  /// The statement that holds the byte; nil between statements.
  func statement(at byte: Int) -> Statement? {
    statements.element(at: byte, \.range)
  }

  /// The offset of the first byte at or after `offset` that is neither blank nor part of a comment.
  func firstByteOfSQL(from offset: Int) -> Int? {
    let comments = (try? script.get())?.comments ?? []
    var offset = offset
    while offset < bytes.count {
      if bytes[offset] <= 0x20 {
        offset += 1
      } else if let comment = comments.element(at: offset, \.range) {
        offset = max(comment.range.upperBound, offset + 1)
      } else {
        return offset
      }
    }
    return nil
  }
}

extension Array {
  /// The element whose range holds the byte. The ranges must be in order and apart.
  fileprivate func element(at byte: Int, _ range: KeyPath<Element, Range<Int>>) -> Element? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let candidate = self[middle][keyPath: range]
      if candidate.contains(byte) { return self[middle] }
      if byte < candidate.lowerBound { high = middle } else { low = middle + 1 }
    }
    return nil
  }
}
