/// `hardcoded-secret`
struct HardcodedSecret: FileRule {
  let about = RuleDescription(
    name: "hardcoded-secret",
    severity: .error,
    evidence: [.file],
    summary: "Credential in a migration",
    why: "a migration is in git for good and in the target's history table; whoever reads either has the credential",
    explanation: """
      Found by their form, in the whole file, comments and function bodies included: JSON web tokens (Supabase's API \
      keys among them, with the role they are for), keys of Stripe, AWS, Google, GitHub, Slack, SendGrid, OpenAI, \
      Anthropic and Supabase, private keys in PEM, passwords in URLs, `PASSWORD '…'`, and literals given to \
      `vault.create_secret`. Evident placeholders are left alone: empty, a variable (`$PASSWORD`, `{{ … }}`, `<…>`), \
      `password`, `postgres`. So are the keys that every local Supabase setup has, but not others with the same claims. \
      The API's public key, for the role `anon`, is advice: it is no secret, but another one in each environment.

      Put the value where the environment keeps its secrets (Supabase's vault, a setting of the database) and let the \
      migration look it up. A credential that has been committed must be replaced, not only removed. Messages never \
      show more of it than its well-known beginning.
      """,
    bad: """
      create role reporting login password 'Sommer2025!';
      """,
    good: """
      create role reporting nologin;
      """,
    source: "https://supabase.com/docs/guides/database/vault"
  )

  func check(_ file: LintFile, in context: FileContext) -> [Issue] {
    SecretScanner.matches(in: file.bytes).map { match in
      let shown = match.range.lowerBound..<match.range.lowerBound + match.publicPrefix
      let prefix = String(decoding: file.bytes[shown], as: UTF8.self)
      let sample = prefix.isEmpty ? "" : " (\(prefix)…)"
      let advice = "keep it in the vault or a setting, and read it from there"
      var issue = context.issue(
        "\(match.kind) is written out\(sample)", at: match.range,
        fix: .init(text: match.isPublic ? advice : "\(advice); replace what was committed"))
      if match.isPublic {
        (issue.severity, issue.why) = (
          .advice, "the file is applied to every environment, and each has a key of its own"
        )
      }
      return issue
    }
  }
}
