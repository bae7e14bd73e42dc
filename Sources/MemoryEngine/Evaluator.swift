import SearchModel
import TextAnalysis

/// Weighs one record at a time by walking the whole query.
struct Evaluator {
  let model: RelevanceModel
  let statistics: CollectionStatistics

  /// A record that matches, and what makes up its weight.
  struct Match {
    var contributions: [Explanation.Contribution] = []

    /// Exact in any order, because every contribution is a multiple of the model's grid.
    var weight: Double { contributions.reduce(0) { $0 + $1.weight } }
  }

  /// - Returns: nil for a record that does not match.
  func match(_ query: TermQuery, _ document: Document) -> Match? {
    switch query {
    case .nothing: return nil
    case .everything: return Match()
    case .filter(let filter): return filter.matches(document.record) ? Match() : nil
    case .leaf(let leaf): return match(leaf, document)
    case .phrase(let phrase):
      // Words beyond the limits of an index are in the record and not among its terms.
      let (sum, count) = sum(of: phrase.leaves, document)
      return count == phrase.leaves.count && stands(phrase, in: document) ? sum : nil
    case .all(let parts):
      let (sum, count) = sum(of: parts, document)
      return count == parts.count ? sum : nil
    case .any(let parts):
      let (sum, count) = sum(of: parts, document)
      return count > 0 ? sum : nil
    case .best(let parts):
      var best: Match?
      for part in parts {
        guard let match = match(part, document) else { continue }
        if best.map({ match.weight > $0.weight }) ?? true { best = match }
      }
      return best
    case .excluding(let wanted, let unwanted):
      return match(unwanted, document) == nil ? match(wanted, document) : nil
    }
  }

  /// What the parts that match add up to, and how many do.
  private func sum(of parts: [TermQuery], _ document: Document) -> (sum: Match, count: Int) {
    let matches = parts.compactMap { match($0, document) }
    return (Match(contributions: matches.flatMap(\.contributions)), matches.count)
  }

  private func match(_ leaf: TermLeaf, _ document: Document) -> Match? {
    let united = document.terms(of: leaf.terms).reduce(FieldOccurrences()) { united, term in
      united.united(with: document.analyzed.terms[term] ?? [])
    }
    let found = united.restricted(to: leaf.fields)
    guard !found.isEmpty else { return nil }
    let frequency = statistics.documentFrequencies[leaf.statisticsKey] ?? 0
    let weight = model.contribution(
      leafWeight: model.leafWeight(
        documentFrequency: frequency, documentCount: statistics.documentCount, factor: leaf.factor),
      frequency: model.frequency(of: found), length: document.analyzed.length,
      averageLength: statistics.averageLength)
    let contribution = Explanation.Contribution(
      leaf: leaf.description, fields: found.fields, weight: weight, documentFrequency: frequency)
    return Match(contributions: [contribution])
  }

  /// Whether the words stand in a row in a stored field or in the text.
  private func stands(_ phrase: PhraseLeaf, in document: Document) -> Bool {
    if !PhraseMatcher.fields(of: phrase, in: document.record).isEmpty { return true }
    guard phrase.fields.touches(.text), let first = phrase.textTerms.first else { return false }
    let positions = phrase.textTerms.map { Set(document.analyzed.textPositions[$0] ?? []) }
    return (document.analyzed.textPositions[first] ?? []).contains { start in
      positions.enumerated().allSatisfy { $1.contains(start + $0) }
    }
  }
}
