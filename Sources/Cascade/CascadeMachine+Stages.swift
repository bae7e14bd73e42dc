import SearchModel

/// Stages and rounds: which servers are covered, and by which statistics they weigh.
extension CascadeMachine {
  /// All servers covered weigh by one sum.
  struct Round: Sendable {
    let members: [ServerIdentifier]
    let began: Duration
    /// The revisions that the sum counts on.
    let revisions: [ServerIdentifier: Revision]
    private(set) var replies: [ServerIdentifier: SearchAnswer] = [:]
    /// Hits of all of them.
    private(set) var hitCount = 0
    /// When the last of them came.
    private(set) var lastReply: Duration?

    mutating func take(_ answer: SearchAnswer, of server: ServerIdentifier, at time: Duration) {
      hold(answer, of: server)
      lastReply = time
    }

    /// - Parameter answer: nil for nothing.
    mutating func hold(_ answer: SearchAnswer?, of server: ServerIdentifier) {
      hitCount += (answer?.hits.count ?? 0) - (replies[server]?.hits.count ?? 0)
      replies[server] = answer
    }
  }

  /// What a stage came to.
  struct StageResult: Sendable {
    var answers: [ServerIdentifier: SearchAnswer]
    var hits: [MergedHit]
    var isExact: Bool
  }

  /// The hits that a page takes, from its servers' first on.
  var wanted: Int {
    let (sum, overflows) = max(0, request.offset).addingReportingOverflow(max(0, request.limit))
    return overflows ? .max : sum
  }

  /// Covers one ring more.
  mutating func openStage() {
    correctionCount = 0
    let (former, formerCount) = (participantCount, covered.count)
    guard coverNext() else { return finishWhole() }
    switch scope {
    case .group: break
    case .everywhere, .band:
      // The own group is shown at once; after it nothing is gained by going ring by ring.
      if result != nil { while coverNext() {} }
    case .nearest:
      // Who was asked before is asked again by the new sum. So that this stays in proportion, a
      // search that must go far takes larger and larger steps.
      let wanted = former < limits.singleRings ? 1 : former / 2
      while participantCount - former < wanted, coverNext() {}
    }
    // All of them are proven empty or gone: what stands is the answer for them too.
    if participantCount == former, result != nil, formerCount > 0 { return finishWhole() }
    askForStatistics()
    stageBegan = now
    nextPreview = request.limit > 0 ? now + limits.previewDelay : nil
    phase = .statistics(until: patience(limits.statisticsShare))
  }

  /// Those that are still to answer, or have.
  private var participantCount: Int { states.values.count(where: \.takesPart) }

  private var isLastStage: Bool { plan.restCount == 0 }

  /// - Returns: whether there was a further ring.
  private mutating func coverNext() -> Bool {
    guard let (ring, servers) = plan.next() else { return false }
    for server in servers {
      let known = foreknowledge(server.identifier)
      var state = ServerState(server: server, ring: ring)
      state.proofAge = known.proofAge
      if known.isUnreachable {
        state.failure = .unreachable("It did not answer a moment ago.")
      }
      // What was kept is checked like what comes.
      state.statistics = known.statistics.flatMap { check.problem(of: $0) == nil ? $0 : nil }
      states[server.identifier] = state
      covered.append(server.identifier)
    }
    return true
  }

  private mutating func askForStatistics() {
    for identifier in covered {
      guard let state = states[identifier], state.takesPart, state.statistics == nil else {
        continue
      }
      enqueue(.statistics, identifier, request: request)
    }
  }

  mutating func beginRound() {
    endPreview()
    openRound(of: covered.filter { states[$0]?.isReadyToMatch ?? false })
    phase = .matching(until: patience(isLastStage ? limits.lastStageShare : limits.ringShare))
  }

  /// Has these matched by the sum of their statistics.
  ///
  /// - Parameter isUrgent: whether their questions come before all that wait.
  mutating func openRound(of members: [ServerIdentifier], isUrgent: Bool = false) {
    var sum = CollectionStatistics()
    var revisions: [ServerIdentifier: Revision] = [:]
    for member in members {
      guard let statistics = states[member]?.statistics else { continue }
      sum.add(statistics.statistics)
      revisions[member] = statistics.revision
    }
    round = Round(members: members, began: now, revisions: revisions)
    var part = request
    part.statistics = sum
    part.offset = 0
    part.limit = wanted
    let waiting = waitingAsks
    if isUrgent { waitingAsks = [] }
    for member in members {
      enqueue(.matches, member, request: part, believed: revisions[member])
    }
    if isUrgent { waitingAsks += waiting }
  }

  /// At the end of its share the last stage goes on without those that hang, unless there would be
  /// nothing to gain: then they may take all the time that is left.
  ///
  /// - Returns: whether there is more to wait for.
  mutating func extendLastStage() -> Bool {
    guard isLastStage, isAwaiting(.matches), let round else { return false }
    if !round.replies.isEmpty, correctionCount < limits.corrections, mayAskAgain(round) {
      return false
    }
    phase = .matching(until: limits.deadline)
    return true
  }

  /// Every server of the round has answered or will not.
  mutating func endRound() {
    guard let round else { return }
    let failed = round.members.contains { states[$0]?.takesPart != true }
    let changed = round.members.contains {
      states[$0]?.takesPart == true && states[$0]?.statistics?.revision != round.revisions[$0]
    }
    if failed || changed, correctionCount < limits.corrections, mayAskAgain(round) {
      correctionCount += 1
      return beginRound()
    }
    // The first stage without anybody who answers has nothing to show.
    let answers = answersSoFar(in: round)
    result = StageResult(
      answers: answers, hits: merged(answers),
      isExact: !failed && !changed && answers.count == round.replies.count)
    self.round = nil
    let isEnough = scope == .nearest && (result?.hits.count ?? 0) >= request.limit
    if isLastStage || isEnough && request.limit > 0 || isCounted { return finishWhole() }
    improve(result)
    openStage()
  }

  /// Whether nothing but a number of matches was asked for, which one ring gives as well.
  private var isCounted: Bool { scope == .nearest && request.limit == 0 }

  /// Whether a round that takes as long as those took that answered in this one would be over in time.
  private func mayAskAgain(_ round: Round) -> Bool {
    // Behind an earlier stage comes another, which matches all of them anyway.
    let replied = isLastStage ? round.lastReply ?? now : now
    return now + (replied - round.began) * 2 < limits.deadline
  }

  /// - Parameter page: nil for the one that is searched for.
  func merged(
    _ answers: [ServerIdentifier: SearchAnswer], for page: SearchRequest? = nil
  ) -> [MergedHit] {
    let lists = answers.compactMap { identifier, answer in
      states[identifier].map {
        RankedList(server: identifier, nearness: $0.server.nearness, hits: answer.hits)
      }
    }
    return merging.merge(lists, for: page ?? request)
  }
}
