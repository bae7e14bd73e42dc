@testable import Placement

extension Simulation {
  /// Something that happens to nodes and to the central server.
  mutating func disturb() throws {
    let index = chance.number(0...nodes.count - 1)
    switch chance.number(0...9) {
    case 0, 1:
      nodes[index].crash()
    case 2, 3:
      guard !nodes[index].isAlive else { return }
      start(index)
    case 4:
      guard nodes[index].isAlive else { return }
      leave(index)
    case 5:
      nodes[index].isCutOff.toggle()
    case 6:
      nodes[index].limitCount = chance.number(-1...7)
    case 7:
      guard nodes[index].isAlive, !nodes[index].isCutOff else { return }
      nodes[index].band = chance.number(1...3)
      schedule(.toCentral(.bandChanged(nodes[index].id, band: nodes[index].bandRow)), in: 1)
    case 8:
      if placement == nil { try restartCentral() } else { crashCentral() }
    default:
      leapClock(by: [-86_400_000, -5_000, 7_000, 86_400_000].randomElement(using: &chance)!)
    }
  }

  private mutating func start(_ index: Int) {
    nodes[index].start()
    schedule(.nodeTimer(index, incarnation: nodes[index].incarnation), in: 0)
  }

  private mutating func leave(_ index: Int) {
    let node = nodes[index]
    nodes[index].sequence += 1
    send(
      .leave(node.id, incarnation: node.incarnation, sequence: node.sequence + 1), from: index)
    nodes[index].crash()
  }

  /// After a long calm everybody is what the tables say, and the tables say what is.
  func checkSettled() throws {
    guard let placement else { throw Failure(description: "the central server is down") }
    var problems = placement.violations.map(\.description)
    for node in nodes {
      let row = placement.tables.nodes[node.id]
      guard node.isAlive else {
        if row?.group != nil { problems.append("\(node.id) is dead and placed") }
        continue
      }
      guard let group = row?.group, let server = placement.tables.virtualServers[group] else {
        problems.append("\(node.id) is alive and nowhere")
        continue
      }
      let expected: SimulatedNode.Role =
        server.host == node.id
        ? .serving(group, server.epoch) : .attached(group, server.epoch, host: server.host)
      if node.role != expected { problems.append("\(node.id) is \(node.role), not \(expected)") }
      if server.host == node.id {
        let clients = nodes.filter { other in
          if other.isAlive, case .attached(group, _, _) = other.role { return true }
          return false
        }
        if server.clientCount != clients.count || Set(clients.map(\.id)) != Set(node.clients.keys) {
          problems.append(
            "\(group) counts \(server.clientCount), its host lists \(node.clients.keys.sorted()), attached are \(clients.map(\.id))"
          )
        }
        if node.leaseEnd <= time { problems.append("\(node.id) has no lease") }
      }
      if row?.band != node.bandRow.key { problems.append("\(node.id) is in \(row!.band)") }
    }
    guard problems.isEmpty else {
      throw Failure(description: problems.joined(separator: "\n"))
    }
  }
}
