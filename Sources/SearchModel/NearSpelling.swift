/// A word of an index that is spelled like another, with what it is ordered by: nearest first, then
/// those that stand in the index as they are before those that were made of a stem, then those that
/// begin like the other word, then the most frequent, then by UTF-8 bytes.
public struct NearSpelling: Hashable, Sendable, Codable, Comparable {
  /// As people write it; what is searched in place of the other.
  public var word: String

  /// What the frequency was counted of: `word`, or the form in which an index holds it.
  public var term: String

  /// In typing mistakes; 1 at least.
  public var distance: Int

  /// Whether the index holds a stem that the word was made of with the ending that was typed: a
  /// guess, behind what somebody has written.
  public var isOfStem: Bool

  /// People rarely miss a word's first letter: `anual` is `annual` and not `manual`.
  public var beginsAlike: Bool

  /// How many records hold it.
  public var documentFrequency: Int

  public init(
    word: String, term: String, distance: Int, isOfStem: Bool = false, beginsAlike: Bool,
    documentFrequency: Int
  ) {
    self.word = word
    self.term = term
    self.distance = distance
    self.isOfStem = isOfStem
    self.beginsAlike = beginsAlike
    self.documentFrequency = documentFrequency
  }

  public static func < (left: NearSpelling, right: NearSpelling) -> Bool {
    if left.distance != right.distance { return left.distance < right.distance }
    if left.isOfStem != right.isOfStem { return right.isOfStem }
    if left.beginsAlike != right.beginsAlike { return left.beginsAlike }
    if left.documentFrequency != right.documentFrequency {
      return left.documentFrequency > right.documentFrequency
    }
    return left.term.utf8.lexicographicallyPrecedes(right.term.utf8)
  }

  /// What several indexes say of one word together: their frequencies add up. How a term is written
  /// is taken from the first list that has it.
  ///
  /// - Parameter lists: of disjoint indexes, the nearest first.
  public static func merged(_ lists: [[NearSpelling]], limit: Int) -> [NearSpelling] {
    var byTerm: [String: NearSpelling] = [:]
    for spelling in lists.joined() {
      if byTerm[spelling.term] != nil {
        byTerm[spelling.term]?.documentFrequency += spelling.documentFrequency
      } else {
        byTerm[spelling.term] = spelling
      }
    }
    var words: Set<String> = []
    return Array(
      byTerm.values.sorted().filter { words.insert($0.word).inserted }.prefix(max(0, limit)))
  }
}
