import Placement
import Protocol

@testable import Node

/// Second copies of groups' indexes.
extension NodeSimulation {
  /// What the virtual server process of `host` tells a client that offers this. It chooses as simply as
  /// can be: the first by name that can, for as long as it can.
  mutating func standby(
    for client: String, offering offer: StandbyOffer?, at host: Int
  ) -> (order: StandbyOrder?, standby: GroupStandby?) {
    guard var process = machines[host].process, !process.isStandby else { return (nil, nil) }
    process.canStandBy[client] = (offer?.limitCount ?? 0) > 0
    if let chosen = process.chosen,
      process.clients[chosen] == nil || process.canStandBy[chosen] != true
    {
      (process.chosen, process.copy) = (nil, nil)
    }
    process.chosen =
      process.chosen
      ?? process.clients.keys.sorted().first { process.canStandBy[$0] == true }
    var order: StandbyOrder?
    if process.chosen == client {
      process.copy = offer?.copy.map { copy in
        GroupStandby(
          node: client, endpoint: NetworkEndpoint(address: "192.0.2.1", port: copy.port),
          isReady: copy.incompleteNodes.isEmpty)
      }
      order = StandbyOrder(
        group: process.group, epoch: process.epoch, limitCount: 1,
        members: process.clients.values.filter { $0.node != client }.sorted { $0.node < $1.node },
        membership: 0)
    }
    machines[host].process = process
    return (order, process.copy)
  }

  /// Who runs a process serves a group or stands by for its own; each group that has anybody who can
  /// has one who does, and all its nodes and the central server know who.
  func checkStandbys() throws {
    for machine in machines {
      guard let process = machine.process, let used = machine.server else { continue }
      let isServing = if case .serving = machine.behaviour.standing { true } else { false }
      guard process.isStandby != isServing, process.group == used.group else {
        throw Failure(description: "\(machine.name) runs \(process) and uses \(used)")
      }
    }
    for host in machines {
      guard let process = host.process, !process.isStandby else { continue }
      let able = machines.filter { process.clients[$0.name] != nil && $0.limitCount > 0 }
      guard !able.isEmpty else { continue }
      guard let copy = process.copy, copy.isReady, able.contains(where: { $0.name == copy.node })
      else { throw Failure(description: "nobody stands by at \(host.name): \(process)") }
      for machine in machines where machine.server?.group == process.group {
        guard machine.standby?.server.host == copy.node, machine.standby?.isReady == true,
          machine.standby?.server.isOwn == (machine.name == copy.node)
        else {
          throw Failure(
            description: "\(machine.name) uses \(String(describing: machine.standby)), not \(copy)")
        }
        if machine.name == copy.node, machine.process?.isStandby != true {
          throw Failure(description: "\(machine.name) does not stand by: \(machine.behaviour)")
        }
      }
    }
  }
}
