internal import Basics
internal import FoundationEssentials

/// Versions that nobody has, for migrations that are written or renamed.
struct FreshVersions {
  let order: VersionOrder
  /// In use anywhere.
  private var taken: Set<String>
  private let now: Date

  init(order: VersionOrder, taken: Set<String>, now: Date) {
    self.order = order
    self.taken = taken
    self.now = now
  }

  /// Takes a version after `floor`: the time now where it is to be the last, otherwise as little after it as can be, so
  /// that what comes later still does.
  ///
  /// Where versions are numbers and no times, it is the next number that is free.
  mutating func take(after floor: String, others: some Sequence<String>, isLast: Bool) -> String {
    let floor = floor.isEmpty ? others.max(by: order.precedes) ?? "" : floor
    let version = next(after: floor, isLast: isLast)
    taken.insert(version)
    return version
  }

  mutating func note(_ version: String) { taken.insert(version) }

  private func next(after floor: String, isLast: Bool) -> String {
    guard floor.isEmpty || floor.count >= 8 else { return nextNumber(after: floor) }
    // A date alone, 20250101, keeps its place as the first moment of its day.
    let present = Self.time(of: floor + String(repeating: "0", count: max(0, 14 - floor.count)))
    var time = isLast && order.precedes(floor, Self.text(of: now)) ? now : present ?? now
    while true {
      let version = Self.text(of: time)
      if present == nil || order.precedes(floor, version), !taken.contains(version) { return version }
      time.addTimeInterval(1)
    }
  }

  private func nextNumber(after floor: String) -> String {
    var number = Int(floor) ?? 0
    while true {
      number += 1
      let digits = String(number)
      let version = String(repeating: "0", count: max(0, floor.count - digits.count)) + digits
      if !taken.contains(version) { return version }
    }
  }

  /// Fourteen digits, in UTC.
  private static func text(of time: Date) -> String {
    String(time.formatted(.iso8601).filter(\.isWholeNumber))
  }

  private static func time(of version: String) -> Date? {
    guard FileNameFormat.isTime(version) else { return nil }
    let digits = Array(version)
    func part(_ range: Range<Int>) -> String { String(digits[range]) }
    let text = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z"
    return try? Date(text, strategy: .iso8601)
  }
}
