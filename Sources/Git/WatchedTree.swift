internal import CLinux
internal import Dispatch
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The directories of several repositories that references live in, under one inotify descriptor.
///
/// Of a repository itself only `packed-refs` and `refs` matter; of `refs`, everything at any depth except lock files.
/// inotify does not watch directories inside a watched one (`inotify(7)`), so each new one is watched when it appears;
/// what was made inside it before that is covered because the hint comes after the watch.
final class WatchedTree: Sendable {
  private struct Watch {
    let path: FilePath
    /// True for a repository itself, false for `refs` and what is inside.
    let isRepository: Bool
  }

  private static let events = UInt32(
    IN_CREATE | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)

  private let descriptor: Int32
  private let source: Mutex<any DispatchSourceRead>
  private let repositories: [FilePath]
  private let watches = Mutex<[Int32: Watch]>([:])
  private let hint: @Sendable () -> Void

  /// - Parameter hint: Called on a thread of this tree's, after every batch of events in which a reference may have
  ///   changed.
  init(_ repositories: [FilePath], hint: @escaping @Sendable () -> Void) throws(GitError) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else {
      throw GitError(
        .other,
        "cannot watch references: \(Errno(rawValue: errno)): raise fs.inotify.max_user_instances with sysctl")
    }
    self.repositories = repositories
    self.hint = hint
    let descriptor = descriptor
    let source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "git references"))
    source.setCancelHandler { close(descriptor) }
    self.source = Mutex(source)
    self.source.withLock { source in
      source.setEventHandler { [weak self] in self?.readEvents() }
      source.activate()
    }
    for repository in repositories {
      try watchRepository(repository)
    }
  }

  deinit {
    source.withLock { $0.cancel() }
  }

  // MARK: Watching

  private func watchRepository(_ repository: FilePath) throws(GitError) {
    try watch(Watch(path: repository, isRepository: true))
    try watchTree(repository.appending("refs"))
  }

  /// Watches a directory, then those inside it: in this order none is missed.
  private func watchTree(_ top: FilePath) throws(GitError) {
    var pending = [top]
    while let directory = pending.popLast() {
      try watch(Watch(path: directory, isRepository: false))
      pending.append(contentsOf: Self.directories(in: directory))
    }
  }

  /// Watching a directory a second time changes nothing.
  private func watch(_ watch: Watch) throws(GitError) {
    let number = inotify_add_watch(descriptor, watch.path.string, Self.events)
    guard number >= 0 else {
      let reason = Errno(rawValue: errno)
      throw GitError(
        reason == .noSuchFileOrDirectory ? .notFound : .other,
        "cannot watch \(watch.path): \(reason)"
          + (reason == .noSpace ? ": raise fs.inotify.max_user_watches with sysctl" : ""))
    }
    watches.withLock { $0[number] = watch }
  }

  /// Empty too for a directory that has gone meanwhile.
  private static func directories(in directory: FilePath) -> [FilePath] {
    guard let stream = opendir(directory.string) else { return [] }
    defer { closedir(stream) }
    var found: [FilePath] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let path = directory.appending(name)
      if let status = try? FileStatus(path, followingLinks: false), status.isDirectory { found.append(path) }
    }
    return found
  }

  // MARK: Events

  private func readEvents() {
    var mayHaveChanged = false
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: MemoryLayout<inotify_event>.alignment) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        var offset = 0
        while offset < count {
          let event = buffer.load(fromByteOffset: offset, as: inotify_event.self)
          let nameStart = offset + MemoryLayout<inotify_event>.size
          // The name is padded with zeros; an event about the directory itself has none.
          let name = String(
            decoding: buffer[nameStart..<nameStart + Int(event.len)].prefix { $0 != 0 }, as: UTF8.self)
          if handle(event, name: name) { mayHaveChanged = true }
          offset = nameStart + Int(event.len)
        }
      }
    }
    if mayHaveChanged { hint() }
  }

  /// Takes note of new and gone directories.
  /// - Returns: True when a reference may have changed.
  private func handle(_ event: inotify_event, name: String) -> Bool {
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
      // Events are lost, and with them perhaps new directories.
      repositories.forEach(watchAgain)
      return true
    }
    if event.mask & UInt32(IN_IGNORED) != 0 {
      return watches.withLock { $0.removeValue(forKey: event.wd) } != nil
    }
    guard let watch = watches.withLock({ $0[event.wd] }),
      Self.mayBeReference(name, inRepositoryItself: watch.isRepository)
    else { return false }
    if event.mask & UInt32(IN_ISDIR) != 0, event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 {
      watchAgain(watch.path.appending(name))
    }
    return true
  }

  /// True when a file or directory of this name can hold references. (A reference's name cannot end with `.lock`.)
  static func mayBeReference(_ name: String, inRepositoryItself: Bool) -> Bool {
    inRepositoryItself ? name == "refs" || name == "packed-refs" : !name.hasSuffix(".lock")
  }

  /// Watches what appeared while the watcher is at work.
  ///
  /// A directory that has gone again needs no watch. One that cannot be watched because a limit is reached gives no
  /// hints; reading the references every half minute finds its changes all the same.
  private func watchAgain(_ directory: FilePath) {
    do throws(GitError) {
      if repositories.contains(directory) {
        try watchRepository(directory)
      } else {
        try watchTree(directory)
      }
    } catch {
      return
    }
  }
}
