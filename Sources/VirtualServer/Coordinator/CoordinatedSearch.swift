import Cascade
import Protocol
import SearchModel
import Synchronization

/// One person's search by a coordinator: the steps of a `PersonalSearch`, each a cascade, and what is
/// shown of them on the way.
struct CoordinatedSearch: Sendable {
  typealias Presentation =
    @Sendable (
      _ answer: ExplainedAnswer, _ coverage: CascadeCoverage, _ isLast: Bool
    ) -> GroupSearchAnswer

  let request: GroupSearchRequest
  let asker: Asker
  let scope: SearchScope
  let coordinator: Coordinator
  let start: ContinuousClock.Instant
  /// From the start.
  let deadline: Duration
  let present: Presentation

  /// - Parameter improve: is called in order, until the last answer is returned; must not wait.
  /// - Throws: ``Protocol/ProblemDocument``, `CancellationError`.
  func run(
    improve: @escaping @Sendable (GroupSearchAnswer) -> Void
  ) async throws -> GroupSearchAnswer {
    let journey = SearchJourney()
    let index = CoordinatedIndex(
      coordinator: coordinator, asker: asker, scope: scope, start: start, deadline: deadline,
      journey: journey
    ) { [self] step, answer in
      if let shown = improvement(of: step, answer, journey) { improve(shown) }
    }
    // Who asks knows from this that the search is being made, however long its first step takes.
    let unknown = MatchCount.between(0, CascadeLimits().highestDocumentCount)
    let nothing = SearchAnswer(hits: [], matchCount: unknown, revision: Revision(0))
    improve(
      present(ExplainedAnswer(relaxed: RelaxedAnswer(answer: nothing)), coverage(journey), false))
    do throws(EngineError) {
      let answer = try await PersonalSearch(engine: index)
        .explainedAnswer(to: request.request, isStrict: request.isStrict)
      return present(answer, coverage(journey), true)
    } catch {
      if case .cancelled = error { throw CancellationError() }
      throw ProblemDocument(error)
    }
  }

  /// What a person may see of a step that is under way: the first that has hits to show. A later one
  /// fills up a page that stands already.
  private func improvement(
    of step: SearchRequest, _ answer: CascadeAnswer, _ journey: SearchJourney
  ) -> GroupSearchAnswer? {
    guard step.limit == request.request.limit, step.offset == request.request.offset,
      !journey.hasHits
    else { return nil }
    let found = SearchAnswer(
      hits: answer.hits.map(\.hit), matchCount: answer.matchCount, facets: answer.facets,
      revision: Revision(0))
    let isAsTyped = step.query == request.request.query
    let relaxed = RelaxedAnswer(answer: found, partialStart: isAsTyped ? nil : 0)
    return present(
      ExplainedAnswer(relaxed: relaxed), coverage(journey, improvement: answer), false)
  }

  private func coverage(
    _ journey: SearchJourney, improvement: CascadeAnswer? = nil
  ) -> CascadeCoverage {
    journey.coverage(
      improvement: improvement, scope: scope, elapsed: .now - start, directory: coordinator.place)
  }
}
