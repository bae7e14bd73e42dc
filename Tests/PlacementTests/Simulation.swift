import RouterBands
import TestSupport

@testable import Placement

/// Nodes, a network that loses, repeats and reorders, and a central server that dies and whose
/// clock leaps: one run of it, all from one seed.
struct Simulation {
  enum Happening {
    case toCentral(Event)
    case toNode(NodeID, incarnation: UInt64, Instruction)
    case nodeTimer(Int, incarnation: UInt64)
    case tick
    case disturbance
    case calm
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  var chance: SeededGenerator
  let configuration: Configuration
  var nodes: [SimulatedNode] = []
  var places: [NodeID: Int] = [:]
  var placement: PlacementMachine?
  var stored = Tables()
  var clockOffset: Int64 = 0
  var time = 0.0
  var queue = IndexedHeap<Int, Double>()
  var happenings: [Int: Happening] = [:]
  var happeningCount = 0
  var isCalm = false
  let lossRate: Double
  let repeatRate: Double
  let longestDelay: Double
  let chaosDuration = 40_000.0
  let calmDuration = 60_000.0
  private(set) var handledCount = 0

  init(seed: UInt64) {
    chance = SeededGenerator(seed: seed)
    var configuration = Configuration()
    configuration.reportInterval = 8_000
    configuration.silenceAllowed = 25_000
    configuration.highestLimitCount = 6
    self.configuration = configuration
    lossRate = Double.random(in: 0...0.3, using: &chance)
    repeatRate = Double.random(in: 0...0.2, using: &chance)
    longestDelay = Double.random(in: 1...4_000, using: &chance)
    let bandCount = chance.number(1...3)
    for number in 0..<chance.number(2...12) {
      let node = SimulatedNode(
        name: "n\(number)", band: chance.number(1...bandCount), limitCount: chance.number(-1...7),
        clockRate: Double.random(in: 0.95...1.05, using: &chance))
      places[node.id] = number
      nodes.append(node)
    }
  }

  /// Runs to the end and checks all the way.
  mutating func run() throws {
    placement = PlacementMachine(configuration: configuration, at: clock)
    schedule(.tick, in: 1_000)
    schedule(.disturbance, in: 0)
    schedule(.calm, in: chaosDuration)
    for index in nodes.indices {
      let delay = Double.random(in: 0...20_000, using: &chance)
      nodes[index].start()
      schedule(.nodeTimer(index, incarnation: 1), in: delay)
    }
    while let next = queue.first, let due = queue.firstPriority,
      due <= chaosDuration + calmDuration
    {
      queue.remove(next)
      time = due
      guard let happening = happenings.removeValue(forKey: next) else { continue }
      try take(happening)
    }
    try checkSettled()
  }

  private var clock: Moment { Moment(milliseconds: Int64(time) &+ clockOffset) }

  mutating func schedule(_ happening: Happening, in delay: Double) {
    happeningCount += 1
    happenings[happeningCount] = happening
    queue.set(happeningCount, to: time + delay)
  }

  private mutating func take(_ happening: Happening) throws {
    switch happening {
    case .toCentral(.join(let report, _)):
      // Traced when it arrives, not when it was sent.
      guard let index = places[report.node] else { return }
      try handle(.join(report, band: nodes[index].bandRow))
    case .toCentral(let event): try handle(event)
    case .toNode(let node, let incarnation, let instruction):
      guard let index = places[node], nodes[index].isAlive, !nodes[index].isCutOff,
        nodes[index].incarnation == incarnation
      else { return }
      let wantsToReport = nodes[index].follow(instruction)
      if nodes[index].incarnation != incarnation {
        schedule(.nodeTimer(index, incarnation: nodes[index].incarnation), in: 0)
      } else if wantsToReport {
        report(index)
      }
      try checkLease(of: index)
    case .nodeTimer(let index, let incarnation):
      guard nodes[index].isAlive, nodes[index].incarnation == incarnation else { return }
      report(index)
      var interval = Double(configuration.renewalInterval)
      if case .attached = nodes[index].role { interval = Double(configuration.reportInterval) }
      schedule(
        .nodeTimer(index, incarnation: incarnation), in: interval / nodes[index].clockRate)
    case .tick:
      try handle(.tick)
      schedule(.tick, in: 1_000)
    case .disturbance:
      guard !isCalm else { return }
      try disturb()
      schedule(.disturbance, in: Double.random(in: 500...6_000, using: &chance))
    case .calm:
      isCalm = true
      if placement == nil { try restartCentral() }
      for index in nodes.indices {
        nodes[index].isCutOff = false
        // Traced again: while the central server was down, nobody did.
        schedule(.toCentral(.bandChanged(nodes[index].id, band: nodes[index].bandRow)), in: 1)
      }
    }
  }

