import Testing

@testable import Lint

@Suite("What looks like a credential")
struct SecretScannerTests {
  // Assembled here so that no scanner takes this file for a leak.
  private static let token = "eyJhbGciOiJIUzI1NiJ9." + "eyJyb2xlIjoic2VydmljZV9yb2xlIn0" + ".c2lnbmF0dXJl"

  private static func signed(_ payload: String) -> String { "eyJhbGciOiJIUzI1NiJ9." + payload + ".c2lnbmF0dXJl" }

  @Test(
    "each form is found, whole, and called by its name",
    arguments: [
      ("select '\(token)'", token, "a JSON web token of the role service_role"),
      ("-- sk_" + "live_0123456789abcdefghij", "sk_" + "live_0123456789abcdefghij", "a Stripe live key"),
      ("x = AK" + "IAIOSFODNN7EXAMPLE;", "AK" + "IAIOSFODNN7EXAMPLE", "an AWS access key"),
      ("'postgres://app:hunter2@db.internal/shop'", "hunter2", "a URL's password"),
      ("create role a login PASSWORD 'Sommer2025!'", "Sommer2025!", "a password"),
      ("alter user a with encrypted password\n'Sommer2025!'", "Sommer2025!", "a password"),
      ("select vault.create_secret( 's3cr3t value', 'name')", "s3cr3t value", "a vault secret"),
      ("'sb_" + "secret_0123456789abcdefghij'", "sb_" + "secret_0123456789abcdefghij", "a Supabase secret key"),
    ])
  func found(_ text: String, secret: String, kind: String) {
    let bytes = Array(text.utf8)

    let matches = SecretScanner.matches(in: bytes)

    #expect(matches.map { String(decoding: bytes[$0.range], as: UTF8.self) } == [secret])
    #expect(matches.map(\.kind) == [kind])
  }

  @Test(
    "what only resembles one is left alone",
    arguments: [
      "select 'eyJ'", "risk_live_0123456789abcdefghij", "https://example.com:8080/a@b", "https://example.com/?u=a:b@c",
      "alter role a password null", "create role a password ''", "create role a password '${PASSWORD}'",
      "'postgres://postgres:postgres@localhost/postgres'", "'postgres://user:[YOUR-PASSWORD]@host/db'",
      "password text not null", "if new.password <> 'x'", "create function vault.create_secret(secret text)",
    ])
  func notFound(_ text: String) {
    #expect(SecretScanner.matches(in: Array(text.utf8)).isEmpty)
  }

  @Test("the keys of every local Supabase setup are no secret; a project's public key is said to be public")
  func publicKeys() throws {
    // {"iss":"supabase","role":"anon"}
    let anon = Self.signed("eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIn0")
    let local = "sb_" + "secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"

    #expect(SecretScanner.matches(in: Array("'\(local)'".utf8)).isEmpty)
    #expect(SecretScanner.matches(in: Array("'\(anon)'".utf8)).map(\.isPublic) == [true])
    #expect(SecretScanner.matches(in: Array("'\(Self.token)'".utf8)).map(\.isPublic) == [false])
  }

  @Test(
    "the tokens of every local Supabase setup are no secret; the same claims signed by somebody else are",
    arguments: [
      (
        // {"iss":"supabase-demo","role":"anon","exp":1983812996}
        "eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9",
        "CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0", "a JSON web token of the role anon"
      ),
      (
        // {"iss":"supabase-demo","role":"service_role","exp":1983812996}
        "eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0",
        "EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU", "a JSON web token of the role service_role"
      ),
      (
        // The same of 1641769200, until 1799535600, on five lines: anon
        "eyAgCiAgICAicm9sZSI6ICJhbm9uIiwKICAgICJpc3MiOiAic3VwYWJhc2UtZGVtbyIsCiAgICAiaWF0IjogMTY0MTc2OTIwMCwKICAgICJl"
          + "eHAiOiAxNzk5NTM1NjAwCn0",
        "dc_X5iR_VP_qT0zsiyj_I_OZ2T9FtRU2BBNWN8Bu4GE", "a JSON web token of the role anon"
      ),
      (
        // and service_role
        "eyAgCiAgICAicm9sZSI6ICJzZXJ2aWNlX3JvbGUiLAogICAgImlzcyI6ICJzdXBhYmFzZS1kZW1vIiwKICAgICJpYXQiOiAxNjQxNzY5MjAw"
          + "LAogICAgImV4cCI6IDE3OTk1MzU2MDAKfQ",
        "DaYlNEoUrrEn2Ig7tqibS-PHK5vgusbcbo7X36XVt4Q", "a JSON web token of the role service_role"
      ),
    ])
  func localTokens(_ payload: String, signature: String, kind: String) {
    let claims = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + payload

    let known = SecretScanner.matches(in: Array("'\(claims).\(signature)'".utf8))
    let foreign = SecretScanner.matches(in: Array("'\(claims).\(String(signature.reversed()))'".utf8))
    let unsigned = SecretScanner.matches(in: Array("'\(claims)'".utf8))

    #expect(known.isEmpty)
    #expect(foreign.map(\.kind) == [kind])
    #expect(unsigned.map(\.kind) == [kind])
  }

  @Test("a masked line shows nothing but the well-known beginning, and is as long")
  func masked() {
    let line = "select '\(Self.token)', 'ü', 'postgres://app:hünter2@db/shop';"

    let masked = SecretScanner.masked(line)

    #expect(masked.hasPrefix("select 'eyJ***"))
    #expect(masked.hasSuffix("', 'ü', 'postgres://app:*******@db/shop';"))
    #expect(masked.unicodeScalars.count == line.unicodeScalars.count)
  }

  @Test("a private key is found as one")
  func pem() {
    let text = "a '-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----'"

    #expect(SecretScanner.matches(in: Array(text.utf8)).map(\.kind) == ["a private key"])
  }
}
