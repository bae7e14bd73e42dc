import MemoryEngine
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance

/// What several indexes say of a mistyped word together is what one index says that holds all.
@Suite struct SplitSpellingTests {
  @Test(arguments: 0..<20)
  func frequenciesAddUp(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let records = (0..<150).map { RandomCollection.record($0, using: &generator) }
    let count = generator.number(in: 2...9)
    var parts = [[Record]](repeating: [], count: count)
    for record in records { parts[generator.number(in: 0...count - 1)].append(record) }
    let whole = await engine(records)
    var engines: [MemoryEngine] = []
    for part in parts { engines.append(await engine(part)) }
    for word in RandomCollection.words {
      let mistyped = mistyped(word, using: &generator)
      var lists: [[NearSpelling]] = []
      for engine in engines {
        lists.append(await engine.nearSpellings(of: mistyped, limit: 100))
      }
      // The best one, which is searched. What several terms behind it are written as may be one word,
      // and each index drops others of them.
      let merged = NearSpelling.merged(lists, limit: 1)
      let expected = await whole.nearSpellings(of: mistyped, limit: 1)
      #expect(merged == expected, "seed \(seed): \(mistyped)")
    }
  }

  private func engine(_ records: [Record]) async -> MemoryEngine {
    let engine = MemoryEngine()
    await engine.apply(records.map(RecordChange.put))
    _ = await engine.commit(notes: [:])
    return engine
  }

  /// Two letters change places.
  private func mistyped(_ word: String, using generator: inout SeededGenerator) -> String {
    var letters = Array(word)
    guard letters.count > 2 else { return word }
    let place = generator.number(in: 1...letters.count - 2)
    letters.swapAt(place, place + 1)
    return String(letters)
  }
}
