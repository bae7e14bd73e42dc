/// A piece of a query's text.
struct Token: Hashable {
  enum Kind: Hashable {
    case opening
    case closing
    case or
    case and
    /// `-` or `NOT`, as it was typed.
    case not(String)
    /// `name:`; the token after it is always its value or an opening parenthesis.
    case qualifier(Qualifier)
    /// A word as it was typed, stars included.
    case bare(String)
    /// The text between quotation marks, and whether stars stood directly around them.
    case quoted(String, starBefore: Bool, starAfter: Bool)
  }

  var kind: Kind

  /// In Unicode scalars of the query.
  var range: Range<Int>
}

/// A ``QueryError`` with its place still in Unicode scalars.
struct Fault: Error, Hashable {
  var reason: QueryError.Reason
  var range: Range<Int>

  init(_ reason: QueryError.Reason, _ range: Range<Int>) {
    self.reason = reason
    self.range = range
  }
}
