import Foundation
import Placement
import Protocol
import TestSupport

@testable import Node

extension NodeSimulation {
  mutating func disturb() throws {
    let index = chance.number(0...machines.count - 1)
    switch chance.number(0...9) {
    case 0...2: endProcess(of: index)
    case 3, 4:
      if machines[index].isAlive {
        machines[index].isAlive = false
        machines[index].process = nil
      } else {
        start(index, after: 1)
      }
    case 5, 6: machines[index].isCutOff.toggle()
    case 7: machines[index].band = chance.number(1...2)
    default:
      if central == nil {
        try restartCentral()
      } else {
        (central, former) = (nil, central)
      }
    }
  }

  /// No two processes take records for one group.
  func checkLeases() throws {
    var holders: [UInt64: String] = [:]
    for machine in machines where machine.isAlive {
      guard let process = machine.process, process.leaseEnd > time, !process.isDraining else {
        continue
      }
      if let other = holders.updateValue(machine.name, forKey: process.group) {
        throw Failure(
          description: "\(machine.name) and \(other) take records for g\(process.group) at \(time)")
      }
    }
  }

  /// After a time of calm every node serves or is attached as the tables say, and what it uses
  /// answers and takes records.
  func checkSettled() throws {
    guard let tables = central?.machine.tables else {
      throw Failure(description: "There is no central server.")
    }
    for machine in machines {
      guard let row = tables.nodes[NodeID(machine.name)], let group = row.group,
        let server = tables.virtualServers[group]
      else { throw Failure(description: "\(machine.name) is in no group: \(machine.behaviour)") }
      guard let used = machine.server, used.group == group.number,
        used.epoch == server.epoch.number,
        used.host == server.host.name
      else {
        throw Failure(
          description: "\(machine.name) uses \(String(describing: machine.server)), not \(server)")
      }
      let isHost = server.host.name == machine.name
      switch machine.behaviour.standing {
      case .serving where isHost: break
      case .attached where !isHost && machine.behaviour.isPresent: break
      default:
        throw Failure(
          description: "\(machine.name) is \(machine.behaviour), not as \(server), served by "
            + "\(String(describing: machines.first { $0.name == used.host }))")
      }
      guard let host = machines.first(where: { $0.name == used.host }), let process = host.process,
        process.isListening, process.leaseEnd > time, process.epoch == used.epoch,
        isHost || process.clients[machine.name] != nil
      else {
        throw Failure(
          description: "\(used) does not serve \(machine.name): "
            + "\(String(describing: machines.first { $0.name == used.host }?.process))")
      }
    }
  }
}
