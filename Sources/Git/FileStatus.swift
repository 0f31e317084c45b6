// The same C structures are in both modules, and which of them Swift takes them from depends on the build.
internal import CLinux
internal import Glibc
internal import SystemPackage

/// What the file system says of a path: the parts of `stat(2)` that matter here.
struct FileStatus {
  private let status: stat

  /// - Parameter followingLinks: False for the status of a symbolic link itself.
  init(_ path: FilePath, followingLinks: Bool = true) throws(Errno) {
    var status = stat()
    let result = followingLinks ? stat(path.string, &status) : lstat(path.string, &status)
    guard result == 0 else { throw Errno(rawValue: errno) }
    self.status = status
  }

  init(_ file: FileDescriptor) throws(Errno) {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    self.status = status
  }

  var owner: UInt32 { status.st_uid }

  /// In bytes.
  var size: Int { Int(status.st_size) }

  var permissions: FilePermissions { FilePermissions(rawValue: status.st_mode & 0o7777) }

  var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }

  /// Since the content was last written, by this machine's clock.
  var age: Duration { .seconds(max(0, time(nil) - status.st_mtim.tv_sec)) }

  func isSameFile(as other: FileStatus) -> Bool {
    status.st_dev == other.status.st_dev && status.st_ino == other.status.st_ino
  }
}
