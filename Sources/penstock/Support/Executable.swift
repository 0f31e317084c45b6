import Foundation
import SystemPackage

/// This program.
enum Executable {
  /// Its file, links followed (proc(5)).
  static var path: FilePath {
    FilePath(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path)
  }
}
