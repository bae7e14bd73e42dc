import Protocol

@testable import Node

/// A machine with its daemon and, if it runs, its virtual server process.
struct SimulatedMachine {
  /// What the process knows.
  struct Process {
    let run: UInt64
    var isListening = false
    var group: UInt64 = 0
    var epoch: UInt64 = 0
    var members: Set<String> = []
    /// Real time.
    var leaseEnd = 0.0
    var isDraining = false
    var isStandby = false
    /// Which clients said that they can stand by, who is to, and what that one has.
    var canStandBy: [String: Bool] = [:]
    var chosen: String?
    var copy: GroupStandby?
    /// When the daemon started, in real time.
    let startedAt: Double
    /// When each client was last heard of, in real time.
    var heard: [String: (incarnation: UInt64, time: Double)] = [:]
    var clients: [String: GroupClient] = [:]

    mutating func take(_ command: VirtualServerCommand, at time: Double, clockRate: Double) {
      switch command {
      case .serve(let group, let epoch, _, let list, _):
        if isStandby || (self.group, self.epoch) != (group, epoch) {
          leaseEnd = 0
          (canStandBy, chosen, copy) = ([:], nil, nil)
        }
        (self.group, self.epoch) = (group, epoch)
        isDraining = false
        isStandby = false
        takeMembers(list, at: time)
      case .lease(epoch, let end, _):
        // Said in the node's own time, like all that it hears and says.
        leaseEnd = max(leaseEnd, startedAt + Double(end) / clockRate)
      case .standBy(let order):
        (self.group, self.epoch) = (order.group, order.epoch)
        leaseEnd = 0
        isDraining = false
        isStandby = true
        takeMembers(order.members, at: time)
      case .admit(let client, _): admit(client, at: time)
      case .release(let node, _): clients[node] = nil
      case .members(let list, _): takeMembers(list, at: time)
      case .drain: isDraining = true
      default: break
      }
    }

    private mutating func takeMembers(_ list: [GroupClient], at time: Double) {
      clients = [:]
      for client in list { admit(client, at: time) }
    }

    private mutating func admit(_ client: GroupClient, at time: Double) {
      clients[client.node] = client
      if heard[client.node]?.incarnation != client.incarnation {
        heard[client.node] = (client.incarnation, time)
      }
    }

    func missing(at time: Double) -> [GroupClient] {
      clients.values.filter { time - (heard[$0.node]?.time ?? 0) > 15_000 }
        .sorted { $0.node < $1.node }
    }
  }

  let name: String
  var band: Int
  var limitCount: Int
  let clockRate: Double
  /// When the daemon started, in real time.
  var startedAt = 0.0
  var isAlive = false
  var isCutOff = false
  /// On the disk.
  var incarnation: UInt64 = 0
  var behaviour: NodeBehaviour
  var process: Process?
  var server: GroupServer?
  var standby: StandbyServer?
  /// Counts what was scheduled, so that only the last timer counts.
  var timer = 0

  init(name: String, band: Int, limitCount: Int, clockRate: Double) {
    self.name = name
    self.band = band
    self.limitCount = limitCount
    self.clockRate = clockRate
    behaviour = NodeBehaviour(
      node: name, incarnation: 0, environment: NodeEnvironment(limitCount: 0, uptime: 0), seed: 0)
  }

  mutating func start(at time: Double, seed: UInt64) {
    isAlive = true
    startedAt = time
    incarnation += 1
    process = nil
    server = nil
    standby = nil
    behaviour = NodeBehaviour(
      node: name, incarnation: incarnation,
      environment: NodeEnvironment(
        limitCount: limitCount, uptime: 1, localAddress: "192.0.2.1"), seed: seed)
  }

  func clock(at time: Double) -> Duration {
    .milliseconds(Int64((time - startedAt) * clockRate))
  }
}
