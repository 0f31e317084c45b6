internal import SQL
internal import Schema

/// `column-alignment`
struct ColumnAlignment: StatementRule {
  let about = RuleDescription(
    name: "column-alignment",
    severity: .off,
    evidence: [.ast],
    summary: "New table whose columns would need less room in another order",
    why: "each row has bytes in it that hold nothing, and so does each page that is read",
    explanation: """
      PostgreSQL begins a `bigint` or a `timestamptz` at a multiple of 8 bytes, an `int` at one of 4. With the wide ones \
      first, then the narrow ones, then those of no fixed width, nothing is lost. Reported from 8 bytes a row on.

      Off unless it is configured: a table is read by people first, and 8 bytes a row matter from many millions of rows \
      on.
      """,
    bad: """
      create table public.events (
        is_read boolean not null, at timestamptz not null, kind smallint not null, id bigint primary key);
      """,
    good: """
      create table public.events (
        id bigint primary key, at timestamptz not null, kind smallint not null, is_read boolean not null);
      """,
    source: "https://www.postgresql.org/docs/15/storage-page-layout.html; "
      + "https://www.postgresql.org/docs/15/catalog-pg-type.html (typalign)",
    others: [.atlas: ["PG110"]]
  )

  func check(_ statement: Statement, in context: StatementContext) -> [Issue] {
    guard case .createTable(let create) = statement.syntax, create.persistence != .temporary else { return [] }
    // Behind the first that has no fixed width, nothing can be said.
    let known = create.columns.map { $0.type.flatMap(Self.width) }
    let widths = known.prefix { $0 != nil }.compactMap(\.self)
    guard widths.count > 2 else { return [] }
    let best = widths.sorted { $0.alignment > $1.alignment }
    let waste = Self.size(widths) - Self.size(best)
    guard waste >= 8 else { return [] }
    let table = context.declared.resolve(create.name)
    let order = zip(create.columns, widths).enumerated().sorted {
      ($1.element.1.alignment, $0.offset) < ($0.element.1.alignment, $1.offset)
    }.map { Quoting.identifier($0.element.0.name) }
    return [
      context.issue(
        "each row of \(table) has \(waste) bytes more than its columns need", at: statement.range,
        object: ObjectName(table), fix: .init(text: "in this order: \(order.joined(separator: ", "))"))
    ]
  }

  private typealias Width = (size: Int, alignment: Int)

  /// Rounded up, as rows are.
  private static func size(_ widths: [Width]) -> Int {
    let size = widths.reduce(0) { size, width in rounded(size, to: width.alignment) + width.size }
    return rounded(size, to: 8)
  }

  private static func rounded(_ size: Int, to alignment: Int) -> Int { (size + alignment - 1) / alignment * alignment }

  /// Nil for a type that has no fixed width, or that is not known.
  private static func width(of type: Syntax.TypeName) -> Width? {
    guard !type.isArray else { return nil }
    return switch type.serverName {
    case "boolean", "\"char\"": (1, 1)
    case "smallint", "smallserial": (2, 2)
    case "integer", "serial", "real", "date", "oid": (4, 4)
    case "bigint", "bigserial", "double precision", "timestamp with time zone", "timestamp without time zone",
      "time without time zone", "money":
      (8, 8)
    case "interval": (16, 8)
    case "uuid": (16, 1)
    default: nil
    }
  }
}
