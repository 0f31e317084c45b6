internal import SQL

extension Script {
  /// The statements as the Supabase CLI puts them into the history: comments stay with the statement that follows, those
  /// after the last statement are an element of their own; no semicolon and no white space at either end.
  ///
  /// (The CLI's own splitter goes wrong on `E'it\'s; x'`; there, and only there, the elements differ.) The data of a
  /// COPY and psql's commands are left out, with the comments before them.
  var historyStatements: [String] {
    var comments = comments.filter { !$0.isInsideBody }.map(\.range)[...]
    var commands = tolerated.map(\.range)[...]
    var elements: [String] = []
    for statement in statements {
      let start = statement.range.lowerBound
      let command = commands.prefix { $0.lowerBound < start }.last
      commands = commands.drop { $0.lowerBound < start }
      let ahead = comments.first { $0.lowerBound < start && $0.lowerBound >= command?.upperBound ?? 0 }
      elements.append(text(from: ahead?.lowerBound ?? start, to: statement.range.upperBound))
      comments = comments.drop { $0.lowerBound < statement.range.upperBound }
    }
    if let first = comments.first, let last = comments.last {
      elements.append(text(from: first.lowerBound, to: last.upperBound))
    }
    return elements
  }

  private func text(from start: Int, to end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
