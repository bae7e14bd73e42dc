/// What a user asks for: the syntax tree of a query, before text analysis.
///
/// Words stand as they were typed. The tree says nothing of terms, engines or weights, so that one
/// query means the same on every machine it travels to.
public indirect enum Query: Hashable, Sendable, Codable {
  /// Matches nothing, with no weight: the query of an empty search box.
  case nothing

  /// Matches every record with weight 0: `*` alone, or the positive side of a query that only
  /// excludes and filters.
  case everything

  /// A word to be found in `field`, or in any field when nil.
  ///
  /// The words stays one leaf even where analysis will make several terms of it
  /// (`ProjectPlan_v2`, a run of Hangul).
  case word(String, field: Field?)

  /// Text of which any part may match, a word or even a piece of one; weights add up, so what
  /// shares more of it, and rarer parts, comes first. Nobody types it: ``RelaxingSearch`` asks so
  /// when too few records match every word.
  case resembling(String)

  /// `"…"`: words that stand next to each other in one field.
  case phrase(String, field: Field?)

  /// `pre*`: words that start so.
  case prefix(String, field: Field?)

  /// `*inside*` and `*end`: words that hold this text.
  case infix(String, field: Field?)

  /// All must match; weights add up. Empty: ``everything``.
  case all([Query])

  /// At least one must match; weights add up. Empty: ``nothing``.
  case any([Query])

  /// Must not match. Only meaningful inside ``all(_:)``; anywhere else it stands for everything
  /// but the records matched.
  case not(Query)

  /// Restricts without a weight.
  case filter(Filter)
}

extension Query {
  /// The query for plain text in which nothing is an operator: every word, separated by white
  /// space, must match. ``nothing`` for text without words.
  public static func words(_ text: String) -> Query {
    let words = text.split(whereSeparator: \.isWhitespace).map {
      Query.word(String($0), field: nil)
    }
    return words.isEmpty ? .nothing : words.count == 1 ? words[0] : .all(words)
  }
}

/// The searchable fields of a record.
public enum Field: String, Hashable, Sendable, Codable, CaseIterable {
  case name
  case directory
  case title
  case keyword
  case text
}

/// A condition on a record that carries no weight.
public enum Filter: Hashable, Sendable, Codable {
  /// `ext:pdf`: the file name's extension, compared without case; no dot.
  case fileExtension(String)

  /// `type:image`: a family of extensions.
  case type(FileType)

  /// `in:photos/2024`: the record's folder is this one or lies below it. Components compare
  /// without case and whole; they may start at any component of the record's folder.
  case folder(String)

  /// `owner:jeon`: the owner's user name, compared without case.
  case owner(String)

  /// `size:>10M`: inclusive bounds in bytes; nil is open.
  case size(minimum: Int64?, maximum: Int64?)

  /// `date:2024-01..2024-06`: inclusive bounds of the modification time in seconds since 1970.
  case modified(earliest: Int64?, latest: Int64?)

  /// `hash:`: the content hash.
  case contentHash(ContentHash)
}
