import ArgumentParser
import Foundation
import Migrations
import Shadow

struct New: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a new migration from a template.",
    discussion: """
      The version is the time in UTC, and never one that the work tree, the index or any branch has.

      Example: penstock new "create customer invoices table"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("What the migration does, in words.", valueName: "description"))
  var description: String

  @Option(help: "What to begin with.")
  var template: Scaffold.Template = .table

  @Option(help: ArgumentHelp("The table, or the enum; else what the description names.", valueName: "name"))
  var table: String?

  @Option(help: ArgumentHelp("column and type-change: the column.", valueName: "name"))
  var column: String?

  @Option(help: ArgumentHelp("column and type-change: the column's type.", valueName: "type"))
  var type: String?

  @Option(help: ArgumentHelp("junction: the two tables that it joins, with a comma between.", valueName: "tables"))
  var joins: String?

  @Option(help: ArgumentHelp("enum: the labels, with commas between.", valueName: "labels"))
  var values: String?

  @Option(name: .customLong("of"), help: ArgumentHelp("rollback: the version that it undoes.", valueName: "version"))
  var undone: String?

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    let workspace = try await options.workspace()
    let scaffold: Scaffold
    do {
      scaffold = try Scaffold(
        description, template: template, dialect: workspace.profile == .supabase ? .supabase : .postgres,
        options: templateOptions)
    } catch {
      throw Failure(.usage, error.message)
    }
    let answer = try await workspace.write(scaffold)
    switch format {
    case .json: try Terminal.answer(json: ["path": answer])
    case .text: Terminal.answer(answer)
    }
  }

  private var templateOptions: Scaffold.Options {
    var options = Scaffold.Options()
    options.table = table
    options.column = column
    if let type { options.type = type }
    if let joins { options.joins = Self.words(joins) }
    if let values { options.values = Self.words(values) }
    options.version = undone
    return options
  }

  private static func words(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

extension Scaffold.Template: ExpressibleByArgument {}
