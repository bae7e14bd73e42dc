/// What is said to nodes.
extension PlacementMachine {
  mutating func say(_ node: NodeID, _ instruction: Instruction) {
    pending.messages.append(Outcome.Message(to: node, instruction))
  }

  mutating func sayToServe(_ group: GroupID) {
    guard let row = tables.virtualServers[group], let membership = members[group] else { return }
    say(
      row.host,
      .becomeVirtualServer(
        group: group, epoch: row.epoch, limitCount: row.limitCount, clients: sightings(in: group),
        membership: membership.version))
  }

  /// Where a client is to attach, or that it is to wait for it.
  mutating func sayWhereToAttach(_ client: NodeID, _ group: GroupID) {
    guard let row = tables.virtualServers[group] else { return }
    if let endpoint = row.endpoint {
      say(client, .attach(group: group, epoch: row.epoch, host: row.host, endpoint: endpoint))
    } else {
      say(client, .wait(group: group))
    }
  }

  mutating func sayMembers(of group: GroupID) {
    guard let row = tables.virtualServers[group], let membership = members[group] else { return }
    say(row.host, .members(sightings(in: group), membership: membership.version))
  }

  private func sightings(in group: GroupID) -> [ClientSighting] {
    (members[group].map { $0.clients.elements.sorted() } ?? []).map { client in
      ClientSighting(node: client, incarnation: tables.nodes[client]?.incarnation ?? 0)
    }
  }
}
