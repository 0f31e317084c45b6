internal import Basics

// Findings and edits are flat in JSON (`line`, `column`, `endLine`, `endColumn`), as editors and forges expect them.

extension Finding: Codable {
  private enum Key: String, CodingKey {
    case rule, severity, evidence, certainty, file, line, column, endLine, endColumn, object, message, why, fix
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      rule: try values.decode(RuleName.self, forKey: .rule),
      severity: try values.decode(Severity.self, forKey: .severity),
      evidence: try values.decode(Evidence.self, forKey: .evidence),
      certainty: try values.decode(Certainty.self, forKey: .certainty),
      file: try values.decode(String.self, forKey: .file),
      start: try values.position(.line, .column),
      end: try values.position(.endLine, .endColumn),
      object: try values.decodeIfPresent(String.self, forKey: .object),
      message: try values.decode(String.self, forKey: .message),
      why: try values.decode(String.self, forKey: .why),
      fix: try values.decodeIfPresent(Fix.self, forKey: .fix)
    )
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(rule, forKey: .rule)
    try values.encode(severity, forKey: .severity)
    try values.encode(evidence, forKey: .evidence)
    try values.encode(certainty, forKey: .certainty)
    try values.encode(file, forKey: .file)
    try values.encode(start, .line, .column)
    try values.encode(end, .endLine, .endColumn)
    try values.encodeIfPresent(object, forKey: .object)
    try values.encode(message, forKey: .message)
    try values.encode(why, forKey: .why)
    try values.encodeIfPresent(fix, forKey: .fix)
  }
}

extension Finding.Fix: Codable {
  private enum Key: String, CodingKey { case text, edits, newFiles, rename }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    text = try values.decode(String.self, forKey: .text)
    edits = try values.decodeIfPresent([Finding.Edit].self, forKey: .edits) ?? []
    newFiles = try values.decodeIfPresent([Finding.NewFile].self, forKey: .newFiles) ?? []
    rename = try values.decodeIfPresent(Finding.FileName.self, forKey: .rename)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(text, forKey: .text)
    if !edits.isEmpty { try values.encode(edits, forKey: .edits) }
    if !newFiles.isEmpty { try values.encode(newFiles, forKey: .newFiles) }
    try values.encodeIfPresent(rename, forKey: .rename)
  }
}

extension Finding.Edit: Codable {
  private enum Key: String, CodingKey { case file, line, column, endLine, endColumn, newText }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    file = try values.decode(String.self, forKey: .file)
    start = try values.position(.line, .column)
    end = try values.position(.endLine, .endColumn)
    newText = try values.decode(String.self, forKey: .newText)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(file, forKey: .file)
    try values.encode(start, .line, .column)
    try values.encode(end, .endLine, .endColumn)
    try values.encode(newText, forKey: .newText)
  }
}

extension KeyedDecodingContainer {
  fileprivate func position(_ line: Key, _ column: Key) throws -> SourcePosition {
    SourcePosition(line: try decode(Int.self, forKey: line), column: try decode(Int.self, forKey: column))
  }
}

extension KeyedEncodingContainer {
  fileprivate mutating func encode(_ position: SourcePosition, _ line: Key, _ column: Key) throws {
    try encode(position.line, forKey: line)
    try encode(position.column, forKey: column)
  }
}
