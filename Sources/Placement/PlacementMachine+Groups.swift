import RouterBands

/// What happens to groups. Each of these keeps tables, look-ups and messages in step.
extension PlacementMachine {
  /// Puts a present node that is in no group into one.
  mutating func place(_ node: NodeID) {
    guard let row = tables.nodes[node] else { return }
    if let group = bands[row.band]?.rooms.first {
      attach(node, to: group)
    } else {
      startGroup(of: node, in: row.band)
    }
  }

  /// Makes a node a client of a group with room.
  mutating func attach(_ node: NodeID, to group: GroupID) {
    enter(node, group)
    update(group) { $0.clientCount += 1 }
    let row = tables.virtualServers[group]
    if let row, row.endpoint != nil, let client = tables.nodes[node] {
      let sighting = ClientSighting(node: node, incarnation: client.incarnation)
      say(row.host, .admit(sighting, membership: members[group]?.version ?? 0))
    }
    sayWhereToAttach(node, group)
  }

  /// Takes a client out of its group; the caller decides what becomes of it.
  mutating func detach(_ node: NodeID) {
    guard let group = tables.nodes[node]?.group else { return }
    changeNode(node) { $0.group = nil }
    members[group]?.remove(node)
    members[group]?.version += 1
    silences.remove(node)
    update(group) { $0.clientCount -= 1 }
    if let row = tables.virtualServers[group], row.endpoint != nil {
      say(row.host, .release(node, membership: members[group]?.version ?? 0))
    }
  }

  /// Ends a group without clients.
  ///
  /// - Returns: its host, which is then in no group.
  mutating func endLoneGroup(_ group: GroupID) -> NodeID {
    guard let row = tables.virtualServers[group] else {
      preconditionFailure("the lone groups of a band have rows; violations would show it")
    }
    if !pending.takeBackStart(of: group) {
      say(row.host, .drain(group: group, epoch: row.epoch))
    }
    changeNode(row.host) { $0.group = nil }
    remove(group)
    return row.host
  }

  /// The host is gone, or is to go: its standby or the fittest client takes the group over, or the
  /// group ends.
  ///
  /// - Parameter keepsNumber: whether the old lease is over for certain. If not, the group ends and
  ///   its clients are placed anew, so that no group ever has two holders.
  mutating func replaceHost(of group: GroupID, keepsNumber: Bool) {
    guard let row = tables.virtualServers[group] else { return }
    changeNode(row.host) { $0.group = nil }
    guard let successor = members[group]?.successor else { return remove(group) }
    if keepsNumber {
      members[group]?.remove(successor)
      silences.remove(successor)
      update(group) {
        $0.host = successor
        $0.clientCount -= 1
        $0.endpoint = nil
      }
      resize(group)
      grant(group)
    } else {
      let clients = members[group]?.clients.sorted ?? []
      remove(group)
      for client in clients {
        changeNode(client) { $0.group = nil }
        silences.remove(client)
      }
      // The fittest first: should it have to start a group, the others attach to that.
      for client in clients { place(client) }
    }
  }

  /// Gives the host of a group a new lease: it is to start a virtual server process.
  mutating func grant(_ group: GroupID) {
    let number = nextNumber()
    update(group) {
      $0.epoch = Epoch(number)
      $0.endpoint = nil
    }
    members[group]?.version = number << Self.versionBits
    leases.set(group, to: time.now + configuration.leaseDuration)
    sayToServe(group)
  }

  /// Brings a group's limit to its host's capacity, and the clients to the limit.
  mutating func resize(_ group: GroupID) {
    guard let row = tables.virtualServers[group], let host = tables.nodes[row.host] else { return }
    let limit = self.limit(of: host.environment)
    var surplus: [NodeID] = []
    // The fittest go: who starts the next group should have room for the others.
    while row.clientCount - surplus.count > limit, let client = members[group]?.clients.first {
      detach(client)
      surplus.append(client)
    }
    if row.limitCount != limit { update(group) { $0.limitCount = limit } }
    // Only now: under its old limit the group would have seemed to have room.
    for client in surplus { place(client) }
  }

  /// Establishes a virtual server: its clients learn where it is.
  mutating func establish(_ group: GroupID, at endpoint: Endpoint) {
    update(group) { $0.endpoint = endpoint }
    for client in members[group].map({ $0.clients.elements.sorted() }) ?? [] {
      sayWhereToAttach(client, group)
    }
  }

  func limit(of environment: Environment) -> Int {
    max(0, min(environment.limitCount, configuration.highestLimitCount))
  }

  private mutating func startGroup(of node: NodeID, in band: BandKey) {
    let group = GroupID(nextNumber())
    let environment = tables.nodes[node]?.environment
    tables.virtualServers[group] = VirtualServerRow(
      group: group, band: band, host: node, limitCount: environment.map(limit(of:)) ?? 0,
      epoch: Epoch(group.number))
    members[group] = Membership(version: group.number << Self.versionBits)
    bands[band, default: BandIndex()].groupCount += 1
    changeNode(node) { $0.group = group }
    silences.remove(node)
    grant(group)
  }

  /// Enters a node as a client, its group's row aside.
  private mutating func enter(_ node: NodeID, _ group: GroupID) {
    changeNode(node) { $0.group = group }
    guard let row = tables.nodes[node] else { return }
    members[group]?.clients.set(
      node, to: PromotionRank(environment: row.environment, node: node))
    members[group]?.version += 1
    silences.set(node, to: time.now + configuration.silenceAllowed)
  }

  private mutating func remove(_ group: GroupID) {
    guard let row = tables.virtualServers.removeValue(forKey: group) else { return }
    pending.groups.insert(group)
    endedStepCount += members[group]?.clients.stepCount ?? 0
    members[group] = nil
    leases.remove(group)
    bands[row.band]?.remove(group)
    bands[row.band]?.groupCount -= 1
    if let index = bands[row.band], index.groupCount == 0 {
      endedStepCount += index.stepCount
      bands[row.band] = nil
    }
  }

  private mutating func update(_ group: GroupID, _ change: (inout VirtualServerRow) -> Void) {
    guard var row = tables.virtualServers[group] else { return }
    change(&row)
    tables.virtualServers[group] = row
    pending.groups.insert(group)
    bands[row.band]?.set(row)
    pending.bandsToConverge.insert(row.band)
  }

  mutating func changeNode(_ node: NodeID, _ change: (inout NodeRow) -> Void) {
    guard tables.nodes[node] != nil else { return }
    change(&tables.nodes[node]!)
    pending.nodes.insert(node)
  }
}
