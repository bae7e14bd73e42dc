import SearchModel

/// Text to ``SearchModel/Query``.
///
///     let query = try QueryParser(moment: moment).parse("invoice -draft size:>10M")
///
/// The language, from what binds most to what binds least:
/// - A value: a word, a `"phrase"`, `pre*`, `*inside*` or `*end`, or a group in parentheses.
/// - `name:` and the other qualifiers, directly before a value (``QueryHelp``).
/// - `-` directly before a value or group, or `NOT`: excludes.
/// - `OR` between two of these: `report pdf OR doc` is `report` and one of the other two.
/// - A space or `AND`: both must match.
///
/// What looks like an operator inside a word belongs to the word: `e-mail`, `report(1).pdf`,
/// `12:30`, `C:\x`, `http://…`, `--help`. A hyphen between spaces is ignored (`Artist - Title`).
/// `*.pdf` is `ext:pdf`; stars between (`report*2024*.pdf`) ask for each of the pieces, in any
/// order. Typographic quotation marks and full-width forms count as the plain ones.
public struct QueryParser: Hashable, Sendable {
  public var moment: QueryMoment
  public var limits: QueryLimits

  public init(moment: QueryMoment, limits: QueryLimits = .standard) {
    self.moment = moment
    self.limits = limits
  }

  /// - Returns: a query in its ``Query/canonical`` form; ``Query/nothing`` for a text without a
  ///   word or condition.
  /// - Throws: ``QueryError``, the first that is found.
  public func parse(_ text: String) throws(QueryError) -> Query {
    do throws(Fault) {
      return try Grammar.query(of: text, moment: moment, limits: limits)
    } catch {
      throw Self.error(error, in: text)
    }
  }

  /// Counts the characters before the fault, as people and editors count them.
  private static func error(_ fault: Fault, in text: String) -> QueryError {
    var scalars = 0
    var offset = 0
    var end = 0
    for character in text {
      scalars += character.unicodeScalars.count
      if scalars <= fault.range.lowerBound { offset += 1 }
      if scalars <= fault.range.upperBound { end += 1 }
    }
    return QueryError(reason: fault.reason, offset: offset, length: max(0, end - offset))
  }
}
