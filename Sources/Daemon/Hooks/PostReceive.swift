internal import Git
internal import Pipeline
package import SystemPackage

/// What `penstock hook post-receive` does: tells the daemon of a push, and shows the pusher what becomes of it.
///
/// It only watches. A pusher who goes away ends nothing, and a push is never undone: whatever goes wrong is one line, and
/// the daemon finds the push by itself when it next looks.
package struct PostReceive: Sendable {
  private let client: ControlClient
  private let repository: FilePath
  private let variables: [String: String]
  private let timeLimit: Duration

  /// - Parameters:
  ///   - repository: The folder that git started the hook in: the repository itself (`githooks(5)`).
  ///   - variables: The hook's environment: who pushed, and the push options.
  ///   - timeLimit: How long the pusher is kept waiting.
  package init(
    socket: FilePath, repository: FilePath, variables: [String: String], timeLimit: Duration = .seconds(600)
  ) {
    client = ControlClient(socket: socket)
    self.repository = repository
    self.variables = variables
    self.timeLimit = timeLimit
  }

  /// - Parameters:
  ///   - lines: What git gave the hook: `OLD NEW REF` each.
  ///   - show: Shows the pusher a line.
  package func run(_ lines: [String], show: @escaping @Sendable (String) -> Void) async {
    let updates = lines.compactMap { PushNotice.Update(line: $0) }.filter { $0.ref.branch != nil }
    guard !updates.isEmpty else { return }
    let notice = PushNotice(repositoryPath: repository.string, updates: updates, actor: actor)
    let runs = RunList()
    do {
      try await within(timeLimit) { [client, isWaiting] in
        try await client.ask(.pushed(notice, wait: isWaiting)) { reply in
          switch reply {
          case .queued(let queued):
            await runs.set(queued)
            if !isWaiting { queued.forEach { show("penstock: run \($0) is queued: penstock attach \($0) shows it") } }
          case .event(let event):
            ProgressText.lines(for: event).forEach(show)
          default:
            break
          }
        }
      }
    } catch is CancellationError {
      for run in await runs.runs { show("penstock: run \(run) goes on: penstock attach \(run) shows it") }
    } catch {
      show("penstock: \(PlainText.oneLine("\(error)"))")
      switch (error as? DaemonError)?.code {
      case .notRunning: show("penstock: the push is not lost: the daemon finds it when it runs")
      case .notFound, .notAllowed, .refused: break
      default: show("penstock: the push is not lost: the daemon looks for it again every half minute")
      }
    }
  }

  /// Whether the pusher asked not to wait: `git push -o penstock.skip-wait`.
  private var isWaiting: Bool {
    let count = variables["GIT_PUSH_OPTION_COUNT"].flatMap { Int($0) } ?? 0
    return !(0..<max(0, min(count, 1_000))).contains { variables["GIT_PUSH_OPTION_\($0)"] == "penstock.skip-wait" }
  }

  /// As the software that serves the repository names the pusher, else the user that git runs as here.
  private var actor: String? {
    ["PENSTOCK_ACTOR", "GL_USERNAME", "GITEA_PUSHER_NAME", "REMOTE_USER", "USER", "LOGNAME"]
      .lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
  }
}

/// The runs that the daemon made of a push.
private actor RunList {
  private(set) var runs: [RunID] = []

  func set(_ runs: [RunID]) { self.runs = runs }
}
