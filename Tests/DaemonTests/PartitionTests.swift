import Foundation
import Node
import Protocol
import Synchronization
import TestSupport
import Testing

/// The way to the central server is cut, between machines that reach each other.
@Suite(.serialized, .timeLimit(.minutes(20))) struct PartitionTests {
  /// Looks again and again at who takes records, through the machines' own eyes.
  private final class Watch: Sendable {
    private let twice = Mutex<[String]>([])
    private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

    init(_ machines: [Machine]) {
      let task = Task { [self] in
        while !Task.isCancelled {
          var holders: [UInt64: [String]] = [:]
          for machine in machines {
            // What was seen first may be over by now: it is looked at again.
            guard let status = await machine.health(), status.takesRecords else { continue }
            holders[status.group, default: []].append("\(machine.root) e\(status.epoch)")
          }
          for (group, names) in holders where names.count > 1 {
            var still = 0
            for machine in machines
            where await machine.health().map({ $0.group == group && $0.takesRecords }) == true {
              still += 1
            }
            if still > 1 { twice.withLock { $0.append("g\(group): \(names)") } }
          }
        }
      }
      self.task.withLock { $0 = task }
    }

    func end() async -> [String] {
      let task = task.withLock { $0 }
      task?.cancel()
      await task?.value
      return twice.withLock { $0 }
    }
  }

  private func waitUntil(
    _ machine: Machine, finds names: [String], isFromServer: Bool = false
  ) async throws {
    var last: (names: [String], coverage: SearchCoverage?) = ([], nil)
    do {
      try await wait(until: "\(names) to be found") {
        last = try await machine.search("common")
        return last.names == names && last.coverage?.scope == .group
          && (!isFromServer || last.coverage?.shortfall == nil)
      }
    } catch {
      Issue.record("found \(last), status \(try await machine.status())")
      throw error
    }
  }

  private func begin(_ machines: [Machine]) async throws {
    for (number, machine) in machines.enumerated() {
      try await machine.up("--capacity", "\(9 - number)")
      let role: DaemonStatus.Role = number == 0 ? .virtualServer : .attached
      try await wait(until: "the machine to be \(role)") {
        let status = try await machine.status()
        return status.role == role && status.isGroupReachable
      }
    }
    for machine in machines {
      try await waitUntil(machine, finds: ["ann", "bob", "cat"].map { "common \($0).txt" })
      try await wait(until: "the standby to be ready") { try await machine.status().isStandbyReady }
    }
  }

  /// Exactly one takes records, and all others are its clients.
  private func waitUntilOneServes(_ machines: [Machine]) async throws {
    try await wait(until: "one virtual server") {
      var statuses: [DaemonStatus] = []
      var holders = 0
      for machine in machines {
        statuses.append(try await machine.status())
        if await machine.health()?.takesRecords == true { holders += 1 }
      }
      return holders == 1 && Set(statuses.map(\.host)).count == 1
        && Set(statuses.map(\.epoch)).count == 1
        && statuses.allSatisfy { $0.isGroupReachable && $0.isCentralReachable }
    }
  }

  @Test func aBandThatIsCutOffGoesOnSearchingAndIsOneAgain() async throws {
    let relays = Mutex<[Relay]>([])
    defer { for relay in relays.withLock({ $0 }) { relay.close() } }
    func way(to central: Central, of _: Int) throws -> String? {
      let relay = try Relay(to: central.port)
      relays.withLock { $0.append(relay) }
      return relay.address
    }
    try await Central.with(["ann", "bob", "cat"], at: way) { _, machines in
      try await begin(machines)
      let watch = Watch(machines)
      let ways = relays.withLock { $0 }
      for way in ways { way.cut() }
      try await wait(until: "the lease to run out") {
        await machines[0].health()?.takesRecords == false
      }
      // What is made now is not acknowledged, and searches go on.
      try machines[2].write(to: "common late.txt")
      let old = ["ann", "bob", "cat"].map { "common \($0).txt" }
      for machine in machines {
        let answer = try await machine.search("common")
        #expect(answer.coverage?.scope == .group && Set(old).isSubset(of: answer.names))
      }
      try await wait(until: "the record to be refused") {
        let state = try await machines[2].status().publication
        return state?.problem != nil && state.map { $0.acknowledged < $0.last } == true
      }
      #expect(await machines[0].health()?.takesRecords == false)
      for way in ways { way.heal() }
      try await waitUntilOneServes(machines)
      for machine in machines {
        try await waitUntil(
          machine, finds: (old + ["common late.txt"]).sorted(), isFromServer: true)
      }
      #expect(await watch.end() == [])
    }
  }

  /// Nobody can say who is next, and all is found meanwhile, what is new with the rest.
  @Test func aHostThatDiesWhileTheCentralServerIsAwayIsMadeUpForByItsStandby() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      try await begin(machines)
      try await central.kill()
      try await machines[0].lose()
      try machines[2].write(to: "common late.txt")
      let names = ["ann", "bob", "cat", "late"].map { "common \($0).txt" }
      for machine in machines[1...] { try await waitUntil(machine, finds: names) }
      #expect(try await machines[2].search("common").coverage?.shortfall != nil)
      #expect(await machines[1].health()?.takesRecords == false)
      try await central.start()
      try await waitUntilOneServes(Array(machines[1...]))
      for machine in machines[1...] {
        try await waitUntil(machine, finds: names, isFromServer: true)
      }
    }
  }

  /// Only the host of the virtual server is cut off: its standby takes over while it goes on
  /// answering searches, and takes no records.
  @Test func aVirtualServerThatIsCutOffIsFollowedByItsStandby() async throws {
    let relay = Mutex<Relay?>(nil)
    defer { relay.withLock { $0 }?.close() }
    func way(to central: Central, of number: Int) throws -> String? {
      guard number == 0 else { return nil }
      let way = try Relay(to: central.port)
      relay.withLock { $0 = way }
      return way.address
    }
    try await Central.with(["ann", "bob", "cat"], at: way) { _, machines in
      try await begin(machines)
      let watch = Watch(machines)
      let way = try #require(relay.withLock { $0 })
      way.cut()
      try await wait(until: "the lease to run out") {
        await machines[0].health()?.takesRecords == false
      }
      try machines[2].write(to: "common late.txt")
      let names = ["ann", "bob", "cat", "late"].map { "common \($0).txt" }
      // The others have a new one once they ask the central server.
      try await wait(until: "the old one to be given up", within: .seconds(240)) {
        try await machines[2].status().host == machines[1].status().node
      }
      try await waitUntil(machines[2], finds: names, isFromServer: true)
      #expect(await machines[0].health()?.takesRecords == false)
      way.heal()
      try await waitUntilOneServes(machines)
      #expect(try await machines[1].status().role == .virtualServer)
      for machine in machines { try await waitUntil(machine, finds: names, isFromServer: true) }
      #expect(await watch.end() == [])
    }
  }
}
