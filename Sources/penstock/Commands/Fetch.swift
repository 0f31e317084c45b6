import ArgumentParser
import Foundation
import Migrations

struct Fetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the files of migrations that a database has applied and the work tree has not.",
    discussion: """
      They are made from the statements that the history keeps. No file that is there is touched.

      Example: penstock fetch --database postgresql://postgres@db.internal/shop
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOption

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let target = try await database.target(in: workspace)
    let missing = try await target.history(of: try workspace.migrations()).entries(.missing)
    var files: [String] = []
    for entry in missing {
      guard let statements = entry.history?.statements, !statements.isEmpty else {
        options.remark("\(target.name) keeps no statements of \(entry.version): its file cannot be written.")
        continue
      }
      let name = Scaffold.name(from: entry.name ?? "")
      files.append(
        try workspace.write(
          "\(entry.version)_\(name.isEmpty ? "fetched" : name).sql",
          statements.map { "\($0);\n" }.joined(separator: "\n"))
      )
    }
    switch format {
    case .json: try Terminal.answer(json: ["files": files])
    case .text where files.isEmpty: Terminal.answer("Nothing to fetch: the work tree has what \(target.name) has.")
    case .text: Terminal.answer(files.joined(separator: "\n"))
    }
  }
}
