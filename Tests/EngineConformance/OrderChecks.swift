import SearchModel
import Testing

extension ConformanceCheck {
  static let orderChecks: [ConformanceCheck] = [
    ConformanceCheck("each sort order, with ties by weight and key") { subject in
      let engine = try await subject.engine(holding: [
        record("1", "beta.txt", size: 5, modified: 30), record("2", "Alpha.txt", size: 5),
        record("3", "alpha.txt", size: -1, modified: -30, text: "extra"),
        record("4", "감.txt", size: .max, modified: .max),
        record("5", "가.txt", size: 5, modified: .min, title: "extra"),
      ])
      let orders: [(SortOrder, [String])] = [
        (.name(ascending: true), ["2", "3", "1", "5", "4"]),
        (.name(ascending: false), ["4", "5", "1", "2", "3"]),
        (.size(ascending: true), ["3", "1", "2", "5", "4"]),
        (.size(ascending: false), ["4", "1", "2", "5", "3"]),
        (.modified(ascending: true), ["5", "3", "2", "1", "4"]),
        (.modified(ascending: false), ["4", "1", "2", "3", "5"]),
        (.relevance, ["1", "2", "3", "4", "5"]),
      ]
      for (order, expected) in orders {
        #expect(try await engine.keys(.everything, sort: order) == expected, "\(order)")
      }
      // The title weighs more than the text, and both more than the others.
      let preferring = Query.any([word("extra"), .everything])
      let bySize = try await engine.keys(preferring, sort: .size(ascending: true))
      #expect(bySize == ["3", "5", "1", "2", "4"])
      #expect(try await engine.keys(preferring) == ["5", "3", "1", "2", "4"])
    },

    ConformanceCheck("a hit of a list by name says what it was ordered by") { subject in
      let engine = try await subject.engine(holding: [
        record("1", "Zeta.TXT"), record("2", "A\u{308}pfel"), record("3", "보고서 2.hwp"),
      ])
      for ascending in [true, false] {
        let hits = try await engine.search(
          SearchRequest(query: .everything, sort: .name(ascending: ascending))
        ).hits
        let names = ["zeta.txt", "\u{E4}pfel", "보고서 2.hwp"]
        #expect(
          hits.map { Array(($0.sortText ?? "").utf8) }
            == (ascending ? names : names.reversed()).map { Array($0.utf8) })
      }
      for sort in [SortOrder.relevance, .size(ascending: true), .modified(ascending: false)] {
        let hits = try await engine.search(SearchRequest(query: .everything, sort: sort)).hits
        #expect(hits.map(\.sortText) == [nil, nil, nil], "\(sort)")
      }
    },

    ConformanceCheck("pages join without gaps, and their ends are harmless") { subject in
      let records = try (0..<25).map { number in
        try record("k\(number)", "page \(number % 3).txt", text: "page page")
      }
      let engine = try await subject.engine(holding: records)
      for sort in [SortOrder.relevance, .name(ascending: false)] {
        var request = SearchRequest(query: word("page"), limit: 100, sort: sort)
        let whole = try await engine.search(request)
        #expect(whole.hits.count == 25)
        #expect(whole.matchCount == .exactly(25))
        var joined: [Hit] = []
        request.limit = 7
        for offset in stride(from: 0, to: 28, by: 7) {
          request.offset = offset
          joined += try await engine.search(request).hits
        }
        #expect(joined == whole.hits)
      }
      for (limit, offset) in [(0, 0), (0, 5), (5, 25), (5, 1_000), (.max, 30), (5, .max)] {
        let answer = try await engine.search(
          SearchRequest(query: word("page"), limit: limit, offset: offset))
        #expect(answer.hits.isEmpty, "limit \(limit), offset \(offset)")
        #expect(answer.matchCount.allows(25), "limit \(limit), offset \(offset)")
      }
      let rest = try await engine.search(
        SearchRequest(query: word("page"), limit: .max, offset: 20))
      #expect(rest.hits.count == 5)
      for (limit, offset) in [(-1, 0), (0, -1)] {
        let request = SearchRequest(query: word("page"), limit: limit, offset: offset)
        await #expect(throws: EngineError.self) { try await engine.search(request) }
      }
    },

    ConformanceCheck("records of the same content are one hit, the best of them") { subject in
      let engine = try await subject.engine(holding: [
        record("1", "note.txt", size: 1, hash: 9),
        record("2", "x.txt", size: 2, text: "note", hash: 9),
        record("3", "y.txt", size: 3, text: "note", hash: 9),
        record("4", "note.txt", size: 4, hash: 8),
        record("5", "note.txt", size: 5), record("6", "note.txt", size: 6),
        record("7", "other.txt", hash: 9),
      ])
      let answer = try await engine.search(SearchRequest(query: word("note")))
      #expect(answer.hits.map(\.record.key.value) == ["1", "4", "5", "6"])
      #expect(answer.hits.map { $0.duplicates.map(\.key.value) } == [["2", "3"], [], [], []])
      #expect(answer.matchCount.allows(6))
      let largest = try await engine.search(
        SearchRequest(query: word("note"), limit: 2, offset: 2, sort: .size(ascending: false)))
      #expect(largest.hits.map(\.record.key.value) == ["4", "3"])
      #expect(largest.hits.last?.duplicates.map(\.key.value) == ["1", "2"])
      let apart = try await engine.search(
        SearchRequest(query: word("note"), collapsesDuplicates: false))
      #expect(apart.hits.count == 6)
      #expect(apart.hits.allSatisfy { $0.duplicates.isEmpty })
    },

    ConformanceCheck("a hit names a hundred duplicates at most") { subject in
      let copies = try (0..<150).map { try record("k\(1_000 + $0)", "copy.txt", hash: 1) }
      let engine = try await subject.engine(holding: copies)
      let answer = try await engine.search(SearchRequest(query: word("copy")))
      #expect(answer.hits.count == 1)
      #expect(answer.hits.first?.record.key.value == "k1000")
      #expect(
        answer.hits.first?.duplicates.map(\.key.value) == (1_001...1_100).map { "k\($0)" })
      #expect(answer.matchCount.allows(150))
    },
  ]
}
