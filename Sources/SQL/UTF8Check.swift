extension [UInt8] {
  /// Where the bytes stop being UTF-8 text; nil when they are.
  var offsetOfInvalidUTF8: Int? {
    // The standard library's check is vectorised, but does not say where.
    if String(validating: self, as: UTF8.self) != nil { return nil }
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}
