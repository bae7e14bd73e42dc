import SearchModel

extension Query {
  /// The query as a person would type it; parsing it gives ``canonical`` again, whatever the
  /// moment and the time zone. Empty for ``nothing``.
  public var text: String { canonical.printed }

  private var printed: String {
    switch self {
    // A canonical query holds neither inside another.
    case .nothing, .resembling: ""
    case .everything: "*"
    case .word(let text, let field): bareText ?? Self.qualified("\"\(text)\"", by: field)
    case .phrase(let text, let field): Self.qualified("\"\(text)\"", by: field)
    case .prefix(let text, let field): bareText ?? Self.qualified("\"\(text)\"*", by: field)
    case .infix(let text, let field): bareText ?? Self.qualified("*\"\(text)\"*", by: field)
    case .all(let parts):
      parts.map { part in
        if case .any = part { part.printed } else { part.printedOperand }
      }.joined(separator: " ")
    case .any(let parts): parts.map(\.printedOperand).joined(separator: " OR ")
    case .not(let part): Self.negated(part.printedOperand)
    case .filter(let filter): Self.printed(filter)
    }
  }

  /// With parentheses where the query would fall apart without.
  private var printedOperand: String {
    switch self {
    case .all, .any, .not(.not): "(\(printed))"
    default: printed
    }
  }

  /// Two hyphens in a row are no operator, so a second one is kept away.
  private static func negated(_ operand: String) -> String {
    let startsWithMinus = operand.unicodeScalars.first.map(Symbols.isMinus) ?? false
    return startsWithMinus ? "NOT \(operand)" : "-\(operand)"
  }

  private static func qualified(_ value: String, by field: Field?) -> String {
    field.map { "\(Qualifier($0).rawValue):\(value)" } ?? value
  }

  /// The text without quotation marks for a word, prefix or infix; nil where reading it back
  /// would give something else.
  var bareText: String? {
    let text: String
    switch self {
    case .word(let word, let field): text = Self.qualified(word, by: field)
    case .prefix(let start, let field): text = Self.qualified(start + "*", by: field)
    case .infix(let part, let field): text = Self.qualified("*\(part)*", by: field)
    default: return nil
    }
    // No value of a word depends on the moment.
    let moment = QueryMoment(now: 0, timeZone: .gmt)
    return (try? Grammar.query(of: text, moment: moment, limits: .unlimited)) == self ? text : nil
  }

  // MARK: Conditions

  private static func printed(_ filter: Filter) -> String {
    switch filter {
    case .fileExtension(let name): "ext:" + bareOrQuoted(name)
    case .type(let type): "type:\(type.rawValue)"
    case .folder(let path): "in:" + bareOrQuoted(path)
    case .owner(let name): "owner:" + bareOrQuoted(name)
    case .size(let minimum, let maximum):
      "size:" + range(minimum.map(String.init), maximum.map(String.init))
    case .modified(let earliest, let latest):
      "date:" + range(earliest.map(CivilTime.text), latest.map(CivilTime.text))
    case .contentHash(let hash): "hash:\(hash.hexadecimal)"
    }
  }

  private static func range(_ lower: String?, _ upper: String?) -> String {
    (lower ?? "") + ".." + (upper ?? "")
  }

  /// Values of plain letters and digits need no quotation marks.
  private static func bareOrQuoted(_ value: String) -> String {
    let isPlain =
      !value.isEmpty
      && value.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "/" || $0 == "_"
      }
    return isPlain ? value : "\"\(value)\""
  }
}

extension QueryLimits {
  /// For texts that this module makes itself.
  static let unlimited = QueryLimits(byteCount: .max, termCount: .max, depth: 1_000)
}
