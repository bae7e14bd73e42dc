import SearchModel

extension Query {
  /// The query that means the same and has a text: what parsing returns, and what
  /// ``text`` prints.
  ///
  /// - Groups of the same kind inside each other are one group; a group of one is that one.
  /// - What matches nothing disappears from an ``any(_:)`` and empties an ``all(_:)``.
  /// - A word that cannot stand without quotation marks (`OR`, one with a space) is a phrase.
  /// - ``resembling(_:)``, which nobody types, is any of its words.
  /// - Quotation marks inside a text are spaces.
  /// - A negative smallest size is 0; a range that nothing lies in is ``nothing``; a condition
  ///   that holds for every record is ``everything``.
  public var canonical: Query {
    switch self {
    case .nothing, .everything: self
    case .word(let text, let field): Self.canonicalWord(text, field: field)
    case .resembling(let text): Self.words(text).canonicalAlternatives
    case .phrase(let text, let field): Self.canonicalPhrase(text, field: field)
    case .prefix(let text, let field):
      text.isEmpty ? .everything : .prefix(Self.withoutQuotes(text), field: field)
    case .infix(let text, let field):
      text.isEmpty ? .everything : .infix(Self.withoutQuotes(text), field: field)
    case .all(let parts): Self.conjunction(parts.map(\.canonical))
    case .any(let parts): Self.disjunction(parts.map(\.canonical))
    case .not(let part): Self.negation(part.canonical)
    case .filter(let filter): Self.condition(filter)
    }
  }

  private var canonicalAlternatives: Query {
    if case .all(let words) = self { return Self.disjunction(words.map(\.canonical)) }
    return canonical
  }

  /// All of `parts`, which are canonical.
  static func conjunction(_ parts: [Query]) -> Query {
    var flat: [Query] = []
    for part in parts {
      if case .all(let inner) = part { flat += inner } else { flat.append(part) }
    }
    if flat.contains(.nothing) { return .nothing }
    if flat.count == 1 { return flat[0] }
    return flat.isEmpty ? .everything : .all(flat)
  }

  /// Any of `parts`, which are canonical.
  static func disjunction(_ parts: [Query]) -> Query {
    var flat: [Query] = []
    for part in parts where part != .nothing {
      if case .any(let inner) = part { flat += inner } else { flat.append(part) }
    }
    if flat.count == 1 { return flat[0] }
    return flat.isEmpty ? .nothing : .any(flat)
  }

  static func negation(_ part: Query) -> Query {
    part == .nothing ? .everything : .not(part)
  }

  static func condition(_ filter: Filter) -> Query {
    switch filter {
    case .fileExtension(let name):
      let start = name.unicodeScalars.drop { $0 == "." }
      return .filter(.fileExtension(withoutQuotes(Symbols.string(start))))
    case .folder(let path):
      var components = Substring(withoutQuotes(path)).unicodeScalars.drop { $0 == "/" }
      while components.last == "/" { components.removeLast() }
      return components.isEmpty ? .everything : .filter(.folder(Symbols.string(components)))
    case .owner(let name):
      return name.isEmpty ? .nothing : .filter(.owner(withoutQuotes(name)))
    case .size(let minimum, let maximum):
      let minimum = minimum.map { max($0, 0) }
      if minimum == nil, maximum == nil { return .everything }
      let isEmpty = (maximum ?? .max) < (minimum ?? 0)
      return isEmpty ? .nothing : .filter(.size(minimum: minimum, maximum: maximum))
    case .modified(let earliest, let latest):
      if earliest == nil, latest == nil { return .everything }
      if let earliest, let latest, latest < earliest { return .nothing }
      return .filter(filter)
    case .type, .contentHash:
      return .filter(filter)
    }
  }

  private static func canonicalWord(_ text: String, field: Field?) -> Query {
    let word = Query.word(text, field: field)
    return word.bareText == nil ? canonicalPhrase(text, field: field) : word
  }

  private static func canonicalPhrase(_ text: String, field: Field?) -> Query {
    let text = withoutQuotes(text)
    let isBlank = text.unicodeScalars.allSatisfy { Symbols.isSpace($0) }
    return isBlank ? .nothing : .phrase(text, field: field)
  }

  private static func withoutQuotes(_ text: String) -> String {
    Symbols.string(text.unicodeScalars.map { Symbols.isQuote($0) ? " " : $0 })
  }
}
