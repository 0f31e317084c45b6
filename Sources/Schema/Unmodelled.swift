/// Objects of a kind that no fact describes: they are there, and whether they differ is not known.
package struct Unmodelled: Hashable, Sendable, Codable {
  /// In the singular: `cast`, `foreign table`.
  package let kind: String
  package let count: Int
  /// The first few names, sorted.
  package let names: [String]
}

extension Unmodelled: CustomStringConvertible {
  /// `cast (text AS integer)`, `7 operators: public.+, ...`.
  package var description: String {
    let listed = names.joined(separator: ", ") + (names.count < count ? ", ..." : "")
    return count == 1 ? "\(kind) \(listed)" : "\(count) × \(kind): \(listed)"
  }
}
