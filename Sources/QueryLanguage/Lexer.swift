/// Cuts a query's text into tokens. It works on Unicode scalars, so that a combining mark after a
/// quotation mark does not hide it.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private let partners: [Int?]
  private var position = 0
  private var tokens: [Token] = []

  static func tokens(of text: String) throws(Fault) -> [Token] {
    var lexer = Lexer(text)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    partners = Self.partners(in: scalars)
  }

  private mutating func run() throws(Fault) {
    while position < scalars.count {
      let scalar = scalars[position]
      if Symbols.isSpace(scalar) {
        position += 1
      } else if Symbols.isOpening(scalar) {
        append(.opening, upTo: position + 1)
      } else if Symbols.isClosing(scalar) {
        append(.closing, upTo: position + 1)
      } else if Symbols.isMinus(scalar), isLoneOrOperator(at: position) {
        readMinus()
      } else if let (qualifier, end) = try qualifier(at: position) {
        try readQualifier(qualifier, end: end)
      } else {
        try readValue(operatorsCount: true)
      }
    }
  }

  private mutating func append(_ kind: Token.Kind, upTo end: Int) {
    tokens.append(Token(kind: kind, range: position..<end))
    position = end
  }

  // MARK: Minus

  /// Two hyphens in a row are no operator: `--help` is a word.
  private func isLoneOrOperator(at index: Int) -> Bool {
    index + 1 == scalars.count || !Symbols.isMinus(scalars[index + 1])
  }

  /// A hyphen that stands alone, as in `Artist - Title`, is neither operator nor word.
  private mutating func readMinus() {
    let next = position + 1
    if next < scalars.count, !Symbols.isSpace(scalars[next]), !Symbols.isClosing(scalars[next]) {
      append(.not("-"), upTo: next)
    } else {
      position = next
    }
  }

  // MARK: Qualifiers

  /// The qualifier that starts at `index`, and the index after its colon.
  ///
  /// Letters before a colon that are no qualifier are part of a word (`http://…`, `C:\x`) unless
  /// they are nearly one.
  private func qualifier(at index: Int) throws(Fault) -> (Qualifier, Int)? {
    let letters = scalars[index...].prefix(Self.longestSpelling + 1)
      .prefix { isLetter($0) }
    let end = index + letters.count
    guard !letters.isEmpty, end < scalars.count, Symbols.isColon(scalars[end]) else { return nil }
    let spelling = Symbols.narrowed(letters)
    if let qualifier = Qualifier(spelling: spelling) { return (qualifier, end + 1) }
    let next = end + 1 < scalars.count ? scalars[end + 1] : " "
    let isAddress = next == "/" || next == "\\" || Symbols.isColon(next)
    if !isAddress, !Symbols.isSpace(next), let nearest = Qualifier.nearest(to: spelling) {
      throw Fault(.unknownQualifier(spelling, suggestion: nearest), index..<end + 1)
    }
    return nil
  }

  /// Longer than every spelling of a qualifier with one letter too many.
  private static let longestSpelling = 12

  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xFF21...0xFF3A, 0xFF41...0xFF5A: true
    default: false
    }
  }

  private mutating func readQualifier(_ qualifier: Qualifier, end: Int) throws(Fault) {
    append(.qualifier(qualifier), upTo: end)
    guard position < scalars.count, !Symbols.isSpace(scalars[position]),
      !Symbols.isClosing(scalars[position])
    else { throw Fault(.missingValue(qualifier: qualifier.rawValue), position..<position) }
    if !Symbols.isOpening(scalars[position]) { try readValue(operatorsCount: false) }
  }

  // MARK: Words and phrases

  private mutating func readValue(operatorsCount: Bool) throws(Fault) {
    let stars = scalars[position...].prefix { Symbols.isStar($0) }.count
    let quote = position + stars
    if quote < scalars.count, Symbols.isQuote(scalars[quote]) {
      try readQuoted(openedAt: quote)
    } else {
      readBare(operatorsCount: operatorsCount)
    }
  }

  private mutating func readQuoted(openedAt quote: Int) throws(Fault) {
    guard let close = scalars[(quote + 1)...].firstIndex(where: { Symbols.isQuote($0) }) else {
      throw Fault(.unclosedQuote, quote..<quote + 1)
    }
    let text = Symbols.string(scalars[(quote + 1)..<close])
    let starsAfter = scalars[(close + 1)...].prefix { Symbols.isStar($0) }.count
    append(
      .quoted(text, starBefore: quote > position, starAfter: starsAfter > 0),
      upTo: close + 1 + starsAfter)
  }

  private mutating func readBare(operatorsCount: Bool) {
    var end = position
    while end < scalars.count {
      let scalar = scalars[end]
      if Symbols.isSpace(scalar) || Symbols.isQuote(scalar) || Symbols.isClosing(scalar) { break }
      if Symbols.isOpening(scalar) {
        // `report(1).pdf` is one word; `a(b c)` and `OR(b)` start a group.
        guard let partner = partners[end],
          !operatorsCount || operatorKind(of: position..<end) == nil
        else { break }
        end = partner
      }
      end += 1
    }
    let kind = operatorsCount ? operatorKind(of: position..<end) : nil
    append(kind ?? .bare(Symbols.string(scalars[position..<end])), upTo: end)
  }

  /// Operators are written in capitals, so that `or` stays a word.
  private func operatorKind(of range: Range<Int>) -> Token.Kind? {
    guard 2...3 ~= range.count else { return nil }
    return switch Symbols.narrowed(scalars[range]) {
    case "OR": .or
    case "AND": .and
    case "NOT": .not("NOT")
    default: nil
    }
  }

  /// For each opening parenthesis the closing one that belongs to it, where no space or quotation
  /// mark stands between them. Found in one pass, so that no text makes it slow.
  private static func partners(in scalars: [Unicode.Scalar]) -> [Int?] {
    var partners = [Int?](repeating: nil, count: scalars.count)
    var open: [Int] = []
    for (index, scalar) in scalars.enumerated() {
      if Symbols.isSpace(scalar) || Symbols.isQuote(scalar) {
        open.removeAll(keepingCapacity: true)
      } else if Symbols.isOpening(scalar) {
        open.append(index)
      } else if Symbols.isClosing(scalar), let start = open.popLast() {
        partners[start] = index
      }
    }
    return partners
  }
}
