package import Basics
internal import Synchronization

/// Parsed files, kept for as long as they are asked for: of a history of a thousand migrations, a push adds one.
package final class LintFileCache: Sendable {
  /// A file to be read.
  package struct Source: Sendable {
    let path: String
    let bytes: [UInt8]
    /// Of the bytes.
    let digest: Digest
    let isPending: Bool

    package init(path: String, bytes: [UInt8], digest: Digest, isPending: Bool) {
      self.path = path
      self.bytes = bytes
      self.digest = digest
      self.isPending = isPending
    }
  }

  private struct Key: Hashable {
    let path: String
    let digest: Digest
  }

  private struct Parsed {
    var files: [Key: LintFile] = [:]
    var bytes = 0
  }

  /// How many bytes of SQL are kept beside those of the last call; parsed, they take some twenty times as much memory.
  private static let limit = 4 << 20

  private let parsed = Mutex(Parsed())

  package init() {}

  /// The files in the order of the sources; only those that are not kept are parsed.
  package func files(_ sources: [Source]) async -> [LintFile] {
    let known = parsed.withLock { $0.files }
    let unknown = sources.filter { known[Key(path: $0.path, digest: $0.digest)] == nil }
    let new = await LintFile.parse(unknown.map { (path: $0.path, bytes: $0.bytes, isPending: $0.isPending) })
    let added = Dictionary(zip(unknown.map { Key(path: $0.path, digest: $0.digest) }, new)) { first, _ in first }
    let files = sources.map { source in
      let key = Key(path: source.path, digest: source.digest)
      // One of the two has every key.
      return (added[key] ?? known[key]!).judged(source.isPending)
    }
    keep(added, asked: zip(sources, files))
    return files
  }

  private func keep(_ added: [Key: LintFile], asked: some Sequence<(Source, LintFile)>) {
    parsed.withLock { parsed in
      for (key, file) in added where parsed.files.updateValue(file, forKey: key) == nil {
        parsed.bytes += file.bytes.count
      }
      guard parsed.bytes > Self.limit else { return }
      parsed = Parsed()
      for (source, file) in asked {
        parsed.files[Key(path: source.path, digest: source.digest)] = file
        parsed.bytes += file.bytes.count
      }
    }
  }
}

extension LintFile {
  fileprivate func judged(_ isPending: Bool) -> LintFile {
    var file = self
    file.isPending = isPending
    return file
  }
}
