import FoundationEssentials
import Git
import Testing

@Suite("Object names")
struct ObjectIDTests {
  private let hex = "00ff5c9bd0c0d7b0a1e2f3a4b5c6d7e8f9001a0f"

  @Test("forty digits are read and written back, in lower case")
  func roundTrip() throws {
    #expect(try #require(ObjectID(hex: hex)).hex == hex)
    #expect(try #require(ObjectID(hex: hex.uppercased())).hex == hex)
    #expect(try #require(ObjectID(hex: hex)).abbreviated == "00ff5c9bd0")
  }

  @Test(
    "anything but forty hexadecimal digits is refused",
    arguments: [
      "", "00ff", String(repeating: "g", count: 40), "+" + String(repeating: "0", count: 39),
      String(repeating: "0", count: 64), String(repeating: "０", count: 40),
    ])
  func refused(text: String) {
    #expect(ObjectID(hex: text) == nil)
  }

  @Test("zero is forty zeros")
  func zero() throws {
    let zero = try #require(ObjectID(hex: String(repeating: "0", count: 40)))

    #expect(zero == .zero)
    #expect(zero.isZero)
    #expect(!(try #require(ObjectID(hex: hex))).isZero)
  }

  @Test("JSON has it as a string")
  func json() throws {
    let id = try #require(ObjectID(hex: hex))

    let encoded = try JSONEncoder().encode([id])

    #expect(String(decoding: encoded, as: UTF8.self) == "[\"\(hex)\"]")
    #expect(try JSONDecoder().decode([ObjectID].self, from: encoded) == [id])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([ObjectID].self, from: Data("[\"main\"]".utf8))
    }
  }
}

@Suite("Reference names")
struct RefNameTests {
  @Test("only what is under refs/heads is a branch")
  func branch() {
    #expect(RefName(branch: "feature/invoices").rawValue == "refs/heads/feature/invoices")
    #expect(RefName(rawValue: "refs/heads/feature/invoices").branch == "feature/invoices")
    #expect(RefName(rawValue: "refs/tags/v1").branch == nil)
  }

  @Test("JSON has it as a string")
  func json() throws {
    let encoded = try JSONEncoder().encode([RefName(rawValue: "HEAD")])

    #expect(String(decoding: encoded, as: UTF8.self) == "[\"HEAD\"]")
  }
}
