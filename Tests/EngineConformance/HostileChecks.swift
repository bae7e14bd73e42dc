import MemoryEngine
import SearchModel
import Testing

extension ConformanceCheck {
  static let hostileChecks: [ConformanceCheck] = [
    ConformanceCheck("strange records are held, found and given back") { subject in
      let records = try hostileRecords()
      let engine = try await subject.engine(holding: records)
      let oracle = MemoryEngine()
      await oracle.apply(records.map(RecordChange.put))
      await oracle.commit(notes: [:])
      for record in records {
        let stored = try await engine.record(for: record.key)
        #expect(stored?.filename.utf8.elementsEqual(record.filename.utf8) == true, "\(record.key)")
        #expect(stored?.size == record.size && stored?.modified == record.modified)
      }
      let queries: [Query] = [
        .everything, word("needle"), word("a"), word("\u{0}"), word(""), .prefix("", field: nil),
        .phrase("", field: nil), word(String(repeating: "x", count: 100_000)),
        .prefix("x", field: nil), .infix("x", field: nil), word("가"), word("한글"),
        .filter(.size(minimum: .min, maximum: .max)), .filter(.fileExtension("")),
        .filter(.folder("")), .filter(.owner("")), .all(Array(repeating: word("x"), count: 300)),
      ]
      for query in queries {
        let request = SearchRequest(
          query: query, limit: 100, facets: [.year, .fileExtension, .folder], explains: false)
        let context = "\(query)".prefix(60)
        expectSame(
          try await engine.search(request), try await oracle.search(request), "\(context)")
      }
    },

    ConformanceCheck("numbers that no collection has harm nobody") { subject in
      let records = try hostileRecords()
      let engine = try await subject.engine(holding: Array(records.prefix(8)))
      // A part of its own for the others, where an engine has such.
      try await engine.apply(records.dropFirst(8).map(RecordChange.put))
      try await engine.commit(notes: [:])
      let oracle = MemoryEngine()
      await oracle.apply(records.map(RecordChange.put))
      await oracle.commit(notes: [:])
      for query in queriesOfNumbers {
        let known = try await oracle.statistics(for: query)
        for number in strangeNumbers {
          for count in [known.documentCount, number] {
            let statistics = CollectionStatistics(
              documentCount: count, totalLength: number,
              documentFrequencies: known.documentFrequencies.mapValues { _ in number })
            let request = SearchRequest(query: query, limit: 100, statistics: statistics)
            expectSame(
              try await engine.search(request), try await oracle.search(request),
              "\(query), \(statistics)")
          }
        }
        for (limit, offset) in [(Int.max, 0), (.max, .max), (1, .max), (0, .max), (.max, 1)] {
          for sort: SortOrder in [.relevance, .size(ascending: false), .name(ascending: true)] {
            let request = SearchRequest(
              query: query, limit: limit, offset: offset, sort: sort, facets: [.year])
            expectSame(
              try await engine.search(request), try await oracle.search(request),
              "\(query), \(limit) from \(offset)")
          }
        }
      }
    },

    ConformanceCheck("keys that only look alike are two records") { subject in
      let composed = try record("\u{E9}", "first.txt")
      let decomposed = try record("e\u{301}", "second.txt")
      let engine = try await subject.engine(holding: [composed, decomposed])
      #expect(try await engine.keys(.everything).count == 2)
      try await engine.apply([.remove(composed.key)])
      try await engine.commit(notes: [:])
      #expect(try await engine.keys(word("second")).count == 1)
      #expect(try await engine.keys(word("first")).isEmpty)
    },
  ]

  private static let strangeNumbers: [Int] = [.max, .max - 1, .max / 2, 0, -1, .min / 2, .min]

  /// Every form of query that numbers go through.
  private static let queriesOfNumbers: [Query] = [
    .everything, word("needle"), word("a"), .prefix("x", field: nil), .infix("x", field: nil),
    .words("needle hay"), .phrase("needle hay", field: nil),
    .all([word("needle"), word("hay"), word("large")]),
    .any([word("needle"), word("a"), word("b")]),
    .all([.any([word("needle"), word("a")]), .any([word("hay"), word("b")])]),
    .all([.any([word("needle"), word("a")]), .not(word("keyword"))]), .not(word("a")),
    .filter(.size(minimum: .max, maximum: .min)), .filter(.size(minimum: .max, maximum: nil)),
    .filter(.modified(earliest: .max, latest: .min)),
    .filter(.modified(earliest: nil, latest: .min)),
    .all([word("a"), .filter(.modified(earliest: .min, latest: .max))]),
  ]

  private static func hostileRecords() throws -> [Record] {
    let longest = try #require(RecordKey(String(repeating: "k", count: 200)))
    var records = [
      try record("empty", ""), try record("dot", "."), try record("nul", "a\u{0}b.txt"),
      try record("newline", "a\nb\r\nc.txt", in: "x\ny"), try record("escape", "\u{1B}[31mred"),
      try record("right-to-left", "\u{202E}fdp.exe"), try record("combining", "\u{301}\u{301}"),
      try record("long", String(repeating: "x", count: 251) + ".txt"),
      try record("long Hangul", String(repeating: "가", count: 85)),
      try record("decomposed", "한글.txt"), try record("emoji", "👩‍👩‍👧‍👦.png", hash: 1),
      try record("extremes", "a.b", size: .max, modified: .max),
      try record("other extremes", "a.b", size: .min, modified: .min),
      try record("large", "large.txt", text: String(repeating: "needle hay ", count: 20_000)),
      try record("no gaps", "solid.txt", text: String(repeating: "x", count: 200_000)),
      try record(
        "keywords", "k.txt", keywords: (0..<500).map { "keyword \($0)" } + [""]),
      try record("capitals", "Q XA Zneedle Nneedle.TXT", title: "ABC"),
      try record(
        "control", String(String.UnicodeScalarView((1..<32).compactMap { Unicode.Scalar($0) }))),
    ]
    records.append(Record(key: longest, filename: "longest key.txt"))
    return records
  }
}
