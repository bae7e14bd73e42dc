import Protocol

/// Keeping a second copy of the group's index, and knowing who does.
extension NodeBehaviour {
  /// So many times in a row the process may end at once before another node should stand by.
  private static let mostFailures = 4

  /// What the node tells its virtual server of itself.
  func standbyOffer(in group: UInt64) -> StandbyOffer {
    var copy: StandbyOffer.Copy?
    if let duty, duty.order.group == group, process.phase == .listening, let port = process.port,
      let held = duty.held
    {
      copy = StandbyOffer.Copy(
        group: group, port: port, membership: held.membership,
        incompleteNodes: held.incompleteNodes)
    }
    return StandbyOffer(
      limitCount: cannotServe ? 0 : environment.limitCount, uptime: environment.uptime, copy: copy)
  }

  /// What the virtual server wants, and whom it names.
  mutating func takeStandby(_ answer: PresenceAnswer) {
    knownStandby = remembered(answer.standby, before: knownStandby)
    guard let order = answer.order, order.group == answer.group, !isStopping, !cannotServe
    else {
      if isRetiring { endProcessInOrder() }
      isRetiring = false
      return endStandingBy()
    }
    isRetiring = false
    let former = duty?.order
    let isSameGroup = former?.group == order.group
    duty = StandbyDuty(order: order, held: isSameGroup ? duty?.held : nil)
    switch process.phase {
    case .absent: process.phase = .due(now)
    case .listening where order != former: actions.append(.command(.standBy(order)))
    case .due, .starting, .listening: break
    }
  }

  /// Whom to take for the standby when this one, or none, is named.
  mutating func remembered(_ named: GroupStandby?, before: GroupStandby?) -> GroupStandby? {
    if named != nil { standbyNamedAt = now }
    return named ?? (now < standbyNamedAt + pacing.standbyMemory ? before : nil)
  }

  mutating func endStandingBy() {
    guard duty != nil else { return }
    duty = nil
    endProcessInOrder()
  }

  private mutating func endProcessInOrder() {
    if process.isRunning {
      actions.append(.stopProcess)
    } else {
      process.phase = .absent
    }
  }

  /// The process listens. One that nobody wants any more has been told to stop.
  mutating func beginStandingBy() {
    guard let duty else { return }
    actions.append(.command(.standBy(duty.order)))
  }

  mutating func takeStandbyStatus(_ status: VirtualServerStatus) {
    guard status.group == duty?.order.group, let incompleteNodes = status.incompleteNodes else {
      return
    }
    duty?.held = StandbyDuty.Held(
      membership: status.membership, incompleteNodes: incompleteNodes)
  }

  /// - Returns: whether the process would not run, so that somebody else should stand by.
  mutating func giveUpStandingByIfHopeless() -> Bool {
    guard process.backoff.failureCount >= Self.mostFailures,
      now - process.startedAt < pacing.soundRun
    else { return false }
    duty = nil
    cannotServe = true
    return true
  }

  /// To whom the node publishes copies.
  mutating func updateStandbyUse() {
    let target: StandbyServer?
    switch standing {
    case .seeking: target = nil
    case .attached(let server): target = standby(beside: server)
    case .serving(let group):
      target = group.standby.map { standby in
        StandbyServer(standby, group: group.group, epoch: group.epoch)
      }
    }
    guard target != usedStandby else { return }
    usedStandby = target
    actions.append(.useStandby(target))
  }

  private func standby(beside server: GroupServer) -> StandbyServer? {
    guard let knownStandby, knownStandby.node == node else {
      return knownStandby.map { StandbyServer($0, group: server.group, epoch: server.epoch) }
    }
    guard duty?.order.group == server.group, process.phase == .listening, let port = process.port
    else { return nil }
    return StandbyServer(
      server: GroupServer(
        group: server.group, epoch: server.epoch, host: node,
        endpoint: NetworkEndpoint(address: ownAddress, port: port), isOwn: true),
      isReady: knownStandby.isReady)
  }
}

extension StandbyServer {
  fileprivate init(_ standby: GroupStandby, group: UInt64, epoch: UInt64) {
    self.init(
      server: GroupServer(
        group: group, epoch: epoch, host: standby.node, endpoint: standby.endpoint, isOwn: false),
      isReady: standby.isReady)
  }
}
