internal import CLibGit2

/// The library, started once for the process.
enum LibGit2 {
  /// Starts libgit2 on first use; every way to a repository goes through here.
  ///
  /// libgit2's own check of a repository's owner is off: in 1.5 it ignores `safe.directory = *` and reports a missing
  /// configuration value in place of the owner (libgit2#6663). `Trust` makes the check in its stead.
  static let start: Void = {
    let count = git_libgit2_init()
    precondition(count > 0, "libgit2 cannot start: it has no memory or no thread storage")
    let result = penstock_git_set_owner_validation(0)
    precondition(result == 0, "libgit2 knows no GIT_OPT_SET_OWNER_VALIDATION: it is older than 1.4.4")
  }()
}

/// The one gateway of libgit2's results: passes a result of 0 or more through, throws what a negative one means.
///
/// `result` must be the call itself, so that the thread's error (`git_error_last`) is read before anything else can
/// replace it.
/// - Parameter action: What was being done, as it continues `cannot `: `read commit 1f3c`.
@discardableResult
func check(_ result: Int32, _ action: @autoclosure () -> String) throws(GitError) -> Int32 {
  guard result < 0 else { return result }
  let error = git_error_last()?.pointee
  let reason = error.flatMap { $0.message }.map { String(cString: $0) } ?? "libgit2 error \(result)"
  throw GitError(
    GitError.Code(libgit2: result), "cannot \(action()): \(reason)",
    isFromSystem: error.map { $0.klass == Int32(GIT_ERROR_OS.rawValue) } ?? false)
}

/// As `check`, for calls where finding nothing is an answer: false when there is no such thing.
func checkFound(_ result: Int32, _ action: @autoclosure () -> String) throws(GitError) -> Bool {
  if result == GIT_ENOTFOUND.rawValue { return false }
  try check(result, action())
  return true
}

extension GitError.Code {
  init(libgit2 result: Int32) {
    self =
      switch git_error_code(result) {
      case GIT_EAMBIGUOUS: .ambiguous
      case GIT_EEXISTS: .exists
      case GIT_EINVALIDSPEC, GIT_EINVALID: .invalid
      case GIT_ELOCKED: .locked
      case GIT_EMODIFIED: .modified
      case GIT_ENOTFOUND, GIT_EUNBORNBRANCH: .notFound
      case GIT_EPEEL: .wrongType
      default: .other
      }
  }
}

/// An object of libgit2's, freed when its owner goes.
struct GitPointer: ~Copyable {
  /// Valid while this value lives; never stored elsewhere.
  let raw: OpaquePointer
  private let free: @convention(c) (OpaquePointer?) -> Void

  /// The object that `create` makes.
  /// - Parameter action: As for `check`.
  init(
    freedBy free: @escaping @convention(c) (OpaquePointer?) -> Void, _ action: @autoclosure () -> String,
    _ create: (inout OpaquePointer?) -> Int32
  ) throws(GitError) {
    self.free = free
    var created: OpaquePointer?
    try check(create(&created), action())
    guard let created else { preconditionFailure("libgit2 reported success and made nothing") }
    raw = created
  }

  /// As the other initialiser; nil when there is no such thing.
  init?(
    found create: (inout OpaquePointer?) -> Int32, freedBy free: @escaping @convention(c) (OpaquePointer?) -> Void,
    _ action: @autoclosure () -> String
  ) throws(GitError) {
    self.free = free
    var created: OpaquePointer?
    guard try checkFound(create(&created), action()) else { return nil }
    guard let created else { preconditionFailure("libgit2 reported success and made nothing") }
    raw = created
  }

  deinit { free(raw) }
}
