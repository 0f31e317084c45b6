import Basics
import Configuration
import Testing

@Suite("YAML files")
struct YAMLFileTests {
  private enum Colour: String, CaseIterable { case red, green }

  private func problems(_ text: String, _ body: (YAMLValue) -> Void) -> [String] {
    do {
      try YAMLFile.read(text, file: "f.yaml") { root -> Void? in body(root) }
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test("well-formed values are read")
  func reads() throws {
    let text = "time: 15m\nsize: 2GB\nflag: on\ncolours: [red]\nnumber: 7\n"

    let read = try YAMLFile.read(text, file: "f.yaml") { root -> (Duration?, Int?, Bool?, [Colour?], Int?)? in
      let map = root.mapping(["time", "size", "flag", "colours", "number"])
      let colours = map?["colours"]?.list?.map { $0.choice(of: Colour.self) } ?? []
      return (map?["time"]?.duration, map?["size"]?.byteCount, map?["flag"]?.bool, colours, map?["number"]?.count)
    }

    #expect(read.0 == .seconds(900))
    #expect(read.1 == 2 << 30)
    #expect(read.2 == true)
    #expect(read.3 == [.red])
    #expect(read.4 == 7)
  }

  @Test("every problem is reported, in the file's order, each with its line and column")
  func reportsAll() {
    let found = problems("time: soon\nnmae: x\ncolour: gren\n") { root in
      let map = root.mapping(["name", "time", "colour"])
      _ = map?["colour"]?.choice(of: Colour.self)
      _ = map?["time"]?.duration
    }

    #expect(
      found == [
        "f.yaml:1:7: time must be a duration such as 250ms, 3s, 15m, 24h or 7d",
        "f.yaml:2:1: unknown key nmae (did you mean name?)",
        "f.yaml:3:9: colour is gren, which is none of red, green (did you mean green?)",
      ])
  }

  @Test(
    "what is no YAML, or no YAML for us, is refused with its place",
    arguments: [
      ("a: [1", "f.yaml:2:1: is not YAML"), ("a: 1\na: 2\n", "f.yaml:1:1: the key a is there twice"),
      ("", "f.yaml: the file is empty"),
    ])
  func refuses(text: String, expected: String) {
    let found = problems(text) { _ in }.joined(separator: "\n")

    #expect(found.contains(expected), "\(found)")
  }
}
