/// Who stands behind the migration role of a target: what it may do there although PostgreSQL would ask for a superuser.
///
/// A shadow does the same on its behalf (`PlatformAdaptation`), so that it refuses what the target will refuse and takes
/// what the target will take.
package enum Backing: String, Hashable, Sendable {
  /// Nobody: the role is one among others on a plain PostgreSQL.
  case nobody
  /// A hosted platform, which lets the role do a list of things: extensions, event triggers, publications, wrappers.
  case platform
  /// It is a superuser itself. A shadow's has no superuser's rights: a part of what they are for is done on its behalf,
  /// and the rest (files, programs, C functions, `ALTER SYSTEM`) is refused.
  case superuser

  /// Where no target says otherwise. A PostgreSQL of one's own is most often used as the superuser that it comes with.
  init(of profile: Profile) {
    self =
      switch profile {
      case .supabase: .platform
      case .postgres: .superuser
      }
  }
}
