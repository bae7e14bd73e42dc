import RouterBands

/// What nodes say, and what their silence says.
extension PlacementMachine {
  mutating func join(_ report: NodeReport, band: BandRow) {
    let node = report.node
    guard let row = tables.nodes[node] else {
      enrol(report, band: band)
      return answer(report)
    }
    if report.incarnation < row.incarnation
      || report.incarnation == row.incarnation && row.presence == .left
    {
      return say(node, .refused(.oldIncarnation(known: row.incarnation)))
    }
    if report.incarnation == row.incarnation {
      // Said again, or late. What is newer stands.
      guard isNews(report.sequence, of: node) else { return repeatAnswer(report) }
      note(band)
      takeIn(report)
      move(node, to: band.key)
      renew(report)
      return answer(report)
    }
    sequences[node] = report.sequence
    note(band)
    let clock = clock
    changeNode(node) {
      $0.incarnation = report.incarnation
      $0.lastSeen = clock
    }
    takeIn(report)
    move(node, to: band.key)
    restart(node)
    answer(report)
  }

  mutating func receive(_ report: NodeReport) {
    let node = report.node
    guard let row = tables.nodes[node], row.incarnation <= report.incarnation else {
      let known = tables.nodes[node]?.incarnation
      return say(node, .refused(known.map { .oldIncarnation(known: $0) } ?? .joinFirst))
    }
    guard row.incarnation == report.incarnation, row.presence != .left else {
      return say(node, .refused(.joinFirst))
    }
    guard isNews(report.sequence, of: node) else { return repeatAnswer(report) }
    takeIn(report)
    renew(report)
    answer(report)
  }

  mutating func leave(_ node: NodeID, incarnation: UInt64, sequence: UInt64) {
    guard let row = tables.nodes[node], row.incarnation == incarnation, row.presence != .left,
      isNews(sequence, of: node)
    else { return }
    depart(node, as: .left)
    sequences[node] = nil
  }

  mutating func changeBand(of node: NodeID, to band: BandRow) {
    note(band)
    move(node, to: band.key)
  }

  /// Nothing was heard of the node for too long.
  mutating func lose(_ node: NodeID) {
    depart(node, as: .lost)
  }

  private mutating func depart(_ node: NodeID, as presence: NodeRow.Presence) {
    if let group = tables.nodes[node]?.group {
      if tables.virtualServers[group]?.host == node {
        replaceHost(of: group, keepsNumber: true)
      } else {
        detach(node)
      }
    }
    changeNode(node) { $0.presence = presence }
  }

  private mutating func enrol(_ report: NodeReport, band: BandRow) {
    note(band)
    tables.nodes[report.node] = NodeRow(
      node: report.node, environment: report.environment, band: band.key,
      incarnation: report.incarnation, lastSeen: clock)
    pending.nodes.insert(report.node)
    sequences[report.node] = report.sequence
    place(report.node)
  }

  /// Whether the message is later than all before it; remembers it if so.
  private mutating func isNews(_ sequence: UInt64, of node: NodeID) -> Bool {
    if let last = sequences[node], sequence <= last { return false }
    sequences[node] = sequence
    return true
  }

  /// Takes in that a node lives and what it has to give; takes it back if it was thought lost.
  private mutating func takeIn(_ report: NodeReport) {
    let node = report.node
    guard let row = tables.nodes[node] else { return }
    let clock = clock
    if (clock - row.lastSeen).magnitude >= configuration.lastSeenPrecision.magnitude {
      changeNode(node) { $0.lastSeen = clock }
    }
    if !row.environment.isNearly(report.environment) {
      changeNode(node) { $0.environment = report.environment }
      if let group = row.group {
        if tables.virtualServers[group]?.host == node {
          resize(group)
        } else {
          let rank = PromotionRank(environment: report.environment, node: node)
          members[group]?.clients.set(node, to: rank)
        }
      }
    }
    if row.presence != .present {
      changeNode(node) {
        $0.presence = .present
        $0.lastSeen = clock
      }
      place(node)
    }
    if silences.contains(node) {
      silences.set(node, to: time.now + configuration.silenceAllowed)
    }
  }

