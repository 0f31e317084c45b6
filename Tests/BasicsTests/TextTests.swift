import Basics
import Testing

@Suite("positions, spelling, durations")
struct TextTests {
  @Test("columns count characters, lines end with LF or CRLF")
  func positions() {
    let index = LineIndex(Array("né x\r\nyz\n".utf8))

    #expect(index.position(ofByte: 0) == SourcePosition(line: 1, column: 1))
    #expect(index.position(ofByte: 4) == SourcePosition(line: 1, column: 4))
    #expect(index.position(ofByte: 8) == SourcePosition(line: 2, column: 2))
    #expect(index.position(ofByte: 99) == SourcePosition(line: 3, column: 1))
    #expect(index.byte(of: SourcePosition(line: 1, column: 4)) == 4)
    #expect(index.byte(of: SourcePosition(line: 2, column: 2)) == 8)
    #expect(index.text(ofLine: 1) == "né x")
    #expect(index.text(ofLine: 2) == "yz")
  }

  @Test(
    "the nearest spelling is offered, and none for a strange word",
    arguments: [("fial-on", "fail-on"), ("FAILON", "fail-on"), ("zzz", nil)] as [(String, String?)])
  func spelling(word: String, expected: String?) {
    #expect(Spelling.nearest(to: word, among: ["fail-on", "rules"]) == expected)
  }

  @Test(
    "durations read as a person writes them",
    arguments: [
      (Duration.microseconds(440), "0.4 ms"), (.milliseconds(87), "87 ms"), (.milliseconds(1_430), "1.4 s"),
      (.seconds(125), "2 min 5 s"),
    ])
  func durations(duration: Duration, text: String) {
    #expect(duration.text == text)
  }
}
