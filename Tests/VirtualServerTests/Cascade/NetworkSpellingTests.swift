import MemoryEngine
import Protocol
import SearchModel
import Testing

@testable import VirtualServer

/// A mistyped word is corrected by the words of several groups.
@Suite(.timeLimit(.minutes(5))) struct NetworkSpellingTests {
  private static func records(_ names: [String], _ part: Int) -> [Record] {
    names.enumerated().compactMap { number, name in
      RecordKey("k\(part)-\(number)").map { Record(key: $0, filename: name) }
    }
  }

  private func search(
    _ parts: [[String]], _ words: String, scope: String = "everywhere"
  ) async throws -> GroupSearchAnswer {
    let network = try await ServerNetwork(
      parts.enumerated().map { Self.records($1, $0) }
    ) { _ in MemoryEngine() }
    let request = GroupSearchRequest(
      request: SearchRequest(query: .words(words)), scope: scope, deadline: 9_000)
    let answer = try await network.members[0].service.search(request, by: network.members[0].host)
    await network.stop()
    return answer
  }

  @Test func byWordsThatTheOwnGroupLacks() async throws {
    let answer = try await search([["holiday"], ["annual report"], ["photo"]], "reprot")
    #expect(answer.answer.corrections == [.init(word: "reprot", spelling: "report")])
    #expect(answer.answer.answer.hits.map(\.record.filename) == ["annual report"])
    #expect(answer.spellings == ["reprot": ["report"]])
    // Within the own group nobody knows what was meant.
    let own = try await search([["holiday"], ["annual report"]], "reprot", scope: "group")
    #expect(own.answer.corrections.isEmpty && own.answer.unmatchedWords == ["reprot"])
  }

  /// A word that is frequent nowhere may be the most frequent of all.
  @Test func byFrequenciesThatAddUp() async throws {
    let answer = try await search(
      [["lorn", "lorn 2"], ["larn"], ["larn"], ["larn"]], "lirn")
    #expect(answer.spellings["lirn"] == ["larn", "lorn"])
  }
}
