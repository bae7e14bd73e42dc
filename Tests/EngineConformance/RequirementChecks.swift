import Cascade
import SearchModel
import TestSupport
import Testing

extension ConformanceCheck {
  static let requirementChecks: [ConformanceCheck] = [
    ConformanceCheck("an index that does not meet a query's requirement holds no match") {
      subject in
      for seed in subject.scale.seeds { try await searchForFalseNegatives(subject, seed: seed) }
    },

    ConformanceCheck("a requirement leaves out an index without the words") { subject in
      for seed in subject.scale.seeds { try await countPruned(subject, seed: seed) }
    },

    ConformanceCheck("what a requirement names stands in the index") { subject in
      let engine = try await subject.engine(holding: [
        record("1", "Quarterly-Report_2024.pdf", hash: 7, owner: "Jeon"),
        record("2", "회의록.hwp", title: "universities running"), record("3", "README"),
      ])
      let filter = TermFilter(try await engine.termFingerprints())
      for (query, mayMatch) in expectations {
        #expect(filter.mayMatch(engine.requirement(of: query)) == mayMatch, "\(query)")
      }
    },

    ConformanceCheck("fingerprints are of the committed revision") { subject in
      let engine = try await subject.make()
      let empty = try await engine.termFingerprints()
      #expect(empty.values.isEmpty)
      try await engine.apply([.put(try record("1", "zebra"))])
      #expect(try await engine.termFingerprints() == empty)
      let revision = try await engine.commit(notes: [:])
      let one = try await engine.termFingerprints()
      #expect(one.revision == revision)
      #expect(engine.requirement(of: word("zebra")).mayHold(one.contains))
      #expect(!engine.requirement(of: word("zebra")).mayHold(empty.contains))
    },
  ]

  /// The bits of a filter of so few terms are fixed, so what it proves is no matter of chance.
  private static var expectations: [(Query, Bool)] {
    [
      (word("report"), true), (word("quarterlyreport2024"), true), (word("invoice"), false),
      (.all([word("report"), word("invoice")]), false),
      (.any([word("report"), word("invoice")]), true),
      (.all([word("report"), .not(word("invoice"))]), true), (.not(word("report")), true),
      (.phrase("quarterly report", field: nil), true),
      (.phrase("quarterly invoice", field: nil), false),
      (.prefix("quart", field: nil), true), (.prefix("quint", field: nil), false),
      (.prefix("qu", field: nil), true), (.prefix("universitie", field: nil), true),
      (.infix("arter", field: nil), true), (.infix("artist", field: nil), false),
      (word("회의"), true), (word("회의록을"), false), (word("ㅎㅇㄹ"), true), (word("ㅂㄱㅅ"), false),
      (word("runs"), true), (.resembling("invoice report"), true),
      (.resembling("invoice"), false), (.everything, true), (.nothing, false),
      (.filter(.fileExtension(".PDF")), true), (.filter(.fileExtension("docx")), false),
      (.filter(.fileExtension("")), true), (.filter(.type(.image)), false),
      (.filter(.type(.document)), true), (.filter(.owner("JEON")), true),
      (.filter(.owner("park")), false), (.filter(.folder("nowhere")), true),
      (.filter(.size(minimum: 1, maximum: nil)), true),
    ]
      + [7, 8].compactMap { byte in
        ContentHash(bytes: Array(repeating: byte, count: 32)).map {
          (.filter(.contentHash($0)), byte == 7)
        }
      }
  }

  private static func searchForFalseNegatives(
    _ subject: EngineConformance, seed: UInt64
  ) async throws {
    var generator = SeededGenerator(seed: seed &+ 2_000)
    let scale = subject.scale
    let engine = try await subject.make()
    var provenCount = 0
    for commit in 0..<scale.commits {
      // Few records, of which many are replaced and removed: so requirements are often not met.
      try await engine.apply(
        RandomCollection.batch(size: 3 + 4 * commit, keyRange: 0...20, using: &generator))
      try await engine.commit(notes: [:])
      let fingerprints = try await engine.termFingerprints()
      let filter = TermFilter(fingerprints)
      for number in 0..<(4 * scale.queries) {
        let query = RandomQuery.query(using: &generator)
        let requirement = engine.requirement(of: query)
        let isMet = requirement.mayHold(fingerprints.contains)
        if isMet, filter.mayMatch(requirement) { continue }
        provenCount += 1
        let answer = try await engine.search(
          SearchRequest(query: query, limit: 1, collapsesDuplicates: false))
        let context = "seed \(seed), commit \(commit), query \(number): \(query)"
        #expect(answer.hits.isEmpty, "\(context)")
        #expect(!isMet, "the filter misses a fingerprint: \(context)")
      }
    }
    #expect(provenCount > scale.queries / 2, "hardly anything was proven")
  }

  private static func countPruned(_ subject: EngineConformance, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed &+ 3_000)
    let engine = try await subject.engine(
      holding: (0..<subject.scale.batchSize).map { RandomCollection.record($0, using: &generator) })
    let filter = TermFilter(try await engine.termFingerprints())
    var prunedCount = 0
    let queryCount = 400
    for _ in 0..<queryCount {
      let query = Query.all([
        word(absentWord(using: &generator)), word(absentWord(using: &generator)),
      ])
      if !filter.mayMatch(engine.requirement(of: query)) { prunedCount += 1 }
    }
    #expect(
      prunedCount >= queryCount * 99 / 100, "seed \(seed): only \(prunedCount) of \(queryCount)")
  }

  private static func absentWord(using generator: inout SeededGenerator) -> String {
    String((0..<9).map { _ in generator.one(of: Array("bcdfghjklmnpqrtvwxz")) })
  }
}
