import ArgumentParser
import Daemon

struct Hooks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install, remove or look at Penstock's git hooks.",
    subcommands: [Install.self, Uninstall.self, Status.self])

  /// Whose hooks are meant.
  struct HookOptions: ParsableArguments {
    @OptionGroup var options: GlobalOptions

    @Flag(help: "The hook of a repository that is pushed to, instead of a developer's.")
    var server = false

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
      try await hooks.installer().install(binary: Executable.path).forEach(Terminal.answer)
    }
  }

  struct Uninstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take the hooks away, and put back what was there before.")

    @OptionGroup var hooks: HookOptions

    func run() async throws {
      try await hooks.installer().uninstall().forEach(Terminal.answer)
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say how it stands with each hook.")

    @OptionGroup var hooks: HookOptions

    func run() async throws {
      try await hooks.installer().status().forEach(Terminal.answer)
    }
  }
}
