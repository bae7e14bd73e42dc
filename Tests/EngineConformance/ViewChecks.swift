import MemoryEngine
import SearchModel
import TestSupport
import Testing

/// A view without some shares is the index in which their records never were.
extension ConformanceCheck {
  static let viewChecks: [ConformanceCheck] = [
    ConformanceCheck("a view answers as an index without the hidden records") { subject in
      for seed in subject.scale.seeds { try await compareViews(subject, seed: seed) }
    },
    ConformanceCheck("a view follows the commits") { subject in
      let (seen, hidden) = (try label(0), try label(1))
      let engine = try await subject.make()
      let view = engine.view(without: [hidden])
      try await put(record(1, of: hidden), into: engine)
      #expect(try await view.holdsMatch(of: .everything) == false)
      #expect(try await view.statistics(for: .nothing) == CollectionStatistics())
      try await put(record(1, of: seen), into: engine)
      #expect(try await view.holdsMatch(of: .everything))
      #expect(try await view.record(for: RandomCollection.key(1)) != nil)
      // Of no share: no view leaves it out.
      try await put(record(2, of: nil), into: engine)
      #expect(try await view.statistics(for: .nothing).documentCount == 2)
      try await put(record(1, of: hidden), into: engine)
      #expect(try await view.record(for: RandomCollection.key(1)) == nil)
      #expect(try await view.statistics(for: .nothing).documentCount == 1)
      #expect(try await view.revision() == engine.revision())
    },
    ConformanceCheck("a record comes back without its share") { subject in
      let engine = try await subject.engine(holding: [record(1, of: try label(0))])
      #expect(try await engine.record(for: RandomCollection.key(1))?.share == nil)
      #expect(
        try await engine.search(SearchRequest(query: .everything)).hits.map(\.record.share) == [nil]
      )
    },
  ]

  private static func label(_ number: Int) throws -> ShareLabel {
    try #require(ShareLabel("share.\(number)"))
  }

  private static func record(_ number: Int, of share: ShareLabel?) -> Record {
    Record(key: RandomCollection.key(number), filename: "secret \(number)", share: share)
  }

  private static func put(_ record: Record, into engine: any FullTextEngine) async throws {
    try await engine.apply([.put(record)])
    try await engine.commit(notes: [:])
  }

  private static func compareViews(_ subject: EngineConformance, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed &+ 2_000)
    let scale = subject.scale
    let labels = try (0..<4).map(label)
    let engine = try await subject.make()
    var records: [RecordKey: Record] = [:]
    for commit in 0..<scale.commits {
      var batch = RandomCollection.batch(
        size: scale.batchSize, keyRange: 0...(scale.batchSize * scale.commits * 2 / 3),
        using: &generator)
      for index in batch.indices {
        switch batch[index] {
        case .put(var record):
          record.share = generator.chance(20) ? nil : generator.one(of: labels)
          batch[index] = .put(record)
          records[record.key] = record
        case .remove(let key): records[key] = nil
        }
      }
      try await engine.apply(batch)
      try await engine.commit(notes: [:])
      let hidden = Set(labels.filter { _ in generator.chance(40) })
      let visible = records.values.filter { $0.share.map { !hidden.contains($0) } ?? true }
      let context = "seed \(seed), commit \(commit), without \(hidden.sorted())"
      let same = try await compare(
        engine.view(without: hidden), with: try await subject.engine(holding: Array(visible)),
        queries: scale.queries / 2, context, using: &generator)
      if !same { return }
    }
  }

  /// - Returns: whether the view and the index are the same as far as anybody can see.
  private static func compare(
    _ view: any ReadableIndex, with index: any FullTextEngine, queries: Int, _ context: String,
    using generator: inout SeededGenerator
  ) async throws -> Bool {
    let words = try await view.termFingerprints().values
    #expect(words == (try await index.termFingerprints().values), "\(context)")
    for number in 0..<queries {
      var request = RandomQuery.request(using: &generator)
      let context = "\(context), query \(number): \(request)"
      let statistics = try await view.statistics(for: request.query).withoutZeros
      let expected = try await index.statistics(for: request.query).withoutZeros
      #expect(statistics == expected, "\(context)")
      if generator.chance(25) { request.statistics = expected }
      let answer = try await view.search(request)
      let expectedAnswer = try await index.search(request)
      let same = expectSame(answer, expectedAnswer, context)
      // To the last bit: the smallest difference would tell of records that are not there.
      #expect(
        answer.hits.map(\.weight) == expectedAnswer.hits.map(\.weight), "\(context)")
      let holds = try await view.holdsMatch(of: request.query)
      #expect(holds == (try await index.holdsMatch(of: request.query)), "\(context)")
      if !same || statistics != expected { return false }
    }
    for word in RandomCollection.words {
      let mistyped = String(word.dropLast()) + "q"
      let spellings = try await view.nearSpellings(of: mistyped, limit: 20)
      let expected = try await index.nearSpellings(of: mistyped, limit: 20)
      #expect(spellings == expected, "\(context), spellings of \(mistyped)")
    }
    return true
  }
}
