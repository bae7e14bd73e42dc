import Cascade
import SearchModel

/// Many virtual servers as one index, for one search: every step of it is a cascade, and all of them
/// together have one deadline.
struct CoordinatedIndex: SearchableIndex {
  let coordinator: Coordinator
  let scope: SearchScope
  let start: ContinuousClock.Instant
  /// From the start.
  let deadline: Duration
  let journey: SearchJourney
  /// Is told of better answers to a search for hits, until the first such search is over.
  let improve: @Sendable (SearchRequest, CascadeAnswer) -> Void

  func search(_ request: SearchRequest) async throws(EngineError) -> SearchAnswer {
    let answer = try await run(request, scope) { improve(request, $0) }
    journey.note(answer)
    return SearchAnswer(
      hits: answer.hits.map(\.hit), matchCount: answer.matchCount, facets: answer.facets,
      // Of many indexes there is none.
      revision: Revision(0))
  }

  /// The nearest record that matches answers it.
  func holdsMatch(of query: Query) async throws(EngineError) -> Bool {
    let request = SearchRequest(query: query, limit: 1, collapsesDuplicates: false)
    let answer = try await run(request, scope == .everywhere ? .nearest : scope) { _ in }
    journey.note(answer)
    return !answer.hits.isEmpty
  }

  func nearSpellings(
    of word: String, limit: Int
  ) async throws(EngineError) -> [NearSpelling] {
    do {
      return try await coordinator.nearSpellings(
        of: word, limit: limit, scope: scope, until: start + deadline)
    } catch {
      throw .cancelled
    }
  }

  private func run(
    _ request: SearchRequest, _ scope: SearchScope,
    improve: @escaping @Sendable (CascadeAnswer) -> Void
  ) async throws(EngineError) -> CascadeAnswer {
    do {
      return try await coordinator.cascade(
        request, scope: scope, start: start, deadline: deadline, improve: improve)
    } catch {
      // Nothing else ends a cascade without an answer.
      throw .cancelled
    }
  }
}
