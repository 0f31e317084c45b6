import ArgumentParser
import Daemon
import Foundation
import Lint
import SystemPackage

/// What the installed hooks call; nobody types it.
struct Hook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What the installed git hooks call.", shouldDisplay: false,
    subcommands: [PreCommit.self, PrePush.self, PostReceiveHook.self])

  struct PreCommit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pre-commit")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
      try await check(.staged, options)
    }
  }

  struct PrePush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pre-push")

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The remote's name and URL.")
    var remote: [String] = []

    func run() async throws {
      try await check(.since(nil), options)
    }
  }

  struct PostReceiveHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "post-receive")

    func run() async throws {
      var lines: [String] = []
      while let line = readLine() { lines.append(line) }
      let variables = ProcessInfo.processInfo.environment
      let folder = FilePath(FileManager.default.currentDirectoryPath)
      await PostReceive(socket: DaemonConfig.socket(variables: variables), repository: folder, variables: variables)
        .run(lines) { Terminal.answer($0) }
    }
  }

  /// Says what is wrong with the selected migrations; the commit or push is refused when it weighs enough.
  private static func check(_ selection: PendingFiles.Selection, _ options: GlobalOptions) async throws {
    let workspace = try await options.workspace()
    let input = try await PendingFiles(workspace: workspace).input(selection)
    guard input.files.contains(where: \.isPending) else { return }
    let report = await Linter(try workspace.linting()).lint(input)
    if !report.findings.isEmpty {
      Terminal.remark(FindingText(isColored: options.colours, input: input).render(report))
    }
    if report.fails(at: .error) {
      throw Failure(.no, "mend what is found, or say why it is right: -- penstock: ignore RULE REASON")
    }
  }
}
