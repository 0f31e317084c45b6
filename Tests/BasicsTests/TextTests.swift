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
    #expect(index.text(around: SourcePosition(line: 1, column: 1), reach: 80).text == "né x")
    #expect(index.text(around: SourcePosition(line: 2, column: 2), reach: 80).text == "yz")
  }

  @Test("a place in a long line is found both ways, whatever the width of its characters")
  func longLine() {
    let line = String(repeating: "aé😀", count: 500)
    let bytes = Array("x\n\(line)\r\ny".utf8)
    let index = LineIndex(bytes)

    for column in [1, 2, 3, 4, 200, 257, 1_000, 1_499, 1_500, 1_501] {
      let position = SourcePosition(line: 2, column: column)
      let offset = 2 + line.unicodeScalars.prefix(column - 1).reduce(0) { $0 + UTF8.width($1) }

      #expect(index.byte(of: position) == offset)
      #expect(index.position(ofByte: offset) == position)
    }
    #expect(index.byte(of: SourcePosition(line: 2, column: 9_999)) == 2 + line.utf8.count)
    let (text, start) = index.text(around: SourcePosition(line: 2, column: 751), reach: 8)
    #expect(text == "😀aé😀aé😀a")
    #expect(start == SourcePosition(line: 2, column: 747))
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
