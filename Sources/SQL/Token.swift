/// A word of SQL, in the widest sense: what PostgreSQL's scanner takes as one, and comments.
struct Token {
  enum Kind: UInt8 {
    /// A keyword or an unquoted identifier.
    case word
    /// `"as is"`, also `U&"..."`.
    case quotedWord
    /// `'...'`, where only a doubled quote is special; also `U&'...'`, `B'...'`, `X'...'` and `N'...'`.
    case string
    /// `E'...'`, with backslash escapes.
    case escapeString
    /// `$tag$...$tag$`.
    case dollarString
    case number
    /// `$1`.
    case parameter
    case `operator`
    /// A single character that is no operator: brackets, comma, semicolon, colon, dot, and what SQL does not know.
    case punctuation
    /// To the end of the line, which is not part of it.
    case lineComment
    case blockComment
  }

  let kind: Kind
  /// In bytes of the file.
  let range: Range<Int>

  var isComment: Bool { kind == .lineComment || kind == .blockComment }
  var isString: Bool { kind == .string || kind == .escapeString || kind == .dollarString }
}

/// A quote or a comment that never ends.
struct UnterminatedToken: Error {
  let kind: Token.Kind
  /// Where it begins.
  let start: Int
}

/// The bytes that SQL's lexical rules name.
enum Byte {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let formFeed = UInt8(0x0C)
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "'")
  static let doubleQuote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let dollar = UInt8(ascii: "$")
  static let dash = UInt8(ascii: "-")
  static let slash = UInt8(ascii: "/")
  static let asterisk = UInt8(ascii: "*")
  static let dot = UInt8(ascii: ".")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let semicolon = UInt8(ascii: ";")
  static let ampersand = UInt8(ascii: "&")
  static let openParenthesis = UInt8(ascii: "(")
  static let closeParenthesis = UInt8(ascii: ")")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let openBrace = UInt8(ascii: "{")
  static let percent = UInt8(ascii: "%")

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == space || byte == lineFeed || byte == tab || byte == carriageReturn || byte == formFeed
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }

  /// Every byte of a character outside ASCII counts as a letter.
  static func startsWord(_ byte: UInt8) -> Bool { isLetter(byte) || byte == 0x5F || byte >= 0x80 }

  static func continuesWord(_ byte: UInt8) -> Bool { startsWord(byte) || isDigit(byte) || byte == dollar }

  static func isOperator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "^"), ampersand,
      UInt8(ascii: "|"), UInt8(ascii: "`"), UInt8(ascii: "?"), UInt8(ascii: "+"), dash, asterisk, slash, percent,
      UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}
