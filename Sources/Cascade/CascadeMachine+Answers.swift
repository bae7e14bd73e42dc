import SearchModel

/// What is shown.
extension CascadeMachine {
  /// The statistics of those that answered, for the next search with the same query.
  public var statistics: [ServerIdentifier: ServerStatistics] {
    states.compactMapValues { $0.takesPart ? $0.statistics : nil }
  }

  /// Shows what a round has so far, when that takes nothing away that was shown before.
  mutating func improveIfDue() {
    nextPublication = nil
    guard let round, !round.replies.isEmpty, request.limit > 0 else { return }
    // Who is still to answer by the round's sum is waited for, so that weights are not mixed.
    let answers = answersSoFar(in: round) { states[$0]?.takesPart != true }
    let isMore =
      answers.keys.contains { !shown.contains($0) }
      && shown.allSatisfy { answers[$0] != nil || heard[$0] == nil }
    guard isMore else { return }
    let due = (lastPublication ?? .zero) + limits.publishInterval
    guard now >= due else {
      nextPublication = due
      return
    }
    improve(StageResult(answers: answers, hits: merged(answers), isExact: false))
  }

  /// The round's answers, and the earlier ones of those that have not answered in it but did before:
  /// what was shown is not taken away because a server has become slow.
  func answersSoFar(
    in round: Round, keeping isKept: (ServerIdentifier) -> Bool = { _ in true }
  ) -> [ServerIdentifier: SearchAnswer] {
    round.replies.merging(heard.filter { isKept($0.key) }) { new, _ in new }
  }

  mutating func improve(_ result: StageResult?) {
    guard let result, !result.answers.isEmpty else { return }
    (lastPublication, nextPublication) = (now, nil)
    shown = Set(result.answers.keys)
    actions.append(.improve(answer(result)))
  }

  /// All that was wanted was asked: what is left is to find further copies of the page's files.
  mutating func finishWhole() {
    let questions = questionsForSources()
    guard !questions.isEmpty else { return finish() }
    improve(result)
    for (server, request) in questions {
      enqueue(.sources, server, request: request)
    }
    phase = .sources(until: patience(0.5))
  }

  mutating func finish() {
    giveUp(.sources)
    emitLast(addingSources(to: result))
  }

  /// What covers more counts: the round that was under way, or the stage before it.
  mutating func finishAtDeadline() {
    giveUp(.statistics)
    giveUp(.matches)
    giveUp(.sources)
    if let round {
      let answers = answersSoFar(in: round)
      let isWhole = answers.count == round.members.count && round.replies.count == answers.count
      let hasLost = result?.answers.keys.contains { heard[$0] == nil } ?? false
      if isWhole || hasLost || answers.count > result?.answers.count ?? 0 {
        let isExact =
          isWhole
          && round.members.allSatisfy { states[$0]?.statistics?.revision == round.revisions[$0] }
        result = StageResult(answers: answers, hits: merged(answers), isExact: isExact)
      }
    }
    emitLast(addingSources(to: result))
  }

  private mutating func emitLast(_ result: StageResult?) {
    waitingAsks = []
    for number in openAsks.keys.sorted() { actions.append(.cancel(number)) }
    openAsks = [:]
    phase = .finished
    let nothing = StageResult(answers: [:], hits: [], isExact: true)
    actions.append(.finish(answer(result ?? nothing)))
  }

  private func answer(_ result: StageResult) -> CascadeAnswer {
    let answers = covered.compactMap { result.answers[$0] }
    var completeness = Completeness()
    completeness.restCount = plan.restCount
    completeness.restOutcome = now >= limits.deadline ? .timedOut : .notNeeded
    var reports: [ServerReport] = []
    for identifier in covered {
      guard let state = states[identifier] else { continue }
      let outcome = outcome(of: state, in: result)
      completeness.outcomes[identifier.description] = outcome
      let reason = outcome == .answered ? nil : state.failure?.description
      reports.append(
        ServerReport(
          identifier: identifier, ring: state.ring, outcome: outcome, reason: reason,
          roundTrip: state.roundTrip, waited: state.waited, askCount: state.askCount,
          proofAge: state.proofAge))
    }
    return CascadeAnswer(
      hits: result.hits, matchCount: AnswerSums.matchCount(of: answers),
      facets: AnswerSums.facets(of: answers), completeness: completeness,
      isExact: result.isExact, reports: reports)
  }

  private func outcome(of state: ServerState, in result: StageResult) -> Completeness.Outcome {
    if result.answers[state.server.identifier] != nil { return .answered }
    if state.proofAge != nil { return .pruned }
    return state.failure?.outcome ?? .timedOut
  }
}
