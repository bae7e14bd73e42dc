import SearchModel
import TextAnalysis

/// The committed records and what analysis makes of them.
struct Collection {
  /// By the key's UTF-8 bytes: two keys that look alike, one composed and one decomposed, are two
  /// files.
  private var byKey: [[UInt8]: Document] = [:]

  init(_ documents: [Document] = []) {
    for document in documents { byKey[Array(document.record.key.value.utf8)] = document }
  }

  var documents: [Document] { Array(byKey.values) }

  /// In order: a later change of a key wins.
  mutating func carryOut(_ changes: [RecordChange]) {
    let analyzer = RecordAnalyzer()
    for change in changes {
      switch change {
      case .put(let record):
        byKey[Array(record.key.value.utf8)] = Document(record, analyzer.analyze(record))
      case .remove(let key): byKey[Array(key.value.utf8)] = nil
      }
    }
  }

  /// The same had records of these shares never been put in.
  func without(_ shares: Set<ShareLabel>) -> Collection {
    Collection(byKey.values.filter { $0.share.map { !shares.contains($0) } ?? true })
  }

  func record(for key: RecordKey) -> Record? { byKey[Array(key.value.utf8)]?.record }

  /// The totals, and the document frequency of each weighted leaf that matches something.
  func statistics(for query: TermQuery) -> CollectionStatistics {
    var frequencies: [String: Int] = [:]
    for leaf in query.weightedLeaves {
      let frequency = byKey.values.reduce(0) { sum, document in
        sum + document.terms(of: leaf.terms).count
      }
      if frequency > 0 { frequencies[leaf.statisticsKey] = frequency }
    }
    return CollectionStatistics(
      documentCount: byKey.count,
      totalLength: byKey.values.reduce(0) { $0 + $1.analyzed.length },
      documentFrequencies: frequencies)
  }

  /// The words without a namespace, with the number of records that hold each.
  var vocabulary: [(word: String, documentFrequency: Int)] {
    var counts: [String: Int] = [:]
    for document in byKey.values {
      for term in document.analyzed.terms.keys where term.namespaceByte == nil {
        counts[term, default: 0] += 1
      }
    }
    return counts.map { (word: $0.key, documentFrequency: $0.value) }
  }
}

extension Collection {
  /// All that a requirement can name.
  var indexVocabulary: IndexVocabulary {
    var vocabulary = IndexVocabulary()
    for document in documents {
      for term in document.analyzed.terms.keys { vocabulary.insert(term) }
      for term in FilterTerms.all(of: document.record) { vocabulary.insert(term) }
    }
    return vocabulary
  }
}

/// A record as an engine gives it back, without text and share, and its terms.
struct Document {
  let record: Record
  let share: ShareLabel?
  let analyzed: AnalyzedRecord

  init(_ record: Record, _ analyzed: AnalyzedRecord) {
    var stored = record
    stored.text = ""
    stored.share = nil
    self.record = stored
    share = record.share
    self.analyzed = analyzed
  }

  /// The record's terms that belong to a family.
  func terms(of family: TermLeaf.Terms) -> [String] {
    // The one shortcut: scanning a long text for a single term would make the tests slow.
    if case .exactly(let term) = family { return analyzed.terms[term] == nil ? [] : [term] }
    return analyzed.terms.keys.filter(family.holds)
  }
}
