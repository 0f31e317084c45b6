package import Configuration
internal import Foundation
internal import Git
internal import Pipeline
internal import Postgres
internal import Shadow
internal import SystemPackage

extension DaemonConfig {
  /// Reads the daemon's configuration file.
  /// - Throws: `InvalidFile` with every problem, each with line and column.
  package init(
    _ text: String, file: String, variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws(InvalidFile) {
    self = try YAMLFile.read(text, file: file) { DaemonConfig($0, variables: variables) }
  }

  private init?(_ root: YAMLValue, variables: [String: String]) {
    let keys = ["state", "socket", "repositories", "environments", "shadow"]
    guard let map = root.mapping(keys, reserved: ["http", "notify"]) else { return nil }
    let environments = map.required("environments")?.entries?.compactMap(EnvironmentConfig.init)
    let known = map["environments"]?.quietKeys
    let repositories = map.required("repositories")?.entries?.compactMap { name, value in
      RepositoryConfig(name: name, value, environments: known)
    }
    if repositories?.isEmpty == true, map["repositories"]?.quietKeys.isEmpty == true {
      map["repositories"]?.report("there is no repository to watch")
    }
    if environments?.isEmpty == true, known?.isEmpty == true {
      map["environments"]?.report("there is no environment to promote to")
    }
    let shadow = map["shadow"].map(ShadowConfig.init) ?? .standard
    let state = map["state"].map(\.absolutePath) ?? Self.defaultState(variables: variables)
    if state == nil, map["state"] == nil { map.report("state is missing, and neither STATE_DIRECTORY nor HOME is set") }
    let socket = map["socket"].map(\.absolutePath) ?? state.map { Self.defaultSocket(state: $0, variables: variables) }
    guard let environments, let repositories, let state, let socket, let shadow else { return nil }
    self.environments = environments
    self.repositories = repositories
    self.state = state
    self.socket = socket
    self.shadow = shadow
  }
}

extension RepositoryConfig {
  /// - Parameter environments: The names that branches may be led to; nil when nobody knows them.
  fileprivate init?(name: String, _ value: YAMLValue, environments: [String]?) {
    guard let map = value.mapping(["path", "branches", "pipelines"], reserved: ["url", "poll"]) else { return nil }
    if !DaemonConfig.isName(name) { value.report("the repository's name \(name) \(DaemonConfig.nameRule)") }
    let path = map.required("path")?.absolutePath
    let branches = map.required("branches").flatMap { Self.branches($0, environments: environments) }
    let pipelines = map["pipelines"].map(Self.pipelines) ?? .commit
    guard let path, let branches, let pipelines else { return nil }
    self.name = name
    self.path = path
    self.branches = branches
    self.pipelines = pipelines
  }

  private static func branches(_ value: YAMLValue, environments: [String]?) -> [RefName: String]? {
    guard let entries = value.entries else { return nil }
    if entries.isEmpty { value.report("there is no branch to watch") }
    var branches: [RefName: String] = [:]
    for (branch, value) in entries {
      guard let environment = value.string else { continue }
      if branch.hasPrefix("refs/") {
        value.report("the branch \(branch) must be without refs/heads/")
      }
      if let environments, !environments.contains(environment) {
        value.report("there is no environment \(environment)\(value.hint(for: environment, among: environments))")
      }
      branches[RefName(branch: branch)] = environment
    }
    return branches
  }

