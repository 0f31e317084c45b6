package import FoundationEssentials

/// A moment, to the millisecond, as records and logs keep it.
package struct Timestamp: Hashable, Sendable {
  /// Since 1970-01-01T00:00:00Z, without leap seconds.
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package init(_ date: Date) {
    milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
  }

  /// The system clock's present moment.
  package static var now: Timestamp { Timestamp(Date()) }

  package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }

  /// The time from `earlier` to this moment; negative when this comes first.
  package func since(_ earlier: Timestamp) -> Duration {
    .milliseconds(milliseconds - earlier.milliseconds)
  }
}

extension Timestamp: Comparable {
  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
}

extension Timestamp: CustomStringConvertible {
  /// ISO 8601 in UTC, to the second: `2025-11-08T12:00:00Z`.
  package var description: String { date.formatted(.iso8601) }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}
