import SearchModel

/// Turns a query into what engines carry out: the same tree on every machine.
///
/// Whatever has neither a letter nor a digit says nothing and is left out. Beside other words,
/// English stop words are not required. The tree is simplified: no node has a single child, none
/// but the root is ``TermQuery/nothing``, and a negation is always an exclusion.
///
/// A query has at most ``maximumLeafCount`` leaves and ``maximumDepth`` levels; what goes beyond is
/// left out, so callers that want to refuse such a query do so before.
public struct QueryAnalyzer: Sendable {
  /// More words than people type, fewer than would tie up an engine.
  public static let maximumLeafCount = 1024

  public static let maximumDepth = 64

  public init() {}

  public func analyze(_ query: Query) -> TermQuery {
    var budget = Self.maximumLeafCount
    return Translation(query, depth: 0, budget: &budget).positive ?? .nothing
  }
}

/// One node on its way from query to term query.
private struct Translation {
  /// Nil for a node that says nothing.
  var query: TermQuery?
  /// Whether records must match or must not match `query`.
  var isNegated = false

  /// The node as it stands alone.
  var positive: TermQuery? {
    guard isNegated, let query else { return query }
    return query == .nothing ? .everything : .excluding(.everything, query)
  }

  init(_ query: Query, depth: Int, budget: inout Int) {
    guard depth < QueryAnalyzer.maximumDepth, budget > 0 else { return }
    switch query {
    case .nothing: self.query = .nothing
    case .everything: self.query = .everything
    case .word(let text, let field): self.query = WordQueries(field: field).word(text)
    case .resembling(let text): self.query = Self.resembling(text)
    case .phrase(let text, let field): self.query = PhraseQueries(field: field).phrase(text)
    case .prefix(let text, let field): self.query = WordQueries(field: field).prefix(text)
    case .infix(let text, let field): self.query = WordQueries(field: field).infix(text)
    case .filter(let filter): self.query = .filter(filter)
    case .not(let inner):
      self = Translation(inner, depth: depth + 1, budget: &budget)
      isNegated.toggle()
      return
    case .all(let children):
      self.query = Self.all(children, depth: depth, budget: &budget)
      return
    case .any(let children):
      self.query = Self.any(children, depth: depth, budget: &budget)
      return
    }
    budget -= self.query?.leafCount ?? 0
    if budget < 0 { self.query = nil }
  }

  private static func all(_ children: [Query], depth: Int, budget: inout Int) -> TermQuery? {
    guard !children.isEmpty else { return .everything }
    var required: [TermQuery] = []
    var excluded: [TermQuery] = []
    var saidSomething = false
    for child in requiredChildren(of: children) {
      let translated = Translation(child, depth: depth + 1, budget: &budget)
      guard let query = translated.query else { continue }
      saidSomething = true
      if translated.isNegated { excluded.append(query) } else { required.append(query) }
    }
    guard saidSomething else { return nil }
    let positive = TermQuery.simplifiedAll(required)
    let negative = TermQuery.simplifiedAny(excluded)
    if positive == .nothing || negative == .nothing { return positive }
    return .excluding(positive, negative)
  }

  private static func any(_ children: [Query], depth: Int, budget: inout Int) -> TermQuery? {
    guard !children.isEmpty else { return .nothing }
    let translated = children.compactMap {
      Translation($0, depth: depth + 1, budget: &budget).positive
    }
    return translated.isEmpty ? nil : .simplifiedAny(translated)
  }

  /// The children without stop words, unless nothing else would be required.
  private static func requiredChildren(of children: [Query]) -> [Query] {
    let required = children.filter { child in
      guard case .word(let text, nil) = child else { return true }
      return !StopWords.contains(TextNormalization.folded(text))
    }
    let hasWords = required.contains { child in
      switch child {
      case .not, .filter, .everything: false
      default: true
      }
    }
    return hasWords ? required : children
  }

  private static func resembling(_ text: String) -> TermQuery? {
    var words = WordQueries(field: nil, mode: .resembling)
    var budget = QueryAnalyzer.maximumLeafCount
    var parts: [TermQuery] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      let isStopWord = StopWords.contains(TextNormalization.folded(String(word)))
      words.factor = isStopWord ? StopWords.factor : 1
      guard let query = words.word(String(word)) else { continue }
      budget -= query.leafCount
      if budget < 0 { break }
      parts.append(query)
    }
    return parts.isEmpty ? nil : .simplifiedAny(parts)
  }
}
