import SearchModel
import Testing

extension ConformanceCheck {
  static let concurrencyChecks: [ConformanceCheck] = [
    ConformanceCheck("readers see whole revisions while batches are committed") { subject in
      let engine = try await subject.make()
      let width = 20
      func batch(_ generation: Int) throws -> [RecordChange] {
        try (0..<width).map { number in
          .put(try record("k\(number)", "mark.txt", size: Int64(generation)))
        }
      }
      try await engine.apply(try batch(0))
      try await engine.commit(notes: ["generation": "0"])
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for generation in 1...15 {
            let changes = try batch(generation)
            // In two steps, so that a reader could see one without the other.
            try await engine.apply(Array(changes[..<(width / 2)]))
            await Task.yield()
            try await engine.apply(Array(changes[(width / 2)...]))
            try await engine.commit(notes: ["generation": String(generation)])
          }
        }
        for _ in 0..<4 {
          group.addTask { try await read(engine, width: width, until: 15) }
        }
        // The first error ends the loop and cancels the readers, which would wait for ever.
        for try await _ in group {}
      }
      #expect(try await engine.notes() == ["generation": "15"])
    },

    ConformanceCheck("a search of a cancelled task finds nothing and harms nothing") { subject in
      let engine = try await subject.engine(holding: [try record("1", "mark.txt")])
      for query in [word("mark"), .infix("ark", field: nil), .everything] {
        let search = Task {
          while !Task.isCancelled { await Task.yield() }
          return try await engine.search(SearchRequest(query: query))
        }
        search.cancel()
        await #expect(throws: EngineError.cancelled) { try await search.value }
        #expect(try await engine.keys(query) == ["1"])
      }
    },
  ]

  /// Searches until the last generation shows, which it does because its commit returns.
  private static func read(
    _ engine: any FullTextEngine, width: Int, until last: Int64
  ) async throws {
    var newest = Revision(0)
    var generation: Int64 = 0
    while generation < last {
      try Task.checkCancellation()
      let answer = try await engine.search(
        SearchRequest(query: word("mark"), limit: 2 * width, collapsesDuplicates: false))
      let generations = Set(answer.hits.map(\.record.size))
      #expect(answer.hits.count == width)
      #expect(generations.count == 1, "one search saw the generations \(generations)")
      #expect(answer.revision >= newest, "revisions went backwards")
      guard let seen = generations.first, generations.count == 1 else { return }
      #expect(seen >= generation, "a search saw generation \(seen) after \(generation)")
      newest = answer.revision
      generation = seen
      await Task.yield()
    }
  }
}
