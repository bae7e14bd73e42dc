/// English words that say next to nothing about a file. They are indexed like all others, and a
/// search for them alone or in quotation marks finds them; beside other words they are not required.
enum StopWords {
  /// What a stop word counts for where any word may match. Not nothing: how a sentence is put
  /// together does tell sentences apart a little.
  static let factor = 0.5

  /// Articles, common prepositions, conjunctions and forms of "to be": a short list on purpose,
  /// since any word may be the one that names a file.
  private static let words: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "if", "in", "into",
    "is", "it", "its", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then",
    "there", "these", "they", "this", "to", "was", "will", "with", "using",
  ]

  static func contains(_ foldedWord: String) -> Bool { words.contains(foldedWord) }
}
