import SearchModel
import Testing

@testable import MemoryEngine
@testable import TextAnalysis

/// The oracle itself, on terms and queries written by hand, against weights that were calculated
/// apart from it (BM25F with the parameters below, which are not the shipped ones: tuning those
/// must not change what is proven here).
@Suite("The oracle against figures calculated by hand")
struct WeightTests {
  private static let model: RelevanceModel = {
    var model = RelevanceModel()
    model.nameWeight = 3
    model.directoryWeight = 0.5
    model.titleWeight = 2
    model.keywordWeight = 1
    model.textWeight = 1
    model.k1 = 1.2
    model.b = 0.3
    return model
  }()

  /// Three records: lengths 66, 32 and 3, so 101 in all and 33.67 on average.
  private static func collection() throws -> Collection {
    Collection([
      try document("a", ["report": occurrences(.name, inText: 2)], length: 66),
      try document("b", ["budget": .title], length: 32),
      try document("c", ["budget": occurrences(inText: 3)], length: 3),
    ])
  }

  private static func document(
    _ key: String, _ terms: [String: FieldOccurrences], positions: [String: [Int]] = [:],
    length: Int = 10
  ) throws -> Document {
    Document(
      Record(key: try #require(RecordKey(key)), filename: ""),
      AnalyzedRecord(terms: terms, textPositions: positions, length: length))
  }

  private static func occurrences(_ fields: Field..., inText count: Int) -> FieldOccurrences {
    var occurrences = FieldOccurrences()
    for field in fields + Array(repeating: .text, count: count) { occurrences.add(field) }
    return occurrences
  }

  /// The weights of the records that match, by key.
  private static func weights(
    _ query: TermQuery, in collection: Collection, statistics: CollectionStatistics? = nil
  ) -> [String: Double] {
    let evaluator = Evaluator(
      model: Self.model, statistics: statistics ?? collection.statistics(for: query))
    var weights: [String: Double] = [:]
    for document in collection.documents {
      weights[document.record.key.value] = evaluator.match(query, document)?.weight
    }
    return weights
  }

  private func expect(
    _ weights: [String: Double], are expected: [String: Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(weights.keys.sorted() == expected.keys.sorted(), sourceLocation: sourceLocation)
    for (key, weight) in expected {
      #expect(abs((weights[key] ?? .nan) - weight) < 1e-9, sourceLocation: sourceLocation)
    }
  }

  private static let report = TermQuery.leaf(TermLeaf(.exactly("report")))
  private static let budget = TermQuery.leaf(TermLeaf(.exactly("budget")))

  /// Of record a, where the term stands in the name and twice in the text.
  private static let reportWeight = 1.648265519264
  private static let reportInNameWeight = 1.424073837031
  /// Of record b.
  private static let budgetInTitleWeight = 0.649874339878
  /// Of record c, where the term stands three times in the text.
  private static let budgetInTextWeight = 0.801126161540

  @Test func aTermWeighsWhatItsFieldsAndItsRarityMakeIt() throws {
    let collection = try Self.collection()
    expect(Self.weights(Self.report, in: collection), are: ["a": Self.reportWeight])
    expect(
      Self.weights(Self.budget, in: collection),
      are: ["b": Self.budgetInTitleWeight, "c": Self.budgetInTextWeight])
  }

  @Test func onlyOccurrencesInTheFieldsOfTheLeafCount() throws {
    let collection = try Self.collection()
    let inName = TermQuery.leaf(TermLeaf(.exactly("report"), fields: .name))
    expect(Self.weights(inName, in: collection), are: ["a": Self.reportInNameWeight])
    let inTitle = TermQuery.leaf(TermLeaf(.exactly("report"), fields: .title))
    expect(Self.weights(inTitle, in: collection), are: [:])
    // The document frequency is that of the term in any field: b and c both count.
    let titled = TermQuery.leaf(TermLeaf(.exactly("budget"), fields: .title))
    expect(Self.weights(titled, in: collection), are: ["b": Self.budgetInTitleWeight])
  }

  @Test func theFactorScales() throws {
    let weaker = TermQuery.leaf(TermLeaf(.exactly("budget"), fields: .text, factor: 0.5))
    expect(Self.weights(weaker, in: try Self.collection()), are: ["c": 0.400563080770])
  }

  @Test func statisticsHandedInReplaceTheCollectionsOwn() throws {
    let collection = try Self.collection()
    var statistics = CollectionStatistics(
      documentCount: 1_000, totalLength: 50_000, documentFrequencies: ["report": 10])
    expect(
      Self.weights(Self.report, in: collection, statistics: statistics), are: ["a": 7.938176897591])
    statistics.documentFrequencies = [:]
    expect(
      Self.weights(Self.report, in: collection, statistics: statistics), are: ["a": 13.241215093525]
    )
  }

  @Test func operatorsAddChooseAndExclude() throws {
    let collection = try Self.collection()
    let both = [Self.report, Self.budget]
    expect(Self.weights(.all(both), in: collection), are: [:])
    expect(
      Self.weights(.any(both), in: collection),
      are: ["a": Self.reportWeight, "b": Self.budgetInTitleWeight, "c": Self.budgetInTextWeight])
    let inName = TermQuery.leaf(TermLeaf(.exactly("report"), fields: .name))
    expect(
      Self.weights(.all([Self.report, inName, .everything]), in: collection),
      are: ["a": Self.reportWeight + Self.reportInNameWeight])
    expect(
      Self.weights(.any([Self.report, inName, .nothing]), in: collection),
      are: ["a": Self.reportWeight + Self.reportInNameWeight])
    expect(
      Self.weights(.best([inName, Self.report]), in: collection), are: ["a": Self.reportWeight])
    expect(
      Self.weights(.excluding(.everything, Self.report), in: collection), are: ["b": 0, "c": 0])
    expect(
      Self.weights(
        .excluding(Self.budget, .leaf(TermLeaf(.exactly("budget"), fields: .title))),
        in: collection), are: ["c": Self.budgetInTextWeight])
    expect(Self.weights(.all([]), in: collection), are: ["a": 0, "b": 0, "c": 0])
    expect(Self.weights(.any([]), in: collection), are: [:])
    expect(Self.weights(.best([]), in: collection), are: [:])
  }

  @Test func aFamilyIsOneLeafOfItsTermsUnited() throws {
    let collection = Collection([
      try Self.document(
        "a",
        ["repo": Self.occurrences(inText: 3), "report": Self.occurrences(.name, inText: 2)],
        length: 69),
      try Self.document("b", ["deport": .title], length: 32),
    ])
    let start = TermLeaf(.startingWith("repo"))
    let statistics = collection.statistics(for: .leaf(start))
    #expect(statistics.documentFrequencies == ["repo*": 2], "one record, counted for each term")
    #expect(statistics.documentCount == 2)
    #expect(statistics.totalLength == 101)
    let evaluator = Evaluator(model: Self.model, statistics: statistics)
    let match = try #require(
      collection.documents.lazy.compactMap { evaluator.match(.leaf(start), $0) }.first)
    // The name once and the larger of the counts in the text: a frequency of 3 + 3.
    let leafWeight = Self.model.leafWeight(
      documentFrequency: 2, documentCount: 2, factor: 1)
    let expected = Self.model.contribution(
      leafWeight: leafWeight, frequency: 6, length: 69, averageLength: 50.5)
    #expect(match.weight == expected)
    #expect(match.contributions.map(\.fields) == [[.name, .text]])
    let inside = TermQuery.leaf(TermLeaf(.containing("epo")))
    #expect(Self.weights(inside, in: collection).keys.sorted() == ["a", "b"])
  }

  @Test func namespacesAreReachedByTheirLetterOnly() throws {
    let collection = Collection([
      try Self.document("plain", ["port": .name]), try Self.document("named", ["Nreport": .name]),
    ])
    func keys(_ terms: TermLeaf.Terms) -> [String] {
      Self.weights(.leaf(TermLeaf(terms)), in: collection).keys.sorted()
    }
    #expect(keys(.startingWith("")) == ["plain"])
    #expect(keys(.containing("port")) == ["plain"])
    #expect(keys(.containing("Nport")) == ["named"])
    #expect(keys(.containing("Xport")) == [])
    #expect(keys(.startingWith("Nrep")) == ["named"])
    #expect(keys(.exactly("Nreport")) == ["named"])
    #expect(keys(.exactly("report")) == [])
  }

  @Test func aPhraseInTheTextNeedsPositionsInARow() throws {
    let once = Self.occurrences(inText: 1)
    let collection = Collection([
      try Self.document("row", ["x": once, "y": once], positions: ["x": [4, 7], "y": [8]]),
      try Self.document("apart", ["x": once, "y": once], positions: ["x": [1], "y": [0, 3]]),
      try Self.document("half", ["x": once], positions: ["x": [1]]),
    ])
    let leaves = ["x", "y"].map { TermQuery.leaf(TermLeaf(.exactly($0))) }
    func phrase(_ fields: FieldOccurrences) -> TermQuery {
      .phrase(
        PhraseLeaf(words: ["x", "y"], leaves: leaves, textTerms: ["x", "y"], fields: fields))
    }
    let found = Self.weights(phrase(.everywhere), in: collection)
    let both = Self.weights(.all(leaves), in: collection)
    #expect(found == ["row": both["row"] ?? .nan])
    #expect(Self.weights(phrase(.name), in: collection).isEmpty)
  }

  @Test func weightsLieOnTheGrid() throws {
    for weight in Self.weights(.any([Self.report, Self.budget]), in: try Self.collection()).values {
      let steps = weight * RelevanceModel.weightGrid
      #expect(steps == steps.rounded())
    }
  }
}
