import ArgumentParser
import Basics
import Configuration
import Daemon
import Foundation
import Lint
import Pipeline

struct CheckConfig: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-config",
    abstract: "Read a daemon configuration, a pipeline file or a penstock.yaml, and say every problem at once.",
    discussion: "Example: penstock check-config pipelines/staging.yaml")

  @Argument(help: ArgumentHelp("The files.", valueName: "file"))
  var files: [String]

  @Option(help: "text or json.")
  var format: AnswerFormat = .text

  func run() async throws {
    var problems: [Problem] = []
    for file in files {
      do {
        try check(file)
        if format == .text { Terminal.answer("\(file): good") }
      } catch let error as InvalidFile {
        problems += error.problems
      }
    }
    if format == .json { try Terminal.answer(json: ["problems": problems.map(ProblemAnswer.init)]) }
    guard problems.isEmpty else { throw InvalidFile(problems) }
  }

  /// What kind of file it is shows in its keys: only a pipeline has stages, only a daemon has repositories.
  private func check(_ file: String) throws {
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw Failure(reading: file, error)
    }
    let keys = Set(text.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) })
    if keys.contains("stages") || keys.contains("on") {
      _ = try PipelineFile(text, path: file)
    } else if keys.contains("lint"), !keys.contains("repositories") {
      _ = try LintConfiguration(yaml: text, file: file)
    } else {
      _ = try DaemonConfig(text, file: file)
    }
  }
}

/// A problem for programs.
private struct ProblemAnswer: Encodable {
  let file: String
  /// Both 1-based; nil when the whole file is meant.
  let line: Int?
  let column: Int?
  let message: String

  init(_ problem: Problem) {
    file = problem.file
    line = problem.position?.line
    column = problem.position?.column
    message = problem.message
  }
}
