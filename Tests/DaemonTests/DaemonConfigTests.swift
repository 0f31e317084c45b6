import Basics
import Configuration
import Daemon
import Git
import Postgres
import Shadow
import SystemPackage
import Testing

@Suite("The daemon's configuration")
struct DaemonConfigTests {
  private static let whole = """
    state: /var/lib/penstock
    socket: /run/penstock/penstock.sock
    repositories:
      shop:
        path: /srv/git/shop.git
        branches: { staging: staging, main: production }
        pipelines: { from: commit }
      blog:
        path: /srv/git/blog.git
        branches: { main: trial }
        pipelines: { from: { ref: refs/heads/main } }
    environments:
      staging:
        database: { url: "postgresql://postgres@db.internal/shop", password: { credential: staging-password } }
        profile: supabase
        disposable: true
      trial:
        database: embedded
        profile: postgres
      production:
        database: { url: "postgresql://postgres@db.internal/live", password: { env: PROD_PASSWORD } }
        require: [validate, reset, apply, diff, promote]
        gate: { approvals: 2, approvers: [ops] }
    shadow: { server: embedded, directory: auto, size-limit: 2GB, postgresql: [/opt/17/bin] }
    """

  @Test("the documented file is read whole")
  func whole() throws {
    let config = try DaemonConfig(Self.whole, file: "penstock.yaml", variables: [:])

    #expect(config.state == "/var/lib/penstock")
    #expect(config.socket == "/run/penstock/penstock.sock")
    #expect(config.repositories.map(\.name) == ["shop", "blog"])
    #expect(config.repository(named: "shop")?.branches[RefName(branch: "main")] == "production")
    #expect(config.repository(named: "blog")?.pipelines == .ref(RefName(branch: "main")))
    let production = try #require(config.environment(named: "production"))
    #expect(production.requiredStages == ["validate", "reset", "apply", "diff", "promote"])
    #expect(production.approvals == 2)
    #expect(production.approvers == ["ops"])
    #expect(production.profile == .supabase)
    #expect(config.environment(named: "staging")?.isDisposable == true)
    #expect(config.shadow.sizeLimit == 2 << 30)
    #expect(config.shadow.postgresql == ["/opt/17/bin"])
  }

  @Test("the folders of systemd, then of the user, are where the daemon is at home when the file does not say")
  func folders() throws {
    let text = """
      repositories: { shop: { path: /srv/git/shop.git, branches: { main: trial } } }
      environments: { trial: { database: embedded } }
      """
    let service = [
      "STATE_DIRECTORY": "/var/lib/penstock:/other", "RUNTIME_DIRECTORY": "/run/penstock", "HOME": "/root",
    ]
    let user = ["HOME": "/home/ada"]

    let inService = try DaemonConfig(text, file: "f", variables: service)
    let ofUser = try DaemonConfig(text, file: "f", variables: user)

    #expect(inService.state == "/var/lib/penstock")
    #expect(inService.socket == "/run/penstock/penstock.sock")
    #expect(ofUser.state == "/home/ada/.local/state/penstock")
    #expect(ofUser.socket == "/home/ada/.local/state/penstock/penstock.sock")
  }

  @Test("every problem is reported, each with its place")
  func problems() {
    let text = """
      state: relative/path
      repositorys: {}
      http: 127.0.0.1:7420
      repositories:
        shop:
          path: /srv/git/shop.git
          url: ssh://git@host/shop.git
          branches: { staging: stagign }
          pipelines: { from: somewhere }
      environments:
        staging:
          database: { url: "postgresql://db.internal/shop", password: hunter2 }
          profile: superbase
          require: [aply]
        other:
          database: { url: "postgresql://app:hunter2@db.internal/shop" }
          disposable: perhaps
      shadow: { server: { url: postgresql://elsewhere } }
      """

    let problems = problems(of: text)

    #expect(
      problems.map { "\($0.position?.line ?? 0)" } == [
        "1", "2", "3", "7", "8", "9", "12", "13", "14", "16", "17", "18",
      ])
    let words = problems.map(\.message).joined(separator: "\n")
    for expected in [
      "did you mean repositories?", "http is not supported", "url is not supported", "did you mean staging?",
      "the password is in the file", "supabase", "did you mean apply?", "the password is in the url", "disposable",
      "a shadow server elsewhere is not supported",
    ] {
      #expect(words.contains(expected), "\(expected)")
    }
    #expect(!words.contains("hunter2"))
  }

  @Test("a name that could be a path is refused", arguments: ["../etc", "a/b", "", ".hidden"])
  func names(_ name: String) {
    let text = """
      state: /s
      repositories: { shop: { path: /srv/git/shop.git, branches: { main: "\(name)" } } }
      environments: { "\(name)": { database: embedded } }
      """

    #expect(problems(of: text).contains { $0.message.contains("letters, digits") })
  }

  @Test("a password is read from where the file says, without its line end")
  func passwords() throws {
    try withScratchFolder { folder in
      try write("s3cret\n", to: folder.appending("pw"))

      #expect(try PasswordSource.file(folder.appending("pw")).password(variables: [:]) == "s3cret")
      let credentials = ["CREDENTIALS_DIRECTORY": folder.string]
      #expect(try PasswordSource.credential("pw").password(variables: credentials) == "s3cret")
      #expect(try PasswordSource.variable("PW").password(variables: ["PW": "s3cret"]) == "s3cret")
      #expect(throws: DaemonError.self) { try PasswordSource.credential("pw").password(variables: [:]) }
      #expect(throws: DaemonError.self) { try PasswordSource.variable("PW").password(variables: [:]) }
      #expect(throws: DaemonError.self) { try PasswordSource.file(folder.appending("no")).password(variables: [:]) }
    }
  }

  private func problems(of text: String) -> [Problem] {
    do throws(InvalidFile) {
      _ = try DaemonConfig(text, file: "penstock.yaml", variables: [:])
      return []
    } catch {
      return error.problems
    }
  }
}
