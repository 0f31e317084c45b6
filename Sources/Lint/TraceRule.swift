internal import Basics
package import SQL
internal import Schema

/// A rule that looks at what the statements of a file did on the shadow.
///
/// It is called for each pending file of which that is known.
protocol TraceRule: CheckingRule {
  func check(_ context: TraceContext) -> [Issue]
}

extension TraceRule {
  var asTraceRule: (any TraceRule)? { self }
}

/// What the statements of a file did.
package struct FileTrace: Hashable, Sendable {
  /// In the order in which they ran.
  package var statements: [StatementTrace]

  package init(_ statements: [StatementTrace]) {
    self.statements = statements
  }
}

/// How large a table is on the target.
package struct TableSize: Hashable, Sendable, Codable {
  /// As the server estimates it.
  package let rows: Double
  /// With its indexes and what it keeps elsewhere, and for a partitioned table, with all its partitions.
  package let bytes: Int

  package init(rows: Double, bytes: Int) {
    self.rows = rows
    self.bytes = bytes
  }
}

extension TableSize: CustomStringConvertible {
  /// `12.4 M rows, 3.1 GB`
  package var description: String {
    "\(Self.short(rows, ["", " k", " M", " G"], step: 1_000)) rows, "
      + Self.text(ofBytes: bytes)
  }

  /// `3.1 GB`
  static func text(ofBytes bytes: Int) -> String {
    short(Double(bytes), [" B", " kB", " MB", " GB", " TB"], step: 1_024)
  }

  private static func short(_ number: Double, _ units: [String], step: Double) -> String {
    var number = max(0, number)
    var unit = 0
    while number >= step, unit < units.count - 1 {
      number /= step
      unit += 1
    }
    let tenths = (number * 10).rounded() / 10
    let text = unit == 0 || tenths >= 100 ? String(Int(number.rounded())) : String(tenths)
    return text.replacing(/\.0$/, with: "") + units[unit]
  }
}

/// For a ``TraceRule``.
struct TraceContext: Sendable {
  let configuration: LintConfiguration
  let file: LintFile
  let fileIndex: Int
  let trace: FileTrace
  let sizes: [QualifiedName: TableSize]
  let statistics: TargetStatistics
  /// The schema of the server before the pending files, where it is known.
  let before: DatabaseShape?

  /// The statements with what they did.
  var statements: [(statement: Statement, trace: StatementTrace)] {
    trace.statements.compactMap { trace in
      file.statements.indices.contains(trace.statement) ? (file.statements[trace.statement], trace) : nil
    }
  }

  func line(of trace: StatementTrace) -> Int { file.statements[trace.statement].position.line }

  /// - Parameters:
  ///   - relation: What it is about, and whose size decides how much it weighs.
  ///   - range: The statement's, unless it is about a part of it.
  func issue(
    _ message: String, at statement: Statement, about relation: StatementTrace.Relation?, range: Range<Int>? = nil,
    weighs: Bool = true, fix: Issue.Fix? = nil
  ) -> Issue {
    let name = relation.map { QualifiedName(schema: $0.schema, name: $0.name) }
    return Issue(
      place: Place(file: fileIndex, range: range ?? statement.range), object: name.map { ObjectName($0) },
      message: message, fix: fix, evidence: .trace, certainty: .measured, weight: weighs ? name : nil)
  }
}

extension StatementTrace {
  /// For the examples of rules: of tables in `public`, in the file's one transaction.
  init(
    statement: Int, locks: [(table: String, mode: LockMode)] = [], rewritten: [String] = [], scanned: [String] = [],
    indexed: [String] = [], dropped: [String] = [], cascades: [String] = [], hidden: [String] = []
  ) {
    self.init(statement: statement, transaction: 0, milliseconds: 1)
    func table(_ name: String) -> Relation { Relation(schema: "public", name: name) }
    self.locks = locks.map { Lock(relation: table($0.table), mode: $0.mode) }
    self.rewritten = rewritten.map(table)
    self.scanned = scanned.map(table)
    self.indexed = indexed.map(table)
    self.dropped = dropped.map(table)
    self.cascades = cascades
    self.hidden = hidden
  }
}

extension StatementTrace.Relation {
  /// As SQL writes it.
  var sql: String { QualifiedName(schema: schema, name: name).description }

  /// Whether it holds rows that somebody may want.
  var isTable: Bool { kind == .table || kind == .materializedView }
}