  /// Keeps a band's path up to date. The path of a band only grows better: a trace with more
  /// answers, or a shorter round trip.
  private mutating func note(_ band: BandRow) {
    let known = tables.bands[band.key]
    let path = known.map { $0.path.merged(with: band.path) } ?? band.path
    if known == nil || known?.path != path {
      tables.bands[band.key] = BandRow(key: band.key, path: path)
      pending.bands.insert(band.key)
    }
  }

  /// Moves a node to another band.
  private mutating func move(_ node: NodeID, to band: BandKey) {
    guard let row = tables.nodes[node], row.band != band else { return }
    changeNode(node) { $0.band = band }
    guard let group = row.group else { return }
    if let server = tables.virtualServers[group], server.host == node {
      say(node, .drain(group: group, epoch: server.epoch))
      replaceHost(of: group, keepsNumber: false)
    } else {
      detach(node)
    }
    place(node)
  }

  /// The daemon has started again, so a virtual server process that it had is gone.
  private mutating func restart(_ node: NodeID) {
    guard let group = tables.nodes[node]?.group, let row = tables.virtualServers[group] else {
      return
    }
    if row.host == node {
      if row.endpoint != nil { grant(group) }
    } else {
      // Also before the virtual server is there: its host may have the list with the former start.
      members[group]?.version += 1
      guard row.endpoint != nil else { return }
      let sighting = ClientSighting(
        node: node, incarnation: tables.nodes[node]?.incarnation ?? 0)
      say(row.host, .admit(sighting, membership: members[group]?.version ?? 0))
    }
  }

  /// Does what a report of the node that serves a group asks for: a lease, an endpoint, and taking
  /// out the clients that it misses.
  private mutating func renew(_ report: NodeReport) {
    let node = report.node
    guard let group = tables.nodes[node]?.group, let row = tables.virtualServers[group],
      row.host == node
    else { return }
    switch report.standing {
    case .serving(group, row.epoch, let endpoint, _, let missing, let standby):
      leases.set(group, to: time.now + configuration.leaseDuration)
      if row.endpoint != endpoint { establish(group, at: endpoint) }
      for sighting in missing
      where sighting.node != node && tables.nodes[sighting.node]?.group == group
        && tables.nodes[sighting.node]?.incarnation == sighting.incarnation
      {
        lose(sighting.node)
        say(sighting.node, .detach(group: group))
      }
      members[group]?.setStandby(standby)
    case .seeking where row.endpoint != nil:
      // Its process is gone, and with it the old lease: it may start another at once.
      grant(group)
    default:
      break
    }
  }

  /// Says what the node should be, as far as the report shows that it is not; a lease is renewed
  /// for the report that renewed it.
  private mutating func answer(_ report: NodeReport) {
    let node = report.node
    guard let group = tables.nodes[node]?.group, let row = tables.virtualServers[group] else {
      return
    }
    if case .serving(let other, let epoch, _, _, _, _) = report.standing,
      other != group || row.host != node
    {
      say(node, .drain(group: other, epoch: epoch))
    }
    switch report.standing {
    case .serving(group, row.epoch, _, let membership, _, _) where row.host == node:
      say(
        node,
        .renewed(
          group: group, epoch: row.epoch, sequence: report.sequence,
          duration: configuration.leaseDuration, limitCount: row.limitCount))
      if membership != members[group]?.version { sayMembers(of: group) }
    case .attached(group, row.epoch) where row.host != node && row.endpoint != nil:
      say(node, .confirmed(group: group, epoch: row.epoch))
    default:
      guard !pending.hasTold(node, of: group) else { return }
      if row.host == node { sayToServe(group) } else { sayWhereToAttach(node, group) }
    }
  }

  /// Answers a message that was seen before or overtaken, without taking anything from it.
  private mutating func repeatAnswer(_ report: NodeReport) {
    guard sequences[report.node] == report.sequence else { return }
    if case .serving = report.standing {
      // The answer to it named its sequence; the next report gets its own.
      return
    }
    answer(report)
  }
}
