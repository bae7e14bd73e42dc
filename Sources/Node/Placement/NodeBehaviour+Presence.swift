import Protocol

/// Being attached to a virtual server.
extension NodeBehaviour {
  mutating func sendPresence() {
    guard case .attached(let server) = standing else {
      presenceDue = nil
      return
    }
    guard !isPresenceUnderWay else { return }
    isPresenceUnderWay = true
    presenceDue = nil
    actions.append(
      .sendPresence(
        server,
        PresenceMessage(
          group: server.group, incarnation: incarnation, offer: standbyOffer(in: server.group),
          files: files)))
  }

  mutating func takePresence(_ answer: PresenceAnswer) {
    isPresenceUnderWay = false
    guard case .attached(var server) = standing, server.group == answer.group else {
      return sendNextPresence(in: .zero)
    }
    // The same virtual server with a later lease.
    if answer.epoch > server.epoch {
      server.epoch = answer.epoch
      standing = .attached(server)
    }
    isPresent = true
    presenceBackoff.reset()
    // What a virtual server wants that was replaced counts for nothing.
    if answer.epoch >= server.epoch { takeStandby(answer) }
    // Cut off from the central server it cannot say that somebody else serves now.
    if !answer.takesRecords {
      let soon = now + pacing.longestUrgentRetry * Double.random(in: 0.5...1, using: &chance)
      reportDue = min(reportDue ?? soon, soon)
    }
    let interval = duty == nil ? pacing.presence : pacing.standbyPresence
    sendNextPresence(in: interval * Double.random(in: 0.8...1, using: &chance))
  }

  mutating func losePresence(of group: UInt64) {
    isPresenceUnderWay = false
    guard case .attached(let server) = standing, server.group == group else {
      return sendNextPresence(in: .zero)
    }
    // Asked at once, and told the same as before, it goes on trying both.
    if presenceBackoff.failureCount == 0 { reportSoon(within: pacing.rehoming) }
    isPresent = false
    let wait = presenceBackoff.next(
      from: pacing.firstRetry / 2, to: pacing.longestUrgentRetry, chance: &chance)
    sendNextPresence(in: wait)
  }

  /// - Parameter wait: nothing is sent unless the node is attached then.
  private mutating func sendNextPresence(in wait: Duration) {
    guard case .attached = standing else {
      presenceDue = nil
      return
    }
    let time = now + wait
    presenceDue = min(presenceDue ?? time, time)
  }

  mutating func leavePresence() {
    presenceDue = nil
    isPresent = false
    presenceBackoff.reset()
  }
}
