import SearchModel

/// Words that are spelled like another.
public enum SpellingSuggester {
    /// - Parameters:
    ///   - word: as typed.
    ///   - vocabulary: folded words with the number of records that hold them, in any order.
    /// - Returns: at most `limit`, nearest first, then the most frequent, then by UTF-8 bytes; never
    ///   `word` itself.
    public static func suggestions(
        for word: String, in vocabulary: some Sequence<(word: String, documentFrequency: Int)>,
        limit: Int
    ) -> [String] { [] }
}
