import Foundation
import Placement
import Protocol
import TestSupport

@testable import Node

/// Machines, a network that loses, repeats and reorders, and a central server that dies: one run of
/// it, all from one seed.
struct NodeSimulation {
  enum Happening {
    case event(Int, incarnation: UInt64, NodeEvent)
    case wake(Int, timer: Int)
    case report(Int, PlacementReport)
    case farewell(Int, PlacementFarewell)
    case presence(Int, GroupServer, PresenceMessage)
    case listens(Int, run: UInt64)
    case status
    case tick
    case disturbance
    case calm
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  var chance: SeededGenerator
  var central: SimulatedCentral?
  var former: SimulatedCentral?
  var machines: [SimulatedMachine] = []
  var time = 0.0
  private var queue: [(time: Double, number: Int, happening: Happening)] = []
  private var count = 0
  var isCalm = false
  let lossRate: Double
  let repeatRate: Double
  let longestDelay: Double
  private(set) var eventCount = 0

  static let chaos = 60_000.0
  static let calm = 150_000.0

  init(seed: UInt64) {
    chance = SeededGenerator(seed: seed)
    var configuration = Configuration()
    configuration.reportInterval = 20_000
    configuration.silenceAllowed = 60_000
    configuration.highestLimitCount = 5
    central = SimulatedCentral(configuration: configuration, at: 0)
    lossRate = Double.random(in: 0...0.3, using: &chance)
    repeatRate = Double.random(in: 0...0.2, using: &chance)
    longestDelay = Double.random(in: 1...3_000, using: &chance)
    let bands = chance.number(1...2)
    for number in 0..<chance.number(2...8) {
      machines.append(
        SimulatedMachine(
          name: "n\(number)", band: chance.number(1...bands), limitCount: chance.number(0...5),
          clockRate: Double.random(in: 0.95...1.05, using: &chance)))
    }
  }

  mutating func run() throws {
    schedule(.tick, in: 1_000)
    schedule(.status, in: 1_000)
    schedule(.disturbance, in: 1_000)
    schedule(.calm, in: Self.chaos)
    for index in machines.indices {
      start(index, after: Double.random(in: 0...10_000, using: &chance))
    }
    while let next = takeNext(), next.time <= Self.chaos + Self.calm {
      time = next.time
      try take(next.happening)
    }
    try checkSettled()
    try checkStandbys()
  }

  mutating func schedule(_ happening: Happening, in delay: Double) {
    count += 1
    queue.append((time + delay, count, happening))
  }

  private mutating func takeNext() -> (time: Double, number: Int, happening: Happening)? {
    guard
      let next = queue.indices.min(by: {
        (queue[$0].time, queue[$0].number) < (queue[$1].time, queue[$1].number)
      })
    else { return nil }
    queue.swapAt(next, queue.count - 1)
    return queue.removeLast()
  }

  mutating func start(_ index: Int, after delay: Double) {
    machines[index].start(at: time + delay, seed: chance.next())
    schedule(.event(index, incarnation: machines[index].startIncarnation, .started), in: delay)
  }

  private mutating func take(_ happening: Happening) throws {
    switch happening {
    case .event(let index, let incarnation, let event):
      guard machines[index].isAlive, machines[index].startIncarnation == incarnation else { return }
      try handle(event, of: index)
    case .wake(let index, let timer):
      guard machines[index].isAlive, machines[index].timer == timer else { return }
      try handle(.woke, of: index)
    case .report(let index, let report): answer(report, of: index)
    case .farewell(let index, let farewell):
      central?.leave(machines[index].name, farewell, at: Int64(time))
    case .presence(let index, let server, let message): takePresence(message, of: index, at: server)
    case .listens(let index, let run):
      guard machines[index].isAlive, machines[index].process?.run == run else { return }
      machines[index].process?.isListening = true
      try handle(.processListening(run: run, port: 4711), of: index)
    case .status:
      try tellStatus()
      schedule(.status, in: 1_000)
    case .tick:
      central?.tick(at: Int64(time))
      schedule(.tick, in: 1_000)
    case .disturbance:
      guard !isCalm else { return }
      try disturb()
      schedule(.disturbance, in: Double.random(in: 500...6_000, using: &chance))
    case .calm:
      isCalm = true
      try restartCentral()
      for index in machines.indices {
        machines[index].isCutOff = false
        if !machines[index].isAlive { start(index, after: 1) }
      }
    }
  }

  mutating func restartCentral() throws {
    guard var stopped = former else { return }
    try stopped.restart(at: Int64(time))
    (central, former) = (stopped, nil)
  }

