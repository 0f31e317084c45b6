internal import Basics

/// Finds what looks like a credential in any text, by its form alone.
///
/// Works on bytes, because a secret is as much lost in a comment or a function's body as in a literal, and in a file
/// that does not parse. One pass; most bytes cost a table look-up.
enum SecretScanner {
  struct Match: Hashable {
    /// What it is, for a message: `a Stripe live key`.
    var kind: String
    /// 0-based bytes of the secret itself, without the quotes or the URL around it.
    var range: Range<Int>
    /// How many of its first bytes everyone knows: the rest must not be shown.
    var publicPrefix: Int
    /// Whether it is meant to be in every client's hands: it identifies an environment and opens nothing.
    var isPublic = false
  }

  /// In order of place; no two overlap.
  static func matches(in bytes: [UInt8]) -> [Match] {
    var matches: [Match] = []
    var offset = 0
    while offset < bytes.count {
      if firstBytes[Int(bytes[offset])], let match = match(in: bytes, at: offset) {
        matches.append(match)
        offset = max(match.range.upperBound, offset + 1)
      } else {
        offset += 1
      }
    }
    return matches
  }

  /// The text with each secret's characters replaced by as many stars, its well-known first ones excepted.
  static func masked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    let matches = matches(in: bytes)
    guard !matches.isEmpty else { return text }
    for match in matches.reversed() {
      let secret = match.range.lowerBound + match.publicPrefix..<match.range.upperBound
      let length = bytes[secret].count { $0 & 0b1100_0000 != 0b1000_0000 }
      bytes.replaceSubrange(secret, with: repeatElement(UInt8(ascii: "*"), count: length))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Tokens with a prefix

  private struct Prefix {
    var text: [UInt8]
    var kind: String
    /// How many bytes of the token's alphabet must follow.
    var minimum: Int

    init(_ text: String, _ kind: String, _ minimum: Int) {
      self.text = Array(text.utf8)
      self.kind = kind
      self.minimum = minimum
    }
  }

  private static let prefixes = [
    Prefix("AIza", "a Google API key", 35),
    Prefix("AKIA", "an AWS access key", 16),
    Prefix("ASIA", "an AWS session key", 16),
    Prefix("SG.", "a SendGrid key", 40),
    Prefix("ghp_", "a GitHub token", 36),
    Prefix("gho_", "a GitHub token", 36),
    Prefix("ghs_", "a GitHub token", 36),
    Prefix("github_pat_", "a GitHub token", 22),
    Prefix("rk_live_", "a Stripe live key", 16),
    Prefix("sb_secret_", "a Supabase secret key", 16),
    Prefix("sbp_", "a Supabase access token", 40),
    Prefix("sk-ant-", "an Anthropic key", 24),
    Prefix("sk-proj-", "an OpenAI key", 24),
    Prefix("sk_live_", "a Stripe live key", 16),
    Prefix("whsec_", "a webhook's signing secret", 24),
    Prefix("xoxb-", "a Slack token", 20),
    Prefix("xoxp-", "a Slack token", 20),
  ]

  /// The secret key of every local Supabase setup.
  private static let localSecretKey = "sb_" + "secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"

  /// The digests of the tokens that every local Supabase setup has. Their claims say nothing: whoever hosts it himself
  /// may sign the same ones with a secret of his own.
  private static let localTokens = Set(
    [
      // The CLI's, for anon and service_role.
      "bf1725a8f98bea37e88618702e725ba84bd8acdb2647c5e0ed638bfd685791cf",
      "70541e07fd4f900b66e289f5be55c85f9bef1def4924a5b0c518c45ea1688c12",
      // Those of the example for Docker, which has another secret.
      "fc6a5e9ae75f9160dacd38844789d90a04c85c29c3c95c8c8c6e9da3f58c2365",
      "2359b281e1fa0ec38bb10316e2b0e3a7b960fe5d271ee75a4735ff1b313a222c",
    ].compactMap { Digest(hex: $0) })

  /// Whether anything that is looked for begins with the byte.
  private static let firstBytes: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for prefix in prefixes { table[Int(prefix.text[0])] = true }
    for byte in "e-:pPcC".utf8 { table[Int(byte)] = true }
    return table
  }()

  private static func match(in bytes: [UInt8], at offset: Int) -> Match? {
    switch bytes[offset] {
    case UInt8(ascii: "-"): return pem(in: bytes, at: offset)
    case UInt8(ascii: ":"): return urlPassword(in: bytes, at: offset)
    default: break
    }
    if offset > 0, isTokenByte(bytes[offset - 1]) { return nil }
    switch bytes[offset] {
    case UInt8(ascii: "e"): return jsonWebToken(in: bytes, at: offset)
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      return quoted(after: "password", needing: nil, in: bytes, at: offset, kind: "a password")
    case UInt8(ascii: "c"), UInt8(ascii: "C"):
      return quoted(after: "create_secret", needing: UInt8(ascii: "("), in: bytes, at: offset, kind: "a vault secret")
    default: break
    }
    for prefix in prefixes where bytes[offset...].starts(with: prefix.text) {
      let start = offset + prefix.text.count
      let end = endOfToken(in: bytes, from: start)
      if end - start >= prefix.minimum, !bytes[offset..<end].elementsEqual(localSecretKey.utf8) {
        return Match(kind: prefix.kind, range: offset..<end, publicPrefix: prefix.text.count)
      }
    }
    return nil
  }

