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
    journey.note(answer, isOfPage: false)
    // Who was not asked for lack of time may have it: then nothing is claimed.
    let completeness = answer.completeness
    let isOpen = completeness.restCount > 0 && completeness.restOutcome == .timedOut
    return !answer.hits.isEmpty || isOpen
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

  /// A search of several steps may use all its time for the first ones. What comes after that is
  /// asked of the own group alone, which takes no way, so that there is a page to show.
  static let grace: Duration = .milliseconds(40)

  private func run(
    _ request: SearchRequest, _ scope: SearchScope,
    improve: @escaping @Sendable (CascadeAnswer) -> Void
  ) async throws(EngineError) -> CascadeAnswer {
    let isLate = ContinuousClock.now - start >= deadline
    if isLate { journey.noteLateness() }
    do {
      return try await coordinator.cascade(
        request, scope: isLate ? .group : scope, start: start,
        deadline: isLate ? deadline + Self.grace : deadline, told: journey.take, improve: improve)
    } catch {
      // Nothing else ends a cascade without an answer.
      throw .cancelled
    }
  }
}