  mutating func handle(_ event: NodeEvent, of index: Int) throws {
    eventCount += 1
    let actions = machines[index].behaviour.handle(event, at: machines[index].clock(at: time))
    for action in actions { perform(action, of: index) }
    machines[index].timer += 1
    if let wake = machines[index].behaviour.nextWake {
      let wait = Double((wake - machines[index].clock(at: time)) / .milliseconds(1))
      schedule(
        .wake(index, timer: machines[index].timer),
        in: max(1, wait / machines[index].clockRate + 1))
    }
    try checkLeases()
  }

  private mutating func perform(_ action: NodeAction, of index: Int) {
    let incarnation = machines[index].startIncarnation
    switch action {
    case .storeIncarnation(let number): machines[index].incarnation = number
    case .report(let report):
      transmit(.report(index, report), from: index)
      // Nobody waits for ever; only the first of answer and failure counts.
      schedule(
        .event(
          index, incarnation: incarnation,
          .reportFailed(sequence: report.sequence, retryAfter: nil)), in: 4_000)
    case .farewell(let farewell): transmit(.farewell(index, farewell), from: index)
    case .startProcess(let run, _):
      machines[index].process = SimulatedMachine.Process(
        run: run, startedAt: machines[index].startedAt)
      schedule(.listens(index, run: run), in: Double.random(in: 50...1_500, using: &chance))
    case .command(let command):
      let rate = machines[index].clockRate
      machines[index].process?.take(command, at: time, clockRate: rate)
    case .stopProcess: endProcess(of: index)
    case .use(let server): machines[index].server = server
    case .useStandby(let standby): machines[index].standby = standby
    case .sendPresence(let server, let message):
      schedule(.presence(index, server, message), in: 5)
    case .revoke, .finished: break
    }
  }

  mutating func endProcess(of index: Int) {
    guard let process = machines[index].process else { return }
    machines[index].process = nil
    schedule(
      .event(
        index, incarnation: machines[index].startIncarnation, .processEnded(run: process.run)),
      in: 5)
  }

  /// From or to the central server.
  private mutating func transmit(_ happening: Happening, from index: Int) {
    guard !machines[index].isCutOff else { return }
    if isCalm { return schedule(happening, in: 5) }
    for _ in 0..<(chance.happens(repeatRate) ? 3 : 1) where !chance.happens(lossRate) {
      schedule(happening, in: Double.random(in: 1...longestDelay, using: &chance))
    }
  }

  private mutating func answer(_ report: PlacementReport, of index: Int) {
    guard var central else { return }
    let machine = machines[index]
    let answer = central.answer(report, of: machine.name, band: machine.band, at: Int64(time))
    self.central = central
    transmit(
      .event(
        index, incarnation: machine.startIncarnation,
        .reportAnswered(sequence: report.sequence, answer)), from: index)
  }

  private mutating func takePresence(
    _ message: PresenceMessage, of index: Int, at server: GroupServer
  ) {
    let machine = machines[index]
    guard let host = machines.firstIndex(where: { $0.name == server.host }) else { return }
    var event = NodeEvent.presenceFailed(group: server.group)
    if !machine.isCutOff, !machines[host].isCutOff, machines[host].isAlive,
      let process = machines[host].process, process.isListening, process.group == server.group,
      process.clients[machine.name]?.incarnation == message.incarnation
    {
      machines[host].process?.heard[machine.name] = (message.incarnation, time)
      let told = standby(for: machine.name, offering: message.offer, at: host)
      event = .presenceAnswered(
        PresenceAnswer(
          group: process.group, epoch: process.epoch,
          takesRecords: process.leaseEnd > time && !process.isDraining, order: told.order,
          standby: told.standby))
    }
    schedule(.event(index, incarnation: machine.startIncarnation, event), in: 5)
  }

  private mutating func tellStatus() throws {
    for index in machines.indices {
      guard machines[index].isAlive, let process = machines[index].process, process.isListening,
        process.group != 0
      else { continue }
      let status = VirtualServerStatus(
        group: process.group, epoch: process.epoch, membership: 0, limitCount: 0,
        missing: process.missing(at: time), recordCount: 0,
        takesRecords: process.leaseEnd > time, incompleteNodes: [], standby: process.copy)
      try handle(.processStatus(run: process.run, status), of: index)
    }
  }
}

extension SimulatedMachine {
  /// Tells the runs of the daemon apart; the number that it reports may grow within one.
  var startIncarnation: UInt64 { UInt64(startedAt.bitPattern) }
}
