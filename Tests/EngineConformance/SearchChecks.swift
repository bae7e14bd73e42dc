import SearchModel
import Testing

extension ConformanceCheck {
  static let searchChecks: [ConformanceCheck] = [
    ConformanceCheck("every kind of query finds what it says") { subject in
      let engine = try await subject.engine(holding: library())
      for (query, expected) in queryKinds {
        let found = try await engine.keys(query).sorted()
        #expect(found == expected, "\(query)")
      }
    },

    ConformanceCheck("every filter holds") { subject in
      let engine = try await subject.engine(holding: library())
      for (filter, expected) in filters {
        #expect(try await engine.keys(.filter(filter)).sorted() == expected, "\(filter)")
        let rest = try await engine.keys(.not(.filter(filter)))
        #expect((rest + expected).sorted() == ["a", "b", "c", "d", "e"], "not \(filter)")
        let both = try await engine.keys(.all([.filter(filter), word("report")])).sorted()
        #expect(both == expected.filter { ["a", "b", "c"].contains($0) }, "report and \(filter)")
      }
    },

    ConformanceCheck("filters and exclusions carry no weight") { subject in
      let engine = try await subject.engine(holding: library())
      let queries: [Query] = [
        .everything, .filter(.size(minimum: 0, maximum: nil)), .not(word("nothingatall")),
      ]
      for query in queries {
        let answer = try await engine.search(SearchRequest(query: query))
        #expect(answer.hits.map(\.weight) == [0, 0, 0, 0, 0], "\(query)")
        #expect(answer.hits.map(\.record.key.value) == ["a", "b", "c", "d", "e"], "\(query)")
      }
      let plain = try await engine.search(SearchRequest(query: word("report")))
      let filtered = try await engine.search(
        SearchRequest(
          query: .all([word("report"), .filter(.owner("kim")), .not(word("invoice"))])))
      for hit in filtered.hits {
        let same = plain.hits.first { $0.record.key == hit.record.key }
        #expect(same?.weight == hit.weight)
      }
      #expect(!filtered.hits.isEmpty)
    },

    ConformanceCheck("statistics count records, lengths and leaves, and add up") { subject in
      let records = try library()
      let whole = try await subject.engine(holding: records)
      let left = try await subject.engine(holding: Array(records[..<2]))
      let right = try await subject.engine(holding: Array(records[2...]))
      let queries: [Query] = [word("report"), .prefix("repo", field: nil), .nothing, .everything]
      for query in queries {
        let statistics = try await whole.statistics(for: query)
        #expect(statistics.documentCount == 5)
        #expect(statistics.totalLength > 0)
        var sum = try await left.statistics(for: query)
        sum.add(try await right.statistics(for: query))
        #expect(sum.withoutZeros == statistics.withoutZeros, "\(query)")
      }
      let frequencies = try await whole.statistics(for: word("report")).documentFrequencies
      #expect(frequencies.values.contains(3))
    },

    ConformanceCheck("weights follow the statistics that are handed in") { subject in
      let engine = try await subject.engine(holding: library())
      var request = SearchRequest(query: word("report"))
      let own = try await engine.search(request)
      request.statistics = try await engine.statistics(for: request.query)
      #expect(try await engine.search(request) == own)
      request.statistics?.documentCount *= 1_000
      request.statistics?.totalLength *= 1_000
      let rarer = try await engine.search(request)
      #expect(rarer.hits.count == own.hits.count)
      #expect(zip(rarer.hits, own.hits).allSatisfy { $0.weight > $1.weight })
    },

    ConformanceCheck("explanations add up to the weight") { subject in
      let engine = try await subject.engine(holding: library())
      let queries: [Query] = [
        word("report"), .any([word("annual"), word("보고서"), .prefix("in", field: nil)]),
        .phrase("annual report", field: nil), .filter(.owner("kim")),
      ]
      for query in queries {
        let answer = try await engine.search(SearchRequest(query: query, explains: true))
        #expect(!answer.hits.isEmpty)
        for hit in answer.hits {
          let contributions = try #require(hit.explanation).contributions
          #expect(abs(contributions.reduce(0) { $0 + $1.weight } - hit.weight) < 1e-9)
          #expect(contributions.allSatisfy { !$0.fields.isEmpty })
        }
      }
      let plain = try await engine.search(SearchRequest(query: word("report")))
      #expect(plain.hits.allSatisfy { $0.explanation == nil })
    },

    ConformanceCheck("facets count every match") { subject in
      let engine = try await subject.engine(holding: library())
      let answer = try await engine.search(
        SearchRequest(query: .everything, limit: 1, facets: Set(Facet.allCases)))
      let expected: [Facet: [FacetCount]] = [
        .type: [FacetCount(value: "document", count: 3), FacetCount(value: "image", count: 1)],
        .fileExtension: [FacetCount(value: "pdf", count: 3), FacetCount(value: "jpg", count: 1)],
        .owner: [FacetCount(value: "kim", count: 4), FacetCount(value: "정", count: 1)],
        .folder: [
          FacetCount(value: "work/2024", count: 2), FacetCount(value: "Work", count: 1),
          FacetCount(value: "photos", count: 1),
        ],
        .year: [FacetCount(value: "2024", count: 4), FacetCount(value: "1969", count: 1)],
      ]
      #expect(answer.facets == expected)
      let none = try await engine.search(SearchRequest(query: .everything))
      #expect(none.facets.isEmpty)
    },

    ConformanceCheck("spellings are near, existing and not the word itself") { subject in
      let engine = try await subject.engine(holding: library())
      let spellings = try await engine.spellings(of: "reprot", limit: 3)
      #expect(spellings.first == "report")
      #expect(spellings.count <= 3)
      let others = try await engine.spellings(of: "report", limit: 3)
      #expect(!others.contains("report"))
      #expect(try await engine.spellings(of: "reprot", limit: 0).isEmpty)
    },

    ConformanceCheck("spellings are words as people write them") { subject in
      var records = try (0..<5).map { try record("c\($0)", "\($0).txt", title: "Our companies") }
      records.append(try record("x", "x.txt", keywords: ["compamy"]))
      records.append(try record("l", "license.txt"))
      let engine = try await subject.engine(holding: records)
      #expect(try await engine.spellings(of: "comapny", limit: 3) == ["company"])
      #expect(try await engine.spellings(of: "cmpani", limit: 3) == ["companies"])
      #expect(try await engine.spellings(of: "compay", limit: 3) == ["company", "compamy"])
      #expect(try await engine.spellings(of: "licnese", limit: 3) == ["license"])
    },
  ]

