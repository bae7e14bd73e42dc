/// Stems that are shorter than the beginning of a word that somebody has typed so far. An index
/// holds `univers` for `university`, so the prefix `universi` finds it only by way of its stem.
enum PrefixStems {
  /// Endings with which a typed beginning may go on; the commonest of English that stemming takes
  /// off, alone or one behind the other.
  private static let endings = [
    "", "e", "s", "y", "d", "n", "g", "ed", "es", "er", "ng", "ly", "al", "on", "ion", "ing",
    "ity", "ty", "ive", "able", "ment", "ness", "ful", "ation", "ational", "ization",
  ]

  /// - Returns: distinct stems of words that begin with `beginning`, each of them a proper
  ///   beginning of it with at least three letters.
  static func stems(shorterThan beginning: String) -> [String] {
    guard beginning.utf8.count > 3 else { return [] }
    var stems: [String] = []
    for ending in endings {
      let stem = EnglishStemmer.stem(beginning + ending)
      if stem.utf8.count >= 3, stem.utf8.count < beginning.utf8.count,
        beginning.hasPrefix(stem), !stems.contains(stem)
      {
        stems.append(stem)
      }
    }
    return stems
  }
}