  mutating func report(_ index: Int) {
    let isJoining = !nodes[index].hasJoined
    let hostIsGone =
      if case .attached(_, let epoch, let host) = nodes[index].role {
        !isServing(host, epoch)
      } else {
        false
      }
    if hostIsGone { nodes[index].role = .seeking }
    let missing = nodes[index].clients.keys.sorted().filter { client in
      !nodes[places[client]!].isAlive
    }
    // Anybody at all: what a virtual server says may be old, or wrong.
    nodes[index].standby = chance.happens(0.7) ? nodes.randomElement(using: &chance)?.id : nil
    let band = nodes[index].bandRow
    let report = nodes[index].report(at: time, missing: missing)
    send(isJoining ? .join(report, band: band) : .report(report), from: index)
  }

  private func isServing(_ host: NodeID, _ epoch: Epoch) -> Bool {
    let node = nodes[places[host]!]
    if node.isAlive, case .serving(_, epoch) = node.role { return true }
    return false
  }

  mutating func send(_ event: Event, from index: Int) {
    guard !nodes[index].isCutOff else { return }
    transmit(.toCentral(event))
  }

  private mutating func transmit(_ happening: Happening) {
    if isCalm { return schedule(happening, in: 5) }
    for _ in 0..<(chance.happens(repeatRate) ? 3 : 1) where !chance.happens(lossRate) {
      schedule(happening, in: Double.random(in: 1...longestDelay, using: &chance))
    }
  }

  /// The central server takes an event, stores what is to be stored, and only then speaks.
  private mutating func handle(_ event: Event) throws {
    guard var placement else { return }
    self.placement = nil
    let before = placement.tables
    let outcome = placement.handle(event, at: clock)
    handledCount += 1
    for change in outcome.changes { stored.apply(change) }
    if !outcome.changes.isEmpty {
      try check(placement, before: before, event: event)
    }
    self.placement = placement
    for message in outcome.messages {
      guard let index = places[message.node] else { continue }
      transmit(
        .toNode(
          message.node, incarnation: nodes[index].incarnation, message.instruction))
    }
  }

  private func check(_ placement: PlacementMachine, before: Tables, event: Event) throws {
    let violations = placement.violations
    guard violations.isEmpty else {
      throw Failure(description: "\(violations) after \(event) at \(time)")
    }
    guard stored == placement.tables else {
      throw Failure(description: "stored tables differ after \(event) at \(time)")
    }
    if case .tick = event { return }
    // No group starts where another had room before and has it still.
    for row in placement.tables.virtualServers.values
    where before.virtualServers[row.group] == nil {
      for other in placement.tables.virtualServers.values
      where other.band == row.band && other.hasRoom && other.group != row.group
        && before.virtualServers[other.group]?.hasRoom == true
      {
        throw Failure(
          description: "roomBeforeOverflow: \(row) although \(other), after \(event) at \(time)")
      }
    }
  }

  /// No two nodes take records for one group.
  private func checkLease(of index: Int) throws {
    guard case .serving(let group, let epoch) = nodes[index].role, nodes[index].leaseEnd > time
    else { return }
    for other in nodes where other.id != nodes[index].id && other.leaseEnd > time {
      if case .serving(group, let rival) = other.role {
        throw Failure(
          description:
            "oneLeaseEach: \(nodes[index].id) (\(epoch)) and \(other.id) (\(rival)) in \(group) at \(time)"
        )
      }
    }
  }

  mutating func crashCentral() { placement = nil }

  mutating func restartCentral() throws {
    guard placement == nil else { return }
    placement = try PlacementMachine(restoring: stored, configuration: configuration, at: clock)
  }

  mutating func leapClock(by milliseconds: Int64) { clockOffset += milliseconds }
}
