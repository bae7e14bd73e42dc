import SearchModel

public enum MatchHighlighter {
    /// Where in `text`, the value of `field`, something matches the query: ascending, not
    /// overlapping.
    public static func ranges(
        of query: Query, in text: String, field: Field
    ) -> [Range<String.Index>] { [] }
}
