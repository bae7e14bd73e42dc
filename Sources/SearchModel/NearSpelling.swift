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

  /// The record that tells how the term is written; nil where none does.
  public var witness: Witness?

  /// A record that holds a term. The heaviest of all says how people write it, of equals the one with
  /// the first key.
  public struct Witness: Hashable, Sendable, Codable, Comparable {
    /// The term's in the record, by statistics that are the same for all indexes.
    public var weight: Double
    public var key: RecordKey

    public init(weight: Double, key: RecordKey) {
      self.weight = weight
      self.key = key
    }

    /// Whether the left is the better one.
    public static func < (left: Witness, right: Witness) -> Bool {
      left.weight != right.weight ? left.weight > right.weight : left.key < right.key
    }
  }

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

  /// What several indexes say of one word together: their frequencies add up, and the best witness of
  /// all says how a term is written; where there is none, the first list that has the term.
  ///
  /// - Parameter lists: of disjoint indexes, the nearest first.
  public static func merged(_ lists: [[NearSpelling]], limit: Int) -> [NearSpelling] {
    var byTerm: [String: NearSpelling] = [:]
    for spelling in lists.joined() {
      guard let known = byTerm[spelling.term] else {
        byTerm[spelling.term] = spelling
        continue
      }
      byTerm[spelling.term]?.documentFrequency += spelling.documentFrequency
      // Where one index holds the word itself, it stands so in all of them together.
      byTerm[spelling.term]?.distance = min(known.distance, spelling.distance)
      byTerm[spelling.term]?.isOfStem = known.isOfStem && spelling.isOfStem
      if let witness = spelling.witness, known.witness.map({ witness < $0 }) ?? true {
        byTerm[spelling.term]?.word = spelling.word
        byTerm[spelling.term]?.witness = witness
      }
    }
    var words: Set<String> = []
    return Array(
      byTerm.values.sorted().filter { words.insert($0.word).inserted }.prefix(max(0, limit)))
  }
}
