/// The scripts that git calls. They only find `penstock` and call it; what a hook does is in Swift.
///
/// The same bytes are in `hooks/` of the repository: a test holds the two together.
package enum HookScript: String, CaseIterable, Sendable {
  case preCommit = "pre-commit"
  case prePush = "pre-push"
  case postReceive = "post-receive"

  /// Those that a developer's clone gets.
  package static let developer: [HookScript] = [.preCommit, .prePush]
  /// Those that a repository which is pushed to gets.
  package static let server: [HookScript] = [.postReceive]

  /// What tells one of our scripts, of whatever version, from anybody else's.
  static let marker = "# penstock hook "

  package var text: String {
    switch self {
    case .preCommit:
      #"""
      #!/bin/sh
      # penstock hook pre-commit: checks the staged migrations before they are committed.
      # Installed by "penstock hooks install", removed by "penstock hooks uninstall". A hook that was here before is beside
      # this one as pre-commit.before-penstock and runs first.
      if [ -x "$0.before-penstock" ]; then
        "$0.before-penstock" "$@" || exit
      fi
      penstock=$(git config penstock.binary)
      [ -x "$penstock" ] || penstock=$(command -v penstock) || {
        echo "penstock is not installed here: the migrations are checked when they are pushed" >&2
        exit 0
      }
      # git tells its hooks where the repository is; whoever is called from here finds it by the folder.
      unset GIT_DIR GIT_WORK_TREE GIT_PREFIX
      exec "$penstock" hook pre-commit "$@"

      """#
    case .prePush:
      #"""
      #!/bin/sh
      # penstock hook pre-push: checks the migrations of what is about to be pushed.
      # Installed by "penstock hooks install", removed by "penstock hooks uninstall". A hook that was here before is beside
      # this one as pre-push.before-penstock and runs first.
      refs=$(cat)
      if [ -x "$0.before-penstock" ]; then
        printf '%s\n' "$refs" | "$0.before-penstock" "$@" || exit
      fi
      penstock=$(git config penstock.binary)
      [ -x "$penstock" ] || penstock=$(command -v penstock) || {
        echo "penstock is not installed here: the migrations are checked when they have been pushed" >&2
        exit 0
      }
      # git tells its hooks where the repository is; whoever is called from here finds it by the folder.
      unset GIT_DIR GIT_WORK_TREE GIT_PREFIX
      printf '%s\n' "$refs" | "$penstock" hook pre-push "$@"

      """#
    case .postReceive:
      #"""
      #!/bin/sh
      # penstock hook post-receive: tells the daemon of a push and shows the pusher what becomes of it.
      # Installed by "penstock hooks install --server", removed by "penstock hooks uninstall --server". A hook that was here
      # before is beside this one as post-receive.before-penstock and runs first.
      refs=$(cat)
      status=0
      if [ -x "$0.before-penstock" ]; then
        printf '%s\n' "$refs" | "$0.before-penstock" "$@" || status=$?
      fi
      # The push has happened: whatever goes wrong from here on does not undo it, and the daemon finds it by itself.
      penstock=$(git config penstock.binary)
      if [ -x "$penstock" ] || penstock=$(command -v penstock); then
        unset GIT_DIR GIT_WORK_TREE
        printf '%s\n' "$refs" | "$penstock" hook post-receive "$@" || :
      else
        echo "penstock is not installed here: the daemon will find the push by itself"
      fi
      exit "$status"

      """#
    }
  }
}
