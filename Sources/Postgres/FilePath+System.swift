internal import Glibc
internal import SystemPackage

extension FilePath {
  /// Without symbolic links; nil when there is no such file.
  var resolved: FilePath? {
    guard let real = withPlatformString({ realpath($0, nil) }) else { return nil }
    defer { free(real) }
    return FilePath(platformString: real)
  }

  /// Where a symbolic link points; nil when it is none, or may not be read.
  var linkTarget: FilePath? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let length = withPlatformString { readlink($0, &buffer, buffer.count - 1) }
    return length < 0 ? nil : FilePath(platformString: buffer)
  }

  /// The names in a folder, in no order; none when it cannot be read.
  var entries: [String] {
    guard let folder = withPlatformString({ opendir($0) }) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Of the file itself, or of the link when it is one; nil when there is no such file.
  var status: Glibc.stat? {
    var status = Glibc.stat()
    return withPlatformString { lstat($0, &status) } == 0 ? status : nil
  }

  var exists: Bool { status != nil }

  /// The text of a small file; nil when it cannot be read.
  var text: String? {
    guard let descriptor = try? FileDescriptor.open(self, .readOnly, options: .closeOnExec) else { return nil }
    defer { try? descriptor.close() }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    return count.map { String(decoding: bytes[..<$0], as: UTF8.self) }
  }
}
