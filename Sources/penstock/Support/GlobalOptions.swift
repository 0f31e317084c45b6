import ArgumentParser
import Foundation
import Shadow

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(name: .customShort("C"), help: ArgumentHelp("Stand in another folder.", valueName: "dir"))
  var directory: String?

  @Option(
    help: "What the database's platform has: supabase or postgres. Default: supabase where there is a supabase/ folder."
  )
  var profile: Profile?

  @Option(help: ArgumentHelp("When to colour: auto, always or never.", valueName: "when"))
  var color: ColourChoice = .auto

  @Flag(name: [.short, .long], help: "Say only what was asked for.")
  var quiet = false

  /// Whether to colour standard output.
  var colours: Bool { color.applies(to: STDOUT_FILENO) }

  /// A remark on the way, unless nobody wants to hear it.
  func remark(_ text: String) {
    if !quiet { Terminal.remark(text) }
  }

  /// The repository that the user stands in.
  /// - Parameter isNested: As of `Workspace`.
  func workspace(isNested: Bool = false) async throws -> Workspace {
    try await Workspace(
      from: directory ?? FileManager.default.currentDirectoryPath, profile: profile, isNested: isNested)
  }
}

extension Profile: ExpressibleByArgument {}

/// How an answer is written.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
