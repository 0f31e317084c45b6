package import Lint
package import Schema
package import Shadow

extension Profile {
  /// Which part of a database the profile leaves to the user.
  package var scope: Scope {
    switch self {
    case .supabase: .supabase
    case .postgres: .postgres
    }
  }

  /// The roles that the platform's API serves requests as.
  package var apiRoles: [String] {
    switch self {
    case .supabase: ["anon", "authenticated", "service_role"]
    case .postgres: []
    }
  }

  /// The profile by the linter's name.
  package var linting: LintConfiguration.Profile {
    switch self {
    case .supabase: .supabase
    case .postgres: .postgres
    }
  }
}
