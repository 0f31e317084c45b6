import ArgumentParser
import Daemon

struct Hooks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install, remove or look at Penstock's git hooks.",
    discussion: "Example: penstock hooks install",
    subcommands: [Install.self, Uninstall.self, Status.self])

  /// Whose hooks are meant.
  struct HookOptions: ParsableArguments {
    @OptionGroup var options: GlobalOptions

    @Flag(help: "The hook of a repository that is pushed to, instead of a developer's.")
    var server = false

    @Option(help: "text or json.")
    var format: AnswerFormat = .text

    /// - Parameter lines: `pre-commit: installed`
    func answer(_ lines: [String]) throws {
      switch format {
      case .json: try Terminal.answer(json: ["hooks": lines])
      case .text: lines.forEach(Terminal.answer)
      }
    }

    func installer() async throws -> HookInstaller {
      HookInstaller(try await options.workspace().requiredRepository(), isServer: server)
    }
  }

  struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Install the hooks; those that are there go on being called.",
      discussion: "Example: penstock hooks install --server -C /srv/git/shop.git")

    @OptionGroup var hooks: HookOptions

    func run() async throws {
      try hooks.answer(try await hooks.installer().install(binary: Executable.path))
    }
  }

  struct Uninstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take the hooks away, and put back what was there before.",
      discussion: "Example: penstock hooks uninstall")

    @OptionGroup var hooks: HookOptions

    func run() async throws {
      try hooks.answer(try await hooks.installer().uninstall())
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how it stands with each hook.",
      discussion: "Example: penstock hooks status --server -C /srv/git/shop.git")

    @OptionGroup var hooks: HookOptions

    func run() async throws {
      try hooks.answer(try await hooks.installer().status())
    }
  }
}
