internal import Basics
internal import Configuration
internal import Git
internal import Lint
internal import Migrations
internal import Postgres
internal import Schema
internal import Shadow

/// Reads all that a run begins with: the commit's migrations, the linter's configuration, the target's history.
struct Intake {
  let repository: Repository
  let shadows: ShadowServers
  let host: any RunHost
  let memory: RunMemory

  /// - Throws: `RunFailure` that says what to do; errors of git and the database as they are.
  func workbench(
    for record: RunRecord, pipeline: PipelineFile, environment: Environment
  ) async throws -> Workbench {
    var record = record
    let commit = record.request.commit
    record.tree = try await repository.commit(commit).tree
    let files = try await CommitFiles(commit: commit, in: repository)
    let migrations = try await files.migrations()
    let linting = try await files.linting(for: environment.profile)

    let target = try await TargetState.read(environment)
    record.evidence.targetServer = target.serverVersion
    let history = target.comparison(with: migrations)
    record.evidence.chain = migrations.chain(from: Digest(of: "")).last
    var bench = Workbench(
      request: record.request, environment: environment, stages: pipeline.stages, repository: repository,
      shadowServer: try await shadows.server(forMajor: target.serverVersion / 10_000), host: host, memory: memory,
      migrations: migrations,
      blobs: files.blobs, strays: try await strays(among: migrations, request: record.request), linting: linting,
      platform: target.platform, history: history, record: record)
    bench.listMigrations()
    return bench
  }

  /// Misnamed files that the push brings. Those that were there already are nobody's fault today: they are passed over,
  /// as the Supabase CLI passes over them.
  private func strays(among migrations: MigrationSet, request: RunRequest) async throws -> [String] {
    guard !migrations.misnamed.isEmpty, let changed = try await request.changedPaths(in: repository) else { return [] }
    return migrations.misnamed.filter(Set(changed).contains)
  }
}

extension MigrationRecord {
  init(_ migration: Migration, blob: ObjectID?) {
    self.init(version: migration.version, name: migration.name, path: migration.path, checksum: migration.checksum)
    self.blob = blob
  }
}
