extension Duration {
  /// Whole and fractional milliseconds.
  package var milliseconds: Double {
    Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15
  }

  /// As a person reads it: `0.4 ms`, `87 ms`, `1.4 s`, `2 min 5 s`.
  package var text: String {
    let milliseconds = self.milliseconds
    switch milliseconds {
    case ..<9.95: return "\((milliseconds * 10).rounded() / 10) ms"
    case ..<999.5: return "\(Int(milliseconds.rounded())) ms"
    case ..<59_950: return "\((milliseconds / 100).rounded() / 10) s"
    default:
      let seconds = Int((milliseconds / 1_000).rounded())
      return "\(seconds / 60) min \(seconds % 60) s"
    }
  }
}
