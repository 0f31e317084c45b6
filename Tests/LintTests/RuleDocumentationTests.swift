import Foundation
import Testing

@testable import Lint

/// `PENSTOCK_RECORD=1 swift test --filter RuleDocumentationTests` writes the pages anew.
@Suite("The pages in docs/rules")
struct RuleDocumentationTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../docs/rules").standardized
  private static let isRecording = ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1"

  @Test("each page says what its rule says", arguments: Rules.names)
  func page(_ name: String) throws {
    let text = RuleDocumentation(try #require(Rules.named(name))).markdown

    try Self.expect(text, in: "\(name).md")
  }

  @Test("the table of contents lists every rule")
  func index() throws {
    try Self.expect(RuleDocumentation.index, in: "README.md")
  }

  @Test("the page of other tools' names is made from the rules")
  func mapping() throws {
    try Self.expect(RuleDocumentation.mapping, in: "mapping.md")
  }

  @Test("there is no page without a rule")
  func strays() throws {
    let pages = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".md") }

    let others = ["README.md", "mapping.md", "differences.md"]
    #expect(Set(pages).subtracting(others).isSubset(of: Rules.names.map { "\($0).md" }))
  }

  private static func expect(_ text: String, in file: String) throws {
    let url = folder.appending(path: file)
    if isRecording {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: url, encoding: .utf8) == text, "run with PENSTOCK_RECORD=1 to write it anew")
  }
}
