/// A query that cannot be understood: what is wrong, where, and what would be right.
public struct QueryError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// The query has more UTF-8 bytes than ``QueryLimits/byteCount``.
    case tooLong(byteCount: Int, maximum: Int)
    /// More words, phrases and conditions than ``QueryLimits/termCount``.
    case tooManyTerms(maximum: Int)
    /// More parentheses and negations inside each other than ``QueryLimits/depth``.
    case tooDeep(maximum: Int)
    case unclosedQuote
    case unclosedParenthesis
    /// A closing parenthesis without an opening one.
    case unopenedParenthesis
    case emptyParentheses
    case emptyPhrase
    /// `OR` or `AND` with nothing before it.
    case nothingBefore(operator: String)
    /// `OR`, `AND`, `NOT` or `-` with nothing after it.
    case nothingAfter(operator: String)
    /// A field or condition with nothing directly after its colon.
    case missingValue(qualifier: String)
    /// A word before a colon that is nearly one of the fields.
    case unknownQualifier(String, suggestion: String)
    /// `*` in a condition that compares whole values.
    case wildcardInCondition(qualifier: String)
    case invalidSize(String)
    case invalidDate(String)
    /// `date:>7d`: is it the older or the newer ones?
    case comparedDuration(String)
    /// A range that nothing can lie in, such as `size:20M..10M`.
    case emptyRange(String)
    case unknownType(String, suggestion: String?)
    case invalidHash(String)
  }

  public let reason: Reason

  /// Where the fault is, in characters of the query from 0; at most the query's length.
  public let offset: Int

  /// How many characters it spans; 0 where something is missing at the end.
  public let length: Int

  public init(reason: Reason, offset: Int, length: Int) {
    self.reason = reason
    self.offset = offset
    self.length = length
  }

  /// What is wrong, in one sentence without a full stop.
  public var problem: String {
    switch reason {
    case .tooLong(let count, let maximum):
      "the query has \(count) bytes, more than the \(maximum) that are allowed"
    case .tooManyTerms(let maximum): "the query has more than \(maximum) words and conditions"
    case .tooDeep(let maximum):
      "parentheses and negations are nested more than \(maximum) deep"
    case .unclosedQuote: "this quotation mark is never closed"
    case .unclosedParenthesis: "this parenthesis is never closed"
    case .unopenedParenthesis: "this closing parenthesis has no opening one"
    case .emptyParentheses: "there is nothing between these parentheses"
    case .emptyPhrase: "there is nothing between these quotation marks"
    case .nothingBefore(let name): "there is nothing before \(name)"
    case .nothingAfter(let name): "there is nothing after \(name)"
    case .missingValue(let name): "there is nothing directly after \(name):"
    case .unknownQualifier(let name, _): "there is no field \(shown(name)):"
    case .wildcardInCondition(let name): "\(name): compares whole values and takes no *"
    case .invalidSize(let text): "\(shown(text)) is not a size"
    case .invalidDate(let text): "\(shown(text)) is not a date"
    case .comparedDuration(let text): "\(shown(text)) can be read in two ways"
    case .emptyRange(let text): "nothing lies in \(shown(text))"
    case .unknownType(let text, _): "there is no type \(shown(text))"
    case .invalidHash(let text): "\(shown(text)) is not a content hash"
    }
  }

  /// What was expected, or what to write instead; one sentence without a full stop.
  public var advice: String {
    switch reason {
    case .tooLong, .tooManyTerms: "use fewer words"
    case .tooDeep: "take out parentheses that are not needed"
    case .unclosedQuote: "expected a second \" after the phrase"
    case .unclosedParenthesis: "expected a ) after the group"
    case .unopenedParenthesis: "expected a ( before the group, or quotation marks around the name"
    case .emptyParentheses, .emptyPhrase: "expected a word"
    case .nothingBefore, .nothingAfter:
      "expected a word there; put the operator in quotation marks to search for it"
    case .missingValue(let name):
      "expected a value without a space before it, as in \(QueryHelp.example(of: name))"
    case .unknownQualifier(let name, let suggestion):
      "did you mean \(suggestion): ? To search for the word, write \"\(shown(name)):\""
    case .wildcardInCondition(let name):
      "expected a whole value, as in \(QueryHelp.example(of: name))"
    case .invalidSize: "expected a size such as >10M, <=1.5GiB, 500k or 1M..2M"
    case .invalidDate:
      "expected a date such as 2024, 2024-06, 2024-06-15, 2023..2024-06, today or 7d"
    case .comparedDuration: "expected 7d for the newer ones or ..7d for the older ones"
    case .emptyRange: "expected the smaller or earlier end first"
    case .unknownType(_, let suggestion):
      suggestion.map { "did you mean type:\($0) ?" }
        ?? "expected one of \(QueryHelp.typeNames.joined(separator: ", "))"
    case .invalidHash: "expected 64 hexadecimal digits"
    }
  }

  /// Text from the query as a message may show it: short, and with nothing that a terminal obeys.
  private func shown(_ text: String) -> String {
    let clean = QueryExcerpt.printable(text)
    return clean.count > 40 ? clean.prefix(40) + "…" : clean
  }
}

extension QueryError: CustomStringConvertible {
  /// `At character 7: …; …` — characters are counted from 1 for people.
  public var description: String { "At character \(offset + 1): \(problem); \(advice)." }
}
