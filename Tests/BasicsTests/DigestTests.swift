import Basics
import Testing

@Suite("Digest")
struct DigestTests {
  @Test("the digest of abc is the one of FIPS 180-2")
  func knownAnswer() {
    #expect(Digest(of: "abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("what is written is read back, and nothing else is")
  func roundTrip() {
    let digest = Digest(of: "x")

    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: digest.description) == digest)
    #expect(Digest(hex: "sha256:abc") == nil)
    #expect(Digest(hex: String(repeating: "g", count: 64)) == nil)
  }

  @Test("a chain depends on the order of its links")
  func chain() {
    let (a, b) = (Digest(of: "a"), Digest(of: "b"))

    #expect(Digest(chaining: a, b) != Digest(chaining: b, a))
  }
}