  // MARK: Other forms

  /// `eyJ….ey….…`: two JSON objects in base64, and their signature.
  private static func jsonWebToken(in bytes: [UInt8], at offset: Int) -> Match? {
    let mark = Array("eyJ".utf8)
    guard bytes[offset...].starts(with: mark) else { return nil }
    let headerEnd = endOfBase64(in: bytes, from: offset)
    // The payload's brace may be followed by a blank or a line end.
    guard headerEnd - offset >= 10, headerEnd < bytes.count, bytes[headerEnd] == UInt8(ascii: "."),
      ["ey", "ew"].contains(where: { bytes[(headerEnd + 1)...].starts(with: $0.utf8) })
    else { return nil }
    let payloadEnd = endOfBase64(in: bytes, from: headerEnd + 1)
    guard payloadEnd - headerEnd > 10 else { return nil }
    var end = payloadEnd
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") { end = endOfBase64(in: bytes, from: end + 1) }
    guard !localTokens.contains(Digest(of: bytes[offset..<end])) else { return nil }
    let claims = claims(inPayload: bytes[(headerEnd + 1)..<payloadEnd])
    let role = ["service_role", "anon", "authenticated"].first { claims?.contains("\"role\":\"\($0)\"") == true }
    let kind = role.map { "a JSON web token of the role \($0)" } ?? "a JSON web token"
    return Match(kind: kind, range: offset..<end, publicPrefix: mark.count, isPublic: role == "anon")
  }

  /// A token's payload as JSON without blanks.
  private static func claims(inPayload payload: ArraySlice<UInt8>) -> String? {
    var bits = 0
    var count = 0
    var decoded: [UInt8] = []
    for byte in payload {
      guard let value = base64Value(of: byte) else { return nil }
      bits = (bits << 6 | value) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        decoded.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return String(decoding: decoded, as: UTF8.self).filter { !$0.isWhitespace }
  }

  private static func pem(in bytes: [UInt8], at offset: Int) -> Match? {
    guard bytes[offset...].starts(with: "-----BEGIN ".utf8) else { return nil }
    let line = bytes[offset...].prefix(64).prefix { $0 != UInt8(ascii: "\n") }
    guard String(decoding: line, as: UTF8.self).contains("PRIVATE KEY-----") else { return nil }
    let closing = Array("-----END ".utf8)
    var end = offset + 11
    while end < bytes.count, bytes[end] != UInt8(ascii: "-") || !bytes[end...].starts(with: closing) { end += 1 }
    return Match(kind: "a private key", range: offset..<end, publicPrefix: 11)
  }

  /// The password in `scheme://user:password@host`.
  private static func urlPassword(in bytes: [UInt8], at offset: Int) -> Match? {
    guard bytes[offset...].starts(with: "://".utf8), offset > 0, isWordByte(bytes[offset - 1]) else { return nil }
    var start: Int?
    var at = offset + 3
    while at < bytes.count, at - offset < 512 {
      switch bytes[at] {
      case UInt8(ascii: "@"):
        guard let start else { return nil }
        let password = start..<at
        guard !isPlaceholder(bytes[password]) else { return nil }
        return Match(kind: "a URL's password", range: password, publicPrefix: 0)
      case UInt8(ascii: ":") where start == nil: start = at + 1
      case ...0x20, UInt8(ascii: "/"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"): return nil
      default: break
      }
      at += 1
    }
    return nil
  }

  /// The literal in `PASSWORD '…'` or `create_secret('…'`.
  private static func quoted(
    after word: String, needing opening: UInt8?, in bytes: [UInt8], at offset: Int, kind: String
  ) -> Match? {
    var at = offset
    for expected in word.utf8 {
      guard at < bytes.count, bytes[at] | 0x20 == expected | 0x20 else { return nil }
      at += 1
    }
    let blanks = { while at < bytes.count, bytes[at] <= 0x20 { at += 1 } }
    let afterWord = at
    blanks()
    if let opening {
      guard at < bytes.count, bytes[at] == opening else { return nil }
      at += 1
      blanks()
    } else if at == afterWord {
      return nil
    }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "'") else { return nil }
    let start = at + 1
    at = start
    while at < bytes.count, bytes[at] != UInt8(ascii: "'"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "'"), !isPlaceholder(bytes[start..<at]) else { return nil }
    return Match(kind: kind, range: start..<at, publicPrefix: 0)
  }

  /// Whether a password is plainly none: empty, a variable, or a word that says "put yours here".
  private static func isPlaceholder(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    if "$<{[:%*".utf8.contains(first) { return true }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    return ["password", "postgres", "your-password", "your_password", "secret", "xxx", "xxxx", "..."].contains(text)
  }

  // MARK: Alphabets

  private static func endOfToken(in bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isTokenByte(bytes[end]) || bytes[end] == UInt8(ascii: ".") { end += 1 }
    return end
  }

  private static func endOfBase64(in bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, base64Value(of: bytes[end]) != nil { end += 1 }
    return end
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool { isWordByte(byte) || byte == UInt8(ascii: "-") }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func base64Value(of byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
    case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
