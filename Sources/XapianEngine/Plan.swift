import SearchModel
import TextAnalysis

/// A query as the shim carries it out: the byte stream that `cxapian_part_match` describes, with the
/// weight of every leaf, and the conditions that it asks back about.
struct Plan: Sendable {
  private(set) var bytes: [UInt8] = []
  private(set) var predicates: [@Sendable (Record) -> Bool] = []

  private let statistics: CollectionStatistics
  private let model: RelevanceModel

  init(_ query: TermQuery, statistics: CollectionStatistics, model: RelevanceModel) {
    self.statistics = statistics
    self.model = model
    append(query)
  }

  private enum Node: UInt8 {
    case nothing, everything, exactly, startingWith, containing, all, any, best, excluding
    case boolean, size, modified, predicate, phrase, contentHash
  }

  private mutating func append(_ node: Node) { bytes.append(node.rawValue) }

  private mutating func append(_ query: TermQuery) {
    switch query {
    case .nothing: append(Node.nothing)
    case .everything: append(Node.everything)
    case .leaf(let leaf): append(leaf)
    case .phrase(let phrase): append(phrase)
    case .all(let parts): append(.all, parts)
    case .any(let parts): append(.any, parts)
    case .best(let parts): append(.best, parts)
    case .excluding(let wanted, let unwanted):
      append(Node.excluding)
      append(wanted)
      append(unwanted)
    case .filter(let filter): append(filter)
    }
  }

  private mutating func append(_ node: Node, _ parts: [TermQuery]) {
    append(node)
    bytes.append(number: UInt32(parts.count))
    for part in parts { append(part) }
  }

  private mutating func append(_ leaf: TermLeaf) {
    let text: String
    switch leaf.terms {
    case .exactly(let term):
      append(Node.exactly)
      text = term
    case .startingWith(let start):
      append(Node.startingWith)
      text = start
    case .containing(let part):
      append(Node.containing)
      text = part
    }
    bytes.append(leaf.fields.rawValue)
    bytes.append(
      number: model.leafWeight(
        documentFrequency: statistics.documentFrequencies[leaf.statisticsKey] ?? 0,
        documentCount: statistics.documentCount, factor: leaf.factor))
    bytes.append(string: text)
  }

  private mutating func append(_ phrase: PhraseLeaf) {
    append(Node.phrase)
    bytes.append(phrase.fields.rawValue)
    bytes.append(number: UInt32(predicates.count))
    predicates.append { !PhraseMatcher.fields(of: phrase, in: $0).isEmpty }
    append(phrase.textTerms)
    bytes.append(number: UInt32(phrase.leaves.count))
    for leaf in phrase.leaves { append(leaf) }
  }

  private mutating func append(_ filter: Filter) {
    switch filter {
    case .fileExtension(let text):
      let folded = FilterValues.foldedExtension(text)
      append(filter, byTerm: FilterTerms.fileExtension(folded), of: folded)
    case .type(let type):
      append(Node.boolean)
      append(type.fileExtensions.map(FilterTerms.fileExtension))
    case .owner(let name):
      let folded = FilterValues.folded(name)
      append(filter, byTerm: FilterTerms.owner(folded), of: folded)
    case .contentHash(let hash):
      append(Node.all)
      bytes.append(number: UInt32(2))
      append(Node.boolean)
      append([FilterTerms.contentHash(hash)])
      append(Node.contentHash)
      bytes += hash.bytes
    case .size(let minimum, let maximum):
      append(Node.size)
      append(minimum, maximum)
    case .modified(let earliest, let latest):
      append(Node.modified)
      append(earliest, latest)
    case .folder: appendPredicate(filter)
    }
  }

  /// A value that does not fit a term, or has none, is left to the record.
  private mutating func append(_ filter: Filter, byTerm term: String, of value: String) {
    guard FilterTerms.fits(value) else { return appendPredicate(filter) }
    append(Node.boolean)
    append([term])
  }

  private mutating func appendPredicate(_ filter: Filter) {
    append(Node.predicate)
    bytes.append(number: UInt32(predicates.count))
    predicates.append { filter.matches($0) }
  }

  private mutating func append(_ minimum: Int64?, _ maximum: Int64?) {
    bytes.append(number: minimum ?? .min)
    bytes.append(number: maximum ?? .max)
  }

  private mutating func append(_ strings: [String]) {
    bytes.append(number: UInt32(strings.count))
    for string in strings { bytes.append(string: string) }
  }
}
