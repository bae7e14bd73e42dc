import SearchModel

/// A word or phrase and the qualifier before it, to a query.
struct ValueReader {
  let moment: QueryMoment

  func query(
    bare text: String, at range: Range<Int>, qualifier: Qualifier?
  ) throws(Fault) -> Query {
    guard let qualifier else { return Wildcards.query(of: text, field: nil) ?? .everything }
    if let field = qualifier.field {
      guard let query = Wildcards.query(of: text, field: field) else {
        throw Fault(.missingValue(qualifier: qualifier.rawValue), range)
      }
      return query
    }
    if text.unicodeScalars.contains(where: Symbols.isStar) {
      throw Fault(.wildcardInCondition(qualifier: qualifier.rawValue), range)
    }
    return try condition(qualifier, value: text, at: range)
  }

  func query(
    quoted text: String, starBefore: Bool, starAfter: Bool, at range: Range<Int>,
    qualifier: Qualifier?
  ) throws(Fault) -> Query {
    if let qualifier, qualifier.field == nil {
      if starBefore || starAfter {
        throw Fault(.wildcardInCondition(qualifier: qualifier.rawValue), range)
      }
      return try condition(qualifier, value: text, at: range)
    }
    if starBefore || starAfter {
      guard !text.isEmpty else { throw Fault(.emptyPhrase, range) }
      return starBefore
        ? .infix(text, field: qualifier?.field) : .prefix(text, field: qualifier?.field)
    }
    guard !text.unicodeScalars.allSatisfy(Symbols.isSpace) else {
      throw Fault(.emptyPhrase, range)
    }
    return .phrase(text, field: qualifier?.field)
  }

  private func condition(
    _ qualifier: Qualifier, value: String, at range: Range<Int>
  ) throws(Fault) -> Query {
    let narrow = Symbols.narrowed(value.unicodeScalars)
    switch qualifier {
    case .fileExtension: return .condition(.fileExtension(value))
    case .folder: return .condition(.folder(value))
    case .owner:
      guard !value.isEmpty else { throw Fault(.emptyPhrase, range) }
      return .condition(.owner(value))
    case .type: return .filter(.type(try fileType(narrow.lowercased(), at: range)))
    case .size: return .condition(try SizeExpression.filter(narrow, at: range))
    case .date:
      return .condition(
        try DateExpression(moment: moment).filter(narrow.lowercased(), at: range))
    case .hash:
      guard let hash = ContentHash(hexadecimal: narrow) else {
        throw Fault(.invalidHash(value), range)
      }
      return .filter(.contentHash(hash))
    case .name, .title, .keyword, .text, .directory:
      preconditionFailure("The callers turn fields into words.")
    }
  }

  /// Plurals are understood: `type:images`.
  private func fileType(_ name: String, at range: Range<Int>) throws(Fault) -> FileType {
    if let type = FileType(rawValue: name) { return type }
    if name.hasSuffix("s"), let type = FileType(rawValue: String(name.dropLast())) { return type }
    let nearest = FileType.allCases.first { EditDistance.isOneStep(from: name, to: $0.rawValue) }
    throw Fault(.unknownType(name, suggestion: nearest?.rawValue), range)
  }
}
