import ArgumentParser
import Foundation
import SystemPackage

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scaffold pipelines, configuration and .gitignore entries; touches nothing that is there.",
    discussion: "Example: penstock init && git add pipelines penstock.yaml .gitignore")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let workspace = try await options.workspace()
    for (path, text) in ShippedFiles.all {
      let file = workspace.root.appending(path)
      guard !FileManager.default.fileExists(atPath: file.string) else {
        options.remark("\(path) is there already")
        continue
      }
      try FileManager.default.createDirectory(
        atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: file.string), options: .withoutOverwriting)
      options.remark("wrote \(path)")
    }
    try ignore(".penstock/", in: workspace.root.appending(".gitignore"))
  }

  private func ignore(_ entry: String, in file: FilePath) throws {
    let path = file.string
    let text = FileManager.default.fileExists(atPath: path) ? try String(contentsOfFile: path, encoding: .utf8) : ""
    guard !text.split(separator: "\n").contains(Substring(entry)) else { return }
    let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
    try Data((text + separator + entry + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
    options.remark("added \(entry) to .gitignore")
  }
}