  /// Five files of which people can say what finds them.
  static func library() throws -> [Record] {
    [
      try record(
        "a", "AnnualReport_v2.pdf", in: "work/2024", size: 100, modified: 1_704_067_200,
        title: "Annual report", keywords: ["finance"], text: "income and expenses", hash: 1),
      try record(
        "b", "report-draft.PDF", in: "work/2024", size: 200, modified: 1_718_000_000,
        keywords: ["report card"], text: "a report of the annual meeting"),
      try record(
        "c", "invoice.pdf", in: "Work", size: 300, modified: 1_718_000_001,
        text: "see the report", hash: 2),
      try record("d", "바다.jpg", in: "photos", size: 0, modified: -1, title: "여름 바다에서"),
      try record("e", "연간보고서", size: 400, modified: 1_735_689_599, owner: "정"),
    ]
  }

  static let queryKinds: [(Query, [String])] = [
    (.nothing, []), (.everything, ["a", "b", "c", "d", "e"]),
    (word("report"), ["a", "b", "c"]), (word("REPORT"), ["a", "b", "c"]),
    (word("report", .name), ["a", "b"]), (word("report", .title), ["a"]),
    (word("report", .keyword), ["b"]), (word("report", .text), ["b", "c"]),
    (word("work", .directory), ["a", "b", "c"]), (word("v2"), ["a"]),
    (word("보고서"), ["e"]), (word("바다"), ["d"]), (word("absent"), []),
    (.phrase("annual report", field: nil), ["a"]), (.phrase("the report", field: nil), ["c"]),
    (.phrase("the report", field: .name), []), (.phrase("report annual", field: nil), []),
    (.phrase("report card", field: .keyword), ["b"]),
    (.prefix("repo", field: nil), ["a", "b", "c"]), (.prefix("inv", field: .name), ["c"]),
    (.prefix("zzz", field: nil), []), (.infix("nvoic", field: nil), ["c"]),
    (.all([word("report"), word("annual")]), ["a", "b"]), (.all([]), ["a", "b", "c", "d", "e"]),
    (.any([word("invoice"), word("바다")]), ["c", "d"]), (.any([]), []),
    (.all([word("report"), .not(word("annual"))]), ["c"]), (.not(word("report")), ["d", "e"]),
    (.not(.not(word("report"))), ["a", "b", "c"]),
    (.any([word("바다"), .not(word("report"))]), ["d", "e"]),
    (.all([word("report"), .nothing]), []), (.any([word("바다"), .nothing]), ["d"]),
  ]

  static let filters: [(Filter, [String])] = [
    (.fileExtension("pdf"), ["a", "b", "c"]), (.fileExtension("PDF"), ["a", "b", "c"]),
    (.fileExtension("jpg"), ["d"]), (.fileExtension("zip"), []),
    (.type(.document), ["a", "b", "c"]), (.type(.image), ["d"]), (.type(.code), []),
    (.folder("work"), ["a", "b", "c"]), (.folder("work/2024"), ["a", "b"]),
    (.folder("2024"), ["a", "b"]), (.folder("wor"), []),
    (.owner("정"), ["e"]), (.owner("KIM"), ["a", "b", "c", "d"]),
    (.size(minimum: 200, maximum: nil), ["b", "c", "e"]),
    (.size(minimum: nil, maximum: 200), ["a", "b", "d"]),
    (.size(minimum: 100, maximum: 100), ["a"]), (.size(minimum: 300, maximum: 200), []),
    (.modified(earliest: 0, latest: nil), ["a", "b", "c", "e"]),
    (.modified(earliest: nil, latest: 1_704_067_200), ["a", "d"]),
    (.modified(earliest: 1_718_000_000, latest: 1_718_000_000), ["b"]),
    (.size(minimum: nil, maximum: nil), ["a", "b", "c", "d", "e"]),
  ]
}

extension CollectionStatistics {
  /// A leaf that matches nothing may have an entry of 0 or none.
  var withoutZeros: CollectionStatistics {
    var result = self
    result.documentFrequencies = documentFrequencies.filter { $0.value != 0 }
    return result
  }
}
