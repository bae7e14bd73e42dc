import SearchModel
import Testing

extension ConformanceCheck {
  static let changeChecks: [ConformanceCheck] = [
    ConformanceCheck("an empty index answers everything with nothing") { subject in
      let engine = try await subject.make()
      for query in [Query.nothing, .everything, word("report"), .all([]), .any([])] {
        let answer = try await engine.search(
          SearchRequest(query: query, facets: Set(Facet.allCases)))
        #expect(answer.hits.isEmpty)
        #expect(answer.matchCount.allows(0))
        #expect(answer.facets.values.allSatisfy { $0.isEmpty })
      }
      let statistics = try await engine.statistics(for: word("report"))
      #expect(statistics.documentCount == 0 && statistics.totalLength == 0)
      #expect(statistics.documentFrequencies.values.allSatisfy { $0 == 0 })
      #expect(try await engine.notes().isEmpty)
      #expect(try await engine.record(for: key("a")) == nil)
      #expect(try await engine.spellings(of: "report", limit: 5).isEmpty)
    },

    ConformanceCheck("records are added, replaced and removed by key") { subject in
      let engine = try await subject.engine(holding: [
        record("a", "report.txt"), record("b", "invoice.txt"),
      ])
      #expect(try await engine.keys(word("report")) == ["a"])
      #expect(
        try await engine.held(among: ["a", "b", "c", "a"].map(key)) == [key("a"), key("b")])
      try await engine.apply([.put(record("a", "letter.txt")), .remove(key("b"))])
      #expect(try await engine.held(among: ["a", "b"].map(key)).count == 2)
      try await engine.commit(notes: [:])
      #expect(try await engine.held(among: ["a", "b"].map(key)) == [key("a")])
      #expect(try await engine.held(among: []).isEmpty)
      #expect(try await engine.keys(word("report")).isEmpty)
      #expect(try await engine.keys(word("invoice")).isEmpty)
      #expect(try await engine.keys(word("letter")) == ["a"])
      #expect(try await engine.keys(.everything) == ["a"])
      #expect(try await engine.record(for: key("b")) == nil)
      #expect(try await engine.statistics(for: word("invoice")).documentCount == 1)
    },

    ConformanceCheck("a later change of a key wins, within a batch and over several") { subject in
      let engine = try await subject.make()
      try await engine.apply([
        .put(record("a", "first.txt")), .put(record("a", "second.txt")),
        .put(record("b", "first.txt")), .remove(key("b")),
        .remove(key("c")), .put(record("c", "third.txt")), .remove(key("absent")),
      ])
      try await engine.apply([.put(record("d", "first.txt"))])
      try await engine.apply([.put(record("d", "fourth.txt"))])
      try await engine.commit(notes: [:])
      #expect(try await engine.keys(.everything) == ["a", "c", "d"])
      #expect(try await engine.keys(word("first")).isEmpty)
      #expect(try await engine.keys(word("second")) == ["a"])
      #expect(try await engine.keys(word("fourth")) == ["d"])
    },

    ConformanceCheck("nothing is visible before the commit") { subject in
      let engine = try await subject.engine(holding: [record("a", "report.txt")])
      let before = try await engine.revision()
      try await engine.apply([.put(record("b", "report.txt")), .remove(key("a"))])
      #expect(try await engine.keys(word("report")) == ["a"])
      #expect(try await engine.record(for: key("b")) == nil)
      #expect(try await engine.statistics(for: word("report")).documentCount == 1)
      #expect(try await engine.revision() == before)
      let after = try await engine.commit(notes: [:])
      #expect(after > before)
      #expect(try await engine.revision() == after)
      #expect(try await engine.keys(word("report")) == ["b"])
      #expect(try await engine.search(SearchRequest(query: .everything)).revision == after)
    },

    ConformanceCheck("notes are kept by name and change with the records") { subject in
      let engine = try await subject.make()
      try await engine.apply([.put(record("a"))])
      #expect(try await engine.notes().isEmpty)
      try await engine.commit(notes: ["sequence": "1", "이름": "값 “x”\n"])
      #expect(try await engine.notes() == ["sequence": "1", "이름": "값 “x”\n"])
      let before = try await engine.revision()
      try await engine.commit(notes: ["sequence": "2"])
      #expect(try await engine.notes() == ["sequence": "2", "이름": "값 “x”\n"])
      #expect(try await engine.revision() >= before)
    },

    ConformanceCheck("an empty batch changes nothing") { subject in
      let engine = try await subject.engine(holding: [record("a")])
      let before = try await engine.revision()
      try await engine.apply([])
      #expect(try await engine.commit(notes: [:]) == before)
      #expect(try await engine.commit(notes: [:]) == before)
      #expect(try await engine.keys(.everything) == ["a"])
    },

    ConformanceCheck("a record comes back as it went in, without its text") { subject in
      var full = try record(
        "k/1", "Année 보고서.PDF", in: "a/ b", size: 12, modified: -5, title: "T\u{0}t",
        keywords: ["x", "", "y z"], text: "body", hash: 3, owner: "정")
      let engine = try await subject.engine(holding: [full])
      full.text = ""
      #expect(try await engine.record(for: full.key) == full)
      let hits = try await engine.search(SearchRequest(query: word("body"))).hits
      #expect(hits.map(\.record) == [full])
    },

    ConformanceCheck("what was committed is there after opening again") { subject in
      guard let reopen = subject.reopen else { return }
      var engine = try await subject.engine(holding: [record("a", "report.txt")])
      let revision = try await engine.commit(notes: ["n": "1"])
      try await engine.apply([.put(record("b", "report.txt"))])
      engine = try await reopen(engine)
      #expect(try await engine.keys(word("report")) == ["a"])
      #expect(try await engine.notes() == ["n": "1"])
      #expect(try await engine.revision() == revision)
      try await engine.apply([.put(record("c", "report.txt"))])
      #expect(try await engine.commit(notes: [:]) > revision)
      engine = try await reopen(engine)
      #expect(try await engine.keys(word("report")) == ["a", "c"])
    },
  ]
}
