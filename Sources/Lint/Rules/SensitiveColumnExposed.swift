internal import Schema

/// `sensitive-column-exposed`
struct SensitiveColumnExposed: CatalogRule {
  let about = RuleDescription(
    name: "sensitive-column-exposed",
    severity: .error,
    evidence: [.catalog, .ast],
    profiles: [.supabase],
    summary: "Column with a secret in an API schema, without row level security",
    why: "whoever has the project's public key can read it",
    explanation: """
      Known by their names: passwords, tokens, keys, numbers of cards, accounts and insurances. Enable row level \
      security, or move the column to a table that the API does not serve.
      """,
    bad: """
      create table public.logins (id bigint primary key, password_hash text);
      """,
    good: """
      create table public.logins (id bigint primary key, password_hash text);
      alter table public.logins enable row level security;
      """,
    source: "https://supabase.com/docs/guides/database/database-advisors?lint=0023_sensitive_columns_exposed",
    others: [.splinter: ["0023_sensitive_columns_exposed"]]
  )

  private static let names: Set = [
    "password", "passwd", "pwd", "passphrase", "password_hash", "hashed_password", "encrypted_password", "secret",
    "secret_key", "client_secret", "api_key", "apikey", "api_secret", "access_token", "refresh_token", "auth_token",
    "session_token", "reset_token", "private_key", "encryption_key", "ssn", "social_security_number", "tax_id",
    "passport_number", "credit_card", "card_number", "cvv", "cvc", "iban", "bank_account", "account_number",
    "routing_number", "pin", "otp_secret", "totp_secret", "mfa_secret",
  ]

  func check(_ context: CatalogContext) -> [Issue] {
    context.changedTables.compactMap { table, place in
      guard !table.hasRowSecurity, context.configuration.apiSchemas.contains(table.name.schema),
        let column = table.columns.first(where: { Self.names.contains($0.name.lowercased()) }),
        !context.mayBeHidden("row level security", of: table)
      else { return nil }
      return context.issue(
        on: table, part: column.name, at: place, "\(table.name).\(column.name) can be read by anybody",
        fix: .init(text: "alter table \(table.name) enable row level security;"))
    }
  }
}
