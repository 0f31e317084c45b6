/// The files that `penstock init` writes: those of the top folder `pipelines`, built in.
enum ShippedFiles {
  /// Paths relative to a repository's root, and contents.
  static let all: [(path: String, text: String)] = [
    ("pipelines/staging.yaml", text(PackageResources.staging_yaml)),
    ("pipelines/production.yaml", text(PackageResources.production_yaml)),
    ("pipelines/pipeline.schema.json", text(PackageResources.pipeline_schema_json)),
    ("penstock.yaml", text(PackageResources.penstock_yaml)),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
