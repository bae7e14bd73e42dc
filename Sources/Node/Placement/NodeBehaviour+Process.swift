import Protocol

/// The virtual server process.
extension NodeBehaviour {
  /// So many entries make a line that the process takes.
  private static let directoryPiece = 1_000

  mutating func startProcess() {
    process.run += 1
    process.phase = .starting
    process.startedAt = now
    actions.append(.startProcess(run: process.run, port: process.port))
  }

  mutating func processListens(_ run: UInt64, at port: UInt16) {
    guard run == process.run, process.isRunning else { return }
    process.phase = .listening
    if files != nil { announceFiles() }
    process.downSince = nil
    let isElsewhere = process.port != port
    process.port = port
    cannotServe = false
    if revocations.revision > 0 { actions.append(.command(.revocations(revocations))) }
    if directory.version != .nothing {
      for delta in directory.deltas(of: Self.directoryPiece) {
        actions.append(.command(.directory(delta)))
      }
    }
    guard case .serving(let group) = standing else {
      if isRetiring || isStopping {
        actions.append(.command(.drain))
      } else {
        beginStandingBy()
      }
      return
    }
    actions.append(.command(group.serveCommand))
    sendLease(of: group)
    // While there was no process for long, no reports were sent.
    let isSilent = reportDue == nil && reportUnderWay == nil
    if isElsewhere || !group.isAnnounced || isSilent { reportSoon() }
  }

  mutating func takeStatus(_ status: VirtualServerStatus, of run: UInt64) {
    guard run == process.run else { return }
    guard case .serving(var group) = standing else { return takeStandbyStatus(status) }
    guard status.group == group.group, status.epoch == group.epoch else { return }
    group.standby = remembered(status.standby, before: group.standby)
    standing = .serving(group)
    let missing = status.missing.filter { group.clients[$0.node] == $0.incarnation }
    guard missing != group.missing else { return }
    group.missing = missing
    standing = .serving(group)
    if !missing.isEmpty { reportSoon() }
  }

  /// A process that ends is started again at once, and one that ends again and again after growing
  /// waits: the group's index is on the disk, and its clients know the port.
  mutating func processEnded(_ run: UInt64) {
    guard run == process.run else { return }
    process.phase = .absent
    if isStopping {
      if hasSaidGoodbye { actions.append(.finished) }
      return
    }
    if case .serving = standing, !isRetiring {
      process.downSince = process.downSince ?? now
    } else if duty == nil || isRetiring || giveUpStandingByIfHopeless() {
      isRetiring = false
      return
    }
    duty?.held = nil
    if now - process.startedAt >= pacing.soundRun {
      process.backoff.reset()
      process.phase = .due(now)
    } else if process.backoff.failureCount == 0 {
      // The first time costs nothing but this.
      _ = process.backoff.next(from: .zero, to: .zero, chance: &chance)
      process.phase = .due(now)
    } else {
      let wait = process.backoff.next(
        from: pacing.firstRetry / 2, to: pacing.longestRetry, chance: &chance)
      process.phase = .due(now + wait)
    }
  }

  mutating func sendLease(of group: ServedGroup) {
    guard process.phase == .listening, let end = group.leaseEnd, end > now else { return }
    actions.append(
      .command(
        .lease(
          epoch: group.epoch, end: MachineClock.milliseconds(end), limitCount: group.limitCount)))
  }

  /// When the process would not run for so long that the lease is over, somebody else is to serve.
  mutating func giveUpServingIfHopeless() {
    guard case .serving = standing, let downSince = process.downSince,
      now >= downSince + pacing.processAbsence + pacing.leaseExpiry
    else { return }
    standing = .seeking
    cannotServe = true
    endProcess()
    reportSoon(within: pacing.rehoming)
  }

  mutating func endProcess() {
    duty = nil
    process.downSince = nil
    isRetiring = false
    if process.isRunning { actions.append(.stopProcess) }
    // News of that run count for nothing any more.
    process.run += 1
    process.phase = .absent
  }
}
