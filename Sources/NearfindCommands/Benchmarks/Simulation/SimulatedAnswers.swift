import Cascade
import Protocol
import SearchModel

/// What virtual servers answer to one query, invented: a part of them has matches, the others none.
/// The same for the same seed.
struct SimulatedAnswers: Sendable {
  let query: Query
  /// The part of the virtual servers that has matches.
  let share: Double
  let seed: UInt64

  private static let records = 10_000
  private static let recordLength = 20
  private static let revision = Revision(1)
  private static let mostMatches = 8

  init(share: Double, seed: UInt64) {
    query = .word("report", field: nil)
    self.share = share
    self.seed = seed
  }

  private func generator(_ server: ServerIdentifier, _ purpose: UInt64) -> SplitMix {
    var generator = SplitMix(state: seed &* 0x9e37_79b9 &+ server.number &* 31 &+ purpose)
    return SplitMix(state: generator.next())
  }

  func matchCount(_ server: ServerIdentifier) -> Int {
    var generator = generator(server, 1)
    return generator.fraction() < share ? generator.number(in: 1...Self.mostMatches) : 0
  }

  /// Whether the filter of the server's terms proves that nothing matches: one in a hundred of those
  /// that could does not.
  func isProvenEmpty(_ server: ServerIdentifier) -> Bool {
    var generator = generator(server, 2)
    return matchCount(server) == 0 && generator.fraction() >= 0.01
  }

  func statistics(_ server: ServerIdentifier) -> StatisticsAnswer {
    StatisticsAnswer(
      revision: Self.revision,
      statistics: CollectionStatistics(
        documentCount: Self.records, totalLength: Self.records * Self.recordLength,
        documentFrequencies: ["report": matchCount(server)]))
  }

  func matches(_ server: ServerIdentifier, limit: Int) -> MatchAnswer {
    let count = matchCount(server)
    var generator = generator(server, 3)
    let weights = (0..<count).map { _ in 5 + generator.fraction() * 10 }.sorted(by: >)
    let hits = weights.prefix(limit).enumerated().map { place, weight in
      Hit(record: Self.record(server, place), weight: weight)
    }
    return MatchAnswer(
      answer: SearchAnswer(hits: hits, matchCount: .exactly(count), revision: Self.revision))
  }

  private static func record(_ server: ServerIdentifier, _ place: Int) -> Record {
    Record(
      key: RecordKey("record-\(server)-\(place)")!, filename: "Annual_report-v\(place).pdf",
      directory: "shared/documents/\(server)", size: 123_456, modified: 1_700_000_000,
      title: "Annual report of group \(server)", keywords: ["report", "annual", "budget"],
      owner: Owner(userSerialID: Int64(server.number), userID: "user-\(server)"))
  }
}
