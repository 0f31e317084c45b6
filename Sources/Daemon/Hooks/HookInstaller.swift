internal import Foundation
package import Git
package import SystemPackage

/// Puts Penstock's hooks into a repository, and takes them away again.
///
/// A hook that is there already is kept beside ours, as `NAME.before-penstock`, and called first, with the same input
/// and with its exit code respected. Installing twice changes nothing. Hooks that belong to all of a user's repositories
/// (a global `core.hooksPath`) are never touched.
package struct HookInstaller: Sendable {
  private let repository: Repository
  private let scripts: [HookScript]
  /// Our own notes, as a developer sees them: the remote's, beside whatever notes are local.
  private static let notesRefspec = "refs/notes/penstock:refs/notes/remotes/origin/penstock"
  private static let shownNotes = "refs/notes/remotes/origin/penstock"
  /// Where the hooks look for the program.
  private static let binaryKey = "penstock.binary"
  private static let kept = ".before-penstock"

  /// - Parameter isServer: Whether the repository is pushed to, and gets the hook that tells the daemon; a developer's
  ///   clone gets those that check.
  package init(_ repository: Repository, isServer: Bool) {
    self.repository = repository
    scripts = isServer ? HookScript.server : HookScript.developer
  }

  private var isServer: Bool { scripts == HookScript.server }

  /// Installs the hooks and, in a clone with a remote `origin`, has its notes fetched and shown.
  /// - Parameter binary: The program that the hooks call; nil for the `penstock` that is found on the path.
  /// - Returns: What was done, a line each.
  /// - Throws: `DaemonError`, `GitError`.
  package func install(binary: FilePath? = nil) async throws -> [String] {
    guard isServer || repository.workTree != nil else {
      throw DaemonError(
        .configuration,
        "\(repository.commonDirectory) is a bare repository, in which nobody commits: --server installs the hook of one "
          + "that is pushed to")
    }
    let folder = try await ownHooksFolder()
    try StateFolder.make(folder)
    var lines: [String] = []
    for script in scripts { lines.append(try install(script, in: folder)) }
    if let binary { try await repository.setConfiguration(Self.binaryKey, to: binary.string) }
    if !isServer, try await repository.configuration("remote.origin.url") != nil {
      try await repository.addConfiguration("remote.origin.fetch", value: Self.notesRefspec)
      try await repository.addConfiguration("notes.displayRef", value: Self.shownNotes)
      lines.append("git fetch brings the notes of the runs, git log shows them")
    }
    return lines
  }

  /// Takes the hooks away, and puts back what was there before.
  /// - Returns: What was done, a line each.
  package func uninstall() async throws -> [String] {
    let folder = try await ownHooksFolder()
    var lines: [String] = []
    for script in scripts {
      let path = folder.appending(script.rawValue)
      guard Self.isOurs(path) else {
        lines.append("\(script.rawValue): was not installed")
        continue
      }
      let before = folder.appending(script.rawValue + Self.kept)
      if FileManager.default.fileExists(atPath: before.string) {
        try Self.move(before, to: path)
        lines.append("\(script.rawValue): the hook that was there before is back")
      } else {
        try Self.doing("remove \(path)") { try FileManager.default.removeItem(atPath: path.string) }
        lines.append("\(script.rawValue): removed")
      }
    }
    if !isServer {
      try await repository.removeConfiguration("remote.origin.fetch", value: Self.notesRefspec)
      try await repository.removeConfiguration("notes.displayRef", value: Self.shownNotes)
    }
    if !HookScript.allCases.contains(where: { Self.isOurs(folder.appending($0.rawValue)) }),
      let binary = try await repository.configuration(Self.binaryKey)
    {
      try await repository.removeConfiguration(Self.binaryKey, value: binary)
    }
    return lines
  }

  /// How it stands with each hook, a line each.
  package func status() async throws -> [String] {
    let hooks = try await repository.hooksDirectory()
    return scripts.map { script in
      let path = hooks.path.appending(script.rawValue)
      let chained =
        FileManager.default.fileExists(atPath: path.string + Self.kept) ? ", after the hook that was there" : ""
      guard let text = try? String(contentsOfFile: path.string, encoding: .utf8) else {
        return "\(script.rawValue): not installed"
      }
      if text == script.text { return "\(script.rawValue): installed in \(hooks.path)\(chained)" }
      return Self.isOurs(path)
        ? "\(script.rawValue): installed by another version of penstock: install again\(chained)"
        : "\(script.rawValue): not installed; \(path) is another hook"
    }
  }

  // MARK: Files

  private func ownHooksFolder() async throws -> FilePath {
    let hooks = try await repository.hooksDirectory()
    guard hooks.origin != .global else {
      throw DaemonError(
        .refused,
        "core.hooksPath of your own git configuration sends every repository's hooks to \(hooks.path), which is not "
          + "this repository's to change: call penstock hook NAME \"$@\" from the hooks there, "
          + "or git config --local core.hooksPath .git/hooks")
    }
    return hooks.path
  }

  private func install(_ script: HookScript, in folder: FilePath) throws -> String {
    let path = folder.appending(script.rawValue)
    var words = "installed"
    if Self.isOurs(path) {
      guard (try? String(contentsOfFile: path.string, encoding: .utf8)) != script.text else {
        return "\(script.rawValue): is installed already"
      }
      words = "brought up to date"
    } else if FileManager.default.fileExists(atPath: path.string) {
      let before = folder.appending(script.rawValue + Self.kept)
      guard !FileManager.default.fileExists(atPath: before.string) else {
        throw DaemonError(
          .refused,
          "\(path) is another hook, and \(before) is in the way of keeping it: make one hook of the two, then install again"
        )
      }
      try Self.move(path, to: before)
      words = "installed; the hook that was there runs first"
    }
    // Beside it, then in one step into its place: a push in this moment finds the one hook or the other.
    let draft = folder.appending(script.rawValue + ".penstock-new")
    try Self.doing("write \(path)") {
      try script.text.write(toFile: draft.string, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: draft.string)
    }
    try Self.move(draft, to: path)
    return "\(script.rawValue): \(words)"
  }

  private static func isOurs(_ path: FilePath) -> Bool {
    guard let text = try? String(contentsOfFile: path.string, encoding: .utf8) else { return false }
    return text.contains(HookScript.marker)
  }

  private static func move(_ source: FilePath, to destination: FilePath) throws(DaemonError) {
    guard rename(source.string, destination.string) == 0 else {
      throw DaemonError(.storage, "cannot write \(destination): \(Errno(rawValue: errno))")
    }
  }

  private static func doing(_ what: String, _ body: () throws -> Void) throws(DaemonError) {
    do {
      try body()
    } catch {
      throw DaemonError(.storage, "cannot \(what): \(error.localizedDescription)")
    }
  }
}
