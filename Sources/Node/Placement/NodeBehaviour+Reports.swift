import Protocol

/// Reports to the central server and what comes back.
extension NodeBehaviour {
  mutating func report() {
    // A group whose process does not run is not claimed any longer than others can bear.
    if case .serving = standing, let downSince = process.downSince,
      now >= downSince + pacing.processAbsence
    {
      reportDue = nil
      return
    }
    sequence += 1
    reportUnderWay = (sequence, now)
    reportDue = nil
    var environment = environment
    if cannotServe { environment.limitCount = 0 }
    actions.append(
      .report(
        PlacementReport(
          incarnation: incarnation, sequence: sequence, environment: environment,
          standing: reportedStanding, revocations: revocations.revision,
          directory: needsDirectory ? directory.version : nil)))
  }

  /// Only who serves a group, or may have to, sends searches to other virtual servers.
  private var needsDirectory: Bool {
    if case .serving = standing { true } else { duty != nil }
  }

  private var reportedStanding: PlacementReport.Standing {
    switch standing {
    case .seeking: .seeking
    case .attached(let server): .attached(group: server.group, epoch: server.epoch)
    case .serving(let group):
      if let port = process.port, group.isAnnounced || process.phase == .listening {
        .serving(
          group: group.group, epoch: group.epoch,
          endpoint: NetworkEndpoint(address: ownAddress, port: port),
          membership: group.membership, missing: group.missing,
          standby: group.standby.flatMap { $0.isReady ? $0.node : nil })
      } else {
        .seeking
      }
    }
  }

  mutating func takeFailure(of sequence: UInt64, retryAfter: Duration?) {
    guard reportUnderWay?.sequence == sequence else { return }
    reportUnderWay = nil
    isCentralReachable = false
    var longest = pacing.longestRetry
    if case .serving = standing { longest = pacing.longestUrgentRetry }
    let wait = reportBackoff.next(from: pacing.firstRetry, to: longest, chance: &chance)
    reportDue = now + max(wait, min(retryAfter ?? .zero, pacing.longestRetry))
  }

  /// Nobody lets the node in any more: it is in no group until a report is answered again.
  mutating func loseRight(_ sequence: UInt64) {
    guard reportUnderWay?.sequence == sequence else { return }
    reportUnderWay = nil
    isCentralReachable = true
    standing = .seeking
    leavePresence()
    endProcess()
    let wait = pacing.longestRetry * Double.random(in: 0.5...1, using: &chance)
    reportDue = now + wait
  }

  mutating func takeAnswer(_ answer: PlacementAnswer, to sequence: UInt64) {
    guard let report = reportUnderWay, report.sequence == sequence else { return }
    reportUnderWay = nil
    reportBackoff.reset()
    isCentralReachable = true
    lastAnswer = now
    if let band = answer.band { self.band = band }
    if let delta = answer.revocations { take(delta) }
    if let delta = answer.directory { take(delta) }
    guard !isStopping else { return }
    // What happened since the report was sent may have asked for another one already.
    let next = now + .milliseconds(max(100, min(answer.nextReport, 3_600_000)))
    reportDue = min(reportDue ?? next, next)
    var wasRefused = false
    for instruction in answer.instructions {
      follow(instruction, sentAt: report.sentAt, sequence: sequence)
      switch instruction {
      case .refusedJoinFirst, .refusedOldIncarnation: wasRefused = true
      default: break
      }
    }
    if !wasRefused { refusalBackoff.reset() }
    // A virtual server that does not answer may be about to be replaced.
    if case .attached = standing, !isPresent, presenceBackoff.failureCount > 0 {
      let soon = now + pacing.longestUrgentRetry * Double.random(in: 0.5...1, using: &chance)
      reportDue = min(reportDue ?? soon, soon)
    }
  }

  private mutating func take(_ delta: DirectoryDelta) {
    directory.apply(delta)
    if process.phase == .listening { actions.append(.command(.directory(delta))) }
    if delta.hasMore { reportSoon() }
  }

  private mutating func take(_ delta: RevocationDelta) {
    revocations.merge(delta)
    actions.append(.revoke(revocations))
    if process.isRunning { actions.append(.command(.revocations(revocations))) }
  }
}

extension RevocationDelta {
  /// Takes in what came after. Nothing is in the way of getting the same again.
  mutating func merge(_ later: RevocationDelta) {
    func merged(_ present: [String], adding: [String], removing: [String]) -> [String] {
      Set(present).subtracting(removing).union(adding).sorted()
    }
    let formerUsers = users
    users = merged(users, adding: later.users, removing: later.restoredUsers)
    restoredUsers = merged(
      restoredUsers, adding: later.restoredUsers.filter(formerUsers.contains),
      removing: later.users)
    let formerNodes = nodes
    nodes = merged(nodes, adding: later.nodes, removing: later.restoredNodes)
    restoredNodes = merged(
      restoredNodes, adding: later.restoredNodes.filter(formerNodes.contains),
      removing: later.nodes)
    revision = max(revision, later.revision)
  }
}
