import SearchModel

/// Questions and answers.
extension CascadeMachine {
  mutating func enqueue(
    _ kind: Ask.Kind, _ server: ServerIdentifier, request: SearchRequest, believed: Revision? = nil
  ) {
    lastAsk += 1
    waitingAsks.append(
      Ask(
        number: AskNumber(value: lastAsk), server: server, kind: kind, request: request,
        believed: believed))
  }

  /// Sends what waits, nearest first, as far as may be under way at once.
  mutating func askMore() {
    while let first = waitingAsks.first, !isFinished, hasPlace(for: first) {
      var ask = first
      waitingAsks.removeFirst()
      ask.sentAt = now
      openAsks[ask.number] = ask
      states[ask.server]?.askCount += 1
      switch ask.kind {
      case .statistics: actions.append(.askStatistics(ask.number, ask.server))
      case .matches, .sources, .overtaken:
        actions.append(
          .askMatches(ask.number, ask.server, ask.request, believed: ask.believed))
      }
    }
  }

  private func hasPlace(for ask: Ask) -> Bool {
    hasPlace && (ask.kind != .matches || hasPlaceForMatches)
  }

  private var hasPlace: Bool {
    openAsks.count < limits.concurrentAsks
      || openAsks.count < limits.openAsks
        && openAsks.values.count { now - $0.sentAt < limits.slowAsk } < limits.concurrentAsks
  }

  /// The same for what answers may weigh.
  private var hasPlaceForMatches: Bool {
    let atOnce = max(1, limits.hitsUnderWay / max(1, wanted))
    if openAsks.count < atOnce { return true }
    let open = openAsks.values.filter { $0.kind == .matches }
    // In the same proportion as for all questions.
    return open.count < atOnce * max(1, limits.openAsks / max(1, limits.concurrentAsks))
      && open.count { now - $0.sentAt < limits.slowAsk } < atOnce
  }

  /// When the next of the questions that are open counts as slow, where others wait for its place.
  var nextFreePlace: Duration? {
    guard !waitingAsks.isEmpty, openAsks.count < limits.openAsks else { return nil }
    return openAsks.values.map { $0.sentAt + limits.slowAsk }.filter { $0 > now }.min()
  }

  func isAwaiting(_ kind: Ask.Kind) -> Bool {
    openAsks.values.contains { $0.kind == kind } || waitingAsks.contains { $0.kind == kind }
  }

  /// Waits no longer for answers of this kind.
  mutating func giveUp(_ kind: Ask.Kind) {
    for ask in openAsks.values.filter({ $0.kind == kind }).sorted(by: { $0.number < $1.number }) {
      openAsks[ask.number] = nil
      actions.append(.cancel(ask.number))
      states[ask.server]?.waited = now - ask.sentAt
      // Further copies of a file are no reason to leave a server's hits out.
      if kind != .sources { states[ask.server]?.failure = .timedOut }
    }
    for ask in waitingAsks where ask.kind == kind && kind != .sources {
      states[ask.server]?.failure = .timedOut
    }
    waitingAsks.removeAll { $0.kind == kind }
  }

  /// - Returns: nil for an answer that nobody waits for.
  private mutating func close(_ number: AskNumber) -> Ask? {
    guard let ask = openAsks.removeValue(forKey: number) else { return nil }
    states[ask.server]?.roundTrip = now - ask.sentAt
    states[ask.server]?.waited = nil
    return ask
  }

  mutating func take(_ statistics: ServerStatistics, for number: AskNumber) {
    guard let ask = close(number), ask.kind == .statistics else { return }
    if let problem = check.problem(of: statistics) {
      states[ask.server]?.failure = .refused(problem)
    } else {
      let relevant = check.relevant(statistics)
      states[ask.server]?.statistics = relevant
    }
  }

  mutating func take(_ failure: ServerFailure, for number: AskNumber) {
    guard let ask = close(number), ask.kind != .sources, ask.kind != .overtaken else { return }
    states[ask.server]?.failure = failure
    round?.hold(nil, of: ask.server)
    if failure != .timedOut { heard[ask.server] = nil }
  }

  mutating func take(_ reply: MatchReply, for number: AskNumber) {
    guard let ask = close(number), ask.kind != .overtaken else { return }
    if let problem = problem(of: reply, to: ask) {
      states[ask.server]?.failure = .refused(problem)
      round?.hold(nil, of: ask.server)
      if ask.kind != .sources { heard[ask.server] = nil }
      return
    }
    if ask.kind == .sources {
      sources[ask.server, default: []] += reply.answer.hits
    } else {
      if let statistics = reply.statistics {
        let relevant = check.relevant(statistics)
        states[ask.server]?.statistics = relevant
      }
      round?.take(reply.answer, of: ask.server, at: now)
      heard[ask.server] = reply.answer
      dropWhatIsBelowThePage()
    }
  }

  private func problem(of reply: MatchReply, to ask: Ask) -> String? {
    if let problem = check.problem(of: reply.answer, to: ask.request) { return problem }
    guard let statistics = reply.statistics else {
      let isBelieved = ask.believed == nil || reply.answer.revision == ask.believed
      return isBelieved || ask.kind == .sources
        ? nil : "It has changed and does not say what it holds."
    }
    return check.problem(of: statistics)
  }
}
