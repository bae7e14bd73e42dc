import SearchModel

/// Tokens to a query, by recursive descent; the depth limit bounds the recursion.
struct Grammar {
  private let tokens: [Token]
  private let textEnd: Int
  private let values: ValueReader
  private let limits: QueryLimits
  private var position = 0
  private var termCount = 0

  static func query(
    of text: String, moment: QueryMoment, limits: QueryLimits
  ) throws(Fault) -> Query {
    let byteCount = text.utf8.count
    guard byteCount <= limits.byteCount else {
      let reason = QueryError.Reason.tooLong(byteCount: byteCount, maximum: limits.byteCount)
      throw Fault(reason, 0..<0)
    }
    var grammar = Grammar(
      tokens: try Lexer.tokens(of: text), textEnd: text.unicodeScalars.count,
      values: ValueReader(moment: moment), limits: limits)
    return try grammar.run()
  }

  private init(tokens: [Token], textEnd: Int, values: ValueReader, limits: QueryLimits) {
    self.tokens = tokens
    self.textEnd = textEnd
    self.values = values
    self.limits = limits
  }

  private var current: Token? { position < tokens.count ? tokens[position] : nil }

  private var end: Range<Int> { textEnd..<textEnd }

  private mutating func run() throws(Fault) -> Query {
    if tokens.isEmpty { return .nothing }
    let query = try sequence(qualifier: nil, depth: 0)
    // A sequence ends at the end or at a closing parenthesis.
    if let token = current { throw Fault(.unopenedParenthesis, token.range) }
    return query
  }

  /// `a b AND c`
  private mutating func sequence(qualifier: Qualifier?, depth: Int) throws(Fault) -> Query {
    var parts: [Query] = []
    while let token = current, token.kind != .closing {
      if token.kind == .and {
        guard !parts.isEmpty else { throw Fault(.nothingBefore(operator: "AND"), token.range) }
        position += 1
        try requireOperand(after: "AND", at: token.range)
      }
      parts.append(try alternatives(qualifier: qualifier, depth: depth))
    }
    return .conjunction(parts)
  }

  /// `a OR b`
  private mutating func alternatives(qualifier: Qualifier?, depth: Int) throws(Fault) -> Query {
    var parts = [try operand(qualifier: qualifier, depth: depth)]
    while let token = current, token.kind == .or {
      position += 1
      try requireOperand(after: "OR", at: token.range)
      parts.append(try operand(qualifier: qualifier, depth: depth))
    }
    return .disjunction(parts)
  }

  private func requireOperand(after name: String, at range: Range<Int>) throws(Fault) {
    switch current?.kind {
    case nil, .closing, .or, .and: throw Fault(.nothingAfter(operator: name), range)
    default: return
    }
  }

  /// `-a`, `name:a`, `(a b)`, `a`
  private mutating func operand(qualifier: Qualifier?, depth: Int) throws(Fault) -> Query {
    guard let token = current else { throw Fault(.emptyParentheses, end) }
    guard depth < limits.depth else { throw Fault(.tooDeep(maximum: limits.depth), token.range) }
    position += 1
    switch token.kind {
    case .or: throw Fault(.nothingBefore(operator: "OR"), token.range)
    case .and: throw Fault(.nothingBefore(operator: "AND"), token.range)
    case .closing: throw Fault(.unopenedParenthesis, token.range)
    case .not(let name):
      try requireOperand(after: name, at: token.range)
      return .negation(try operand(qualifier: qualifier, depth: depth + 1))
    case .opening: return try group(openedBy: token, qualifier: qualifier, depth: depth + 1)
    case .qualifier(let inner): return try operand(qualifier: inner, depth: depth)
    case .bare(let text):
      let query = try values.query(bare: text, at: token.range, qualifier: qualifier)
      return try counted(query, at: token.range)
    case .quoted(let text, let starBefore, let starAfter):
      let query = try values.query(
        quoted: text, starBefore: starBefore, starAfter: starAfter, at: token.range,
        qualifier: qualifier)
      return try counted(query, at: token.range)
    }
  }

  private mutating func group(
    openedBy opening: Token, qualifier: Qualifier?, depth: Int
  ) throws(Fault) -> Query {
    if let token = current, token.kind == .closing {
      throw Fault(.emptyParentheses, opening.range.lowerBound..<token.range.upperBound)
    }
    let query = try sequence(qualifier: qualifier, depth: depth)
    guard current != nil else { throw Fault(.unclosedParenthesis, opening.range) }
    position += 1
    return query
  }

  private mutating func counted(_ query: Query, at range: Range<Int>) throws(Fault) -> Query {
    if case .all(let parts) = query { termCount += parts.count } else { termCount += 1 }
    guard termCount <= limits.termCount else {
      throw Fault(.tooManyTerms(maximum: limits.termCount), range)
    }
    return query
  }
}
