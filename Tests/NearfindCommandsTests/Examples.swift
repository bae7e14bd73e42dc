import SearchModel

@testable import NearfindCommands

/// Answers as engines give them, by hand.
enum Examples {
  static func record(
    _ key: String, _ filename: String, in directory: String = "", size: Int64 = 1_200,
    title: String = "", keywords: [String] = [], hash: UInt8? = nil
  ) -> Record {
    Record(
      key: RecordKey(key)!, filename: filename, directory: directory, size: size,
      modified: 1_714_566_600, title: title, keywords: keywords,
      contentHash: hash.flatMap { ContentHash(bytes: Array(repeating: $0, count: 32)) })
  }

  /// Two whole matches, one of them with a copy and an explanation, and a partial one.
  static var report: SearchReport {
    let plan = Hit(
      record: record(
        "k1", "ProjectPlan_v2.pdf", in: "work/2024", size: 2_400_000, title: "The Plan",
        keywords: ["plan", "budget"], hash: 0xAB),
      weight: 7.25,
      duplicates: [record("k2", "plan copy.pdf", in: "backup", size: 2_400_000, hash: 0xAB)],
      explanation: Explanation(contributions: [
        .init(leaf: "plan", fields: [.name, .title], weight: 7.25, documentFrequency: 12)
      ]))
    let korean = Hit(record: record("k3", "회의록 plan.hwp", in: "문서"), weight: 3.5)
    let partial = Hit(record: record("k4", "other.txt", size: 12), weight: 1)
    return SearchReport(
      text: "plan reprot", query: .words("plan reprot"), offset: 0, limit: 3,
      relaxed: RelaxedAnswer(
        answer: SearchAnswer(
          hits: [plan, korean, partial], matchCount: .exactly(2),
          facets: [
            .type: [FacetCount(value: "document", count: 2)],
            .fileExtension: [
              FacetCount(value: "hwp", count: 1), FacetCount(value: "pdf", count: 1),
            ],
          ],
          revision: Revision(7)),
        partialStart: 2, unmatchedWords: ["reprot"],
        corrections: [.init(word: "reprot", spelling: "report")]),
      spellings: ["reprot": ["report", "reports"]])
  }

  static func answer(
    _ hits: [Hit] = [], count: MatchCount = .exactly(0), unmatched: [String] = [],
    spellings: [String: [String]] = [:], offset: Int = 0
  ) -> SearchReport {
    SearchReport(
      text: "q", query: .words("q"), offset: offset, limit: max(hits.count, 1),
      relaxed: RelaxedAnswer(
        answer: SearchAnswer(hits: hits, matchCount: count, revision: Revision(1)),
        unmatchedWords: unmatched),
      spellings: spellings)
  }
}
