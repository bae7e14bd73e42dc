import SearchModel

/// A word of a stored field and where it stands.
public struct FieldToken: Hashable, Sendable {
  /// Normalised and case-folded, not stemmed.
  public var text: String
  /// Where it stands in the original text.
  public var range: Range<String.Index>
}

public enum FieldTokens {
  public static func tokens(in text: String, field: Field) -> [FieldToken] { [] }
}
