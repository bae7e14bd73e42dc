import MemoryEngine
import SearchModel
import TestSupport
import Testing

extension ConformanceCheck {
  static let randomChecks: [ConformanceCheck] = [
    ConformanceCheck("over random batches and queries it answers as the oracle does") { subject in
      for seed in subject.scale.seeds { try await compareWithOracle(subject, seed: seed) }
    },
    ConformanceCheck("a collection split over engines ranks as one engine does") { subject in
      for seed in subject.scale.seeds { try await compareSplit(subject, seed: seed) }
    },
  ]

  private static func compareWithOracle(_ subject: EngineConformance, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let scale = subject.scale
    var engine = try await subject.make()
    let oracle = MemoryEngine()
    let keyRange = 0...(scale.batchSize * scale.commits * 2 / 3)
    for commit in 0..<scale.commits {
      let batch = RandomCollection.batch(
        size: scale.batchSize, keyRange: keyRange, using: &generator)
      let middle = generator.number(in: 0...batch.count)
      try await engine.apply(Array(batch[..<middle]))
      try await engine.apply(Array(batch[middle...]))
      await oracle.apply(batch)
      try await engine.commit(notes: ["commit": String(commit)])
      await oracle.commit(notes: [:])
      if let reopen = subject.reopen, generator.chance(50) { engine = try await reopen(engine) }
      for number in 0..<scale.queries {
        var request = RandomQuery.request(using: &generator)
        let context = "seed \(seed), commit \(commit), query \(number): \(request)"
        let statistics = try await engine.statistics(for: request.query).withoutZeros
        let expected = await oracle.statistics(for: request.query).withoutZeros
        #expect(statistics == expected, "\(context)")
        if generator.chance(25) { request.statistics = grown(expected) }
        let expectedAnswer = try await oracle.search(request)
        var same = expectSame(try await engine.search(request), expectedAnswer, context)
        // Asked again it answers the same, whatever it has learned by answering.
        if same {
          let again = try await engine.search(request)
          same = expectSame(again, expectedAnswer, "again, " + context)
        }
        // One difference is enough to work on; the rest would bury it.
        if !same || statistics != expected { return }
      }
    }
  }

  /// As though other collections had been added.
  private static func grown(_ statistics: CollectionStatistics) -> CollectionStatistics {
    CollectionStatistics(
      documentCount: statistics.documentCount * 3 + 5, totalLength: statistics.totalLength * 4 + 9,
      documentFrequencies: statistics.documentFrequencies.mapValues { $0 * 2 + 1 })
  }

  private static func compareSplit(_ subject: EngineConformance, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    let records = (0..<subject.scale.batchSize * 2).map {
      RandomCollection.record($0, using: &generator)
    }
    let count = generator.number(in: 2...4)
    var parts = [[Record]](repeating: [], count: count)
    for record in records { parts[generator.number(in: 0...count - 1)].append(record) }
    let whole = try await subject.engine(holding: records)
    var engines: [any FullTextEngine] = []
    for part in parts { engines.append(try await subject.engine(holding: part)) }

    for number in 0..<subject.scale.queries {
      var request = RandomQuery.request(using: &generator)
      request.sort = .relevance
      let context = "seed \(seed), split \(number) over \(count) engines: \(request)"
      let expected = try await whole.search(request)
      let merged = try await SplitSearch(engines: engines).search(request)
      let same = expectSame(merged, expected, context)
      if !same { return }
    }
  }
}