  private static func pipelines(_ value: YAMLValue) -> PipelineSource? {
    guard let from = value.mapping(["from"])?.required("from") else { return nil }
    if from.isScalar {
      guard from.string == "commit" else {
        from.report("pipelines come from commit, from { ref: refs/heads/BRANCH } or from { file: FOLDER }")
        return nil
      }
      return .commit
    }
    guard let map = from.mapping(["ref", "file"]) else { return nil }
    switch (map["ref"], map["file"]) {
    case (let ref?, nil):
      guard let name = ref.string else { return nil }
      guard name.hasPrefix("refs/") else {
        ref.report("\(name) must be a full ref name, such as refs/heads/main")
        return nil
      }
      return .ref(RefName(rawValue: name))
    case (nil, let folder?):
      return folder.absolutePath.map(PipelineSource.folder)
    default:
      from.report("pipelines come from one place: a ref, or a file")
      return nil
    }
  }
}

extension EnvironmentConfig {
  fileprivate init?(name: String, _ value: YAMLValue) {
    let keys = ["database", "profile", "disposable", "require", "gate"]
    guard let map = value.mapping(keys) else { return nil }
    if !DaemonConfig.isName(name) { value.report("the environment's name \(name) \(DaemonConfig.nameRule)") }
    let database = map.required("database").flatMap(Database.init)
    let profile = map["profile"].map { $0.choice(of: Profile.self) } ?? .supabase
    let isDisposable = map["disposable"].map(\.bool) ?? false
    requiredStages = map["require"].map(Self.stages) ?? []
    let gate = map["gate"]?.mapping(["approvals", "approvers"])
    let approvals = gate?["approvals"].map(\.count) ?? (gate == nil ? 0 : 1)
    guard let database, let profile, let isDisposable, let approvals else { return nil }
    self.name = name
    self.database = database
    self.profile = profile
    self.isDisposable = isDisposable
    self.approvals = approvals
    approvers = gate?["approvers"]?.strings ?? []
  }

  private static func stages(_ value: YAMLValue) -> [String] {
    let names = Stages.names
    return (value.list ?? []).compactMap { item in
      guard let name = item.string else { return nil }
      if !names.contains(name) { item.report("\(name) is no stage\(item.hint(for: name, among: names))") }
      return name
    }
  }
}

extension EnvironmentConfig.Database {
  fileprivate init?(_ value: YAMLValue) {
    if value.isScalar {
      guard value.string == "embedded" else {
        value.report("a database is embedded, or { url: ..., password: ... }")
        return nil
      }
      self = .embedded
      return
    }
    guard let map = value.mapping(["url", "password"]) else { return nil }
    let password = map["password"].map(PasswordSource.init)
    guard let url = map.required("url"), let text = url.string else { return nil }
    let target: ConnectionString
    do {
      target = try ConnectionString(text)
    } catch {
      url.report(error.message)
      return nil
    }
    if target.hasPassword {
      url.report("the password is in the url, \(PasswordSource.refusal)")
      return nil
    }
    switch password {
    case .some(.none): return nil
    case .some(.some(let source)): self = .server(target, password: source)
    case .none: self = .server(target, password: nil)
    }
  }
}

extension ShadowConfig {
  fileprivate init?(_ value: YAMLValue) {
    guard let map = value.mapping(["server", "directory", "size-limit", "postgresql"], reserved: ["url"]) else {
      return nil
    }
    if let server = map["server"], server.isScalar, let word = server.string, word != "embedded" {
      server.report("the shadow server is embedded: \(word) is not known")
    } else if let server = map["server"], !server.isScalar {
      server.report("a shadow server elsewhere is not supported by this version of Penstock: write server: embedded")
    }
    let directory = map["directory"].map(Self.directory) ?? .automatic
    let sizeLimit = map["size-limit"].map(\.byteCount) ?? Self.standard.sizeLimit
    let postgresql = map["postgresql"]?.list?.compactMap(\.absolutePath) ?? []
    guard let directory, let sizeLimit else { return nil }
    self.init(directory: directory, sizeLimit: sizeLimit, postgresql: postgresql)
  }

  private static func directory(_ value: YAMLValue) -> ShadowDirectory? {
    if value.isScalar, value.string == "auto" { return .automatic }
    return value.absolutePath.map(ShadowDirectory.path)
  }
}

extension DaemonConfig {
  fileprivate static let nameRule = "may hold letters, digits, -, _ and . only, and must begin with a letter or digit"

  /// Names become folders and the fields of a log.
  fileprivate static func isName(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
  }
}
