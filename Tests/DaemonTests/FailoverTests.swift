import Foundation
import Node
import TestSupport
import Testing

/// A group whose virtual server is killed while its machines publish. Small here;
/// `NEARFIND_GROUP_NODES=20 NEARFIND_GROUP_RECORDS=10000` makes a whole group of it.
@Suite(.serialized, .timeLimit(.minutes(60))) struct FailoverTests {
  private static func number(_ name: String, or standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
  }

  private static let machineCount = number("NEARFIND_GROUP_NODES", or: 5)
  private static let recordCount = number("NEARFIND_GROUP_RECORDS", or: 200)
  /// Files that each publishing machine gets acknowledged before and after a blow.
  private static let fileCount = 3
  /// No figure: it only tells answers that come from those that do not.
  private static let patience: Duration = .seconds(20)

  @Test func answersStayCompleteAndNothingAcknowledgedIsLost() async throws {
    let names = (0..<Self.machineCount).map { "user\($0)" }
    try await Central.with(names) { _, machines in
      try await begin(machines)
      // The host goes, the next in rank takes its place; the others publish.
      let publishing = machines[2...].enumerated().map { number, machine in
        Publishing(machine, name: "load \(number)")
      }
      try await waitForMore(publishing)
      let process = try #require(machines[0].virtualServer)
      try await strike("process", machines, publishing) { kill(process, SIGKILL) }
      try await waitUntilStandbyIsReady(machines[0...], host: machines[0])
      try await strike("host", machines, publishing, isHostLost: true) {
        try await machines[0].lose()
      }
      #expect(try await machines[1].status().role == .virtualServer)
      for one in publishing { try await one.end() }
      try await expectAll(of: publishing, on: machines[1...])
    }
  }

  /// Shares everything, and waits until the group has it twice.
  private func begin(_ machines: [Machine]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, machine) in machines.enumerated() {
        group.addTask {
          for file in 0..<Self.recordCount - 1 {
            try machine.write(to: "common \(number) of \(file).txt")
          }
          try await machine.run("index", "shared", "--no-content")
        }
      }
      try await group.waitForAll()
    }
    for (number, machine) in machines.enumerated() {
      // The first becomes the virtual server, the second the fittest of its clients.
      let capacity = "\(max(Self.machineCount, 50) - number)"
      try await machine.up(["--no-content", "--capacity", capacity])
      let role: DaemonStatus.Role = number == 0 ? .virtualServer : .attached
      try await wait(until: "the machine to be \(role)") {
        let status = try await machine.status()
        return status.role == role && status.isGroupReachable
      }
    }
    try await waitUntilStandbyIsReady(machines[...], host: machines[0])
    try await wait(until: "all records to be in", within: .seconds(900)) {
      let coverage = try await machines[1].search("common", limit: 1).coverage
      return coverage?.recordCount == Self.recordCount * machines.count
        && coverage?.incompleteNodes == []
    }
  }

  private func waitUntilStandbyIsReady(
    _ machines: ArraySlice<Machine>, host: Machine
  ) async throws {
    let expected = try await machines[1].status().node
    for machine in machines {
      try await wait(until: "the standby to be ready", within: .seconds(600)) {
        let status = try await machine.status()
        return status.isStandbyReady && status.standby == expected
      }
    }
  }

  /// Waits until every one of them has some more files acknowledged.
  private func waitForMore(_ publishing: [Publishing]) async throws {
    let wanted = publishing.map { $0.acknowledged.count + Self.fileCount }
    for (one, count) in zip(publishing, wanted) {
      try await wait(until: "more to be acknowledged", within: .seconds(300)) {
        one.acknowledged.count >= count
      }
    }
  }

  /// A blow among searches and publications. Prints what it cost.
  private func strike(
    _ what: String, _ machines: [Machine], _ publishing: [Publishing], isHostLost: Bool = false,
    _ blow: () async throws -> Void
  ) async throws {
    let acknowledged = publishing.reduce(0) { $0 + $1.acknowledged.count }
    // What a host had that is lost may be found for a while, and is not asked for.
    let complete = Self.recordCount * (machines.count - (isHostLost ? 1 : 0)) + acknowledged
    let observers = [machines[1], machines[Self.machineCount - 1]].map {
      Observer($0, word: "common", recordCount: complete)
    }
    for observer in observers {
      try await wait(until: "searches") { observer.searchCount > 1 }
    }
    let began = ContinuousClock.now
    try await blow()
    let counts = observers.map(\.searchCount)
    try await waitForMore(publishing)
    let publishingAgain = ContinuousClock.now - began
    for (observer, count) in zip(observers, counts) {
      try await wait(until: "searches after it") { observer.searchCount > count + 2 }
    }
    for (place, observer) in zip(["at the standby", "elsewhere"], observers) {
      let findings = await observer.end()
      #expect(findings.failures.isEmpty)
      #expect(findings.slowest < Self.patience)
      let incomplete = findings.incomplete.last.map { max(.zero, $0.time - began) } ?? .zero
      #expect(incomplete < Self.patience)
      print(
        "\(what) killed, \(Self.machineCount) nodes, \(complete) records, \(place): "
          + "\(findings.searchCount) searches, the slowest \(findings.slowest), "
          + "\(findings.standbyCount) answered by the standby, \(findings.ownCount) by the machine "
          + "alone, all complete again after \(incomplete)")
      for answer in [findings.incomplete.first, findings.incomplete.last].compactMap({ $0 }) {
        print("  incomplete after \(answer.time - began): \(answer.what)")
      }
    }
    print(
      "\(what) killed: \(Self.fileCount) more files of each acknowledged \(publishingAgain) after")
  }

  /// Every file that was acknowledged is found on every machine.
  private func expectAll(
    of publishing: [Publishing], on machines: ArraySlice<Machine>
  ) async throws {
    let acknowledged = Set(publishing.flatMap(\.acknowledged))
    print("\(acknowledged.count) files acknowledged one by one")
    for machine in machines {
      try await wait(until: "all that was acknowledged to be found") {
        var found: Set<String> = []
        var page: [String] = []
        repeat {
          let answer = try await machine.search("load", offset: found.count)
          guard answer.coverage?.scope == .group, answer.coverage?.shortfall == nil else {
            return false
          }
          page = answer.names
          found.formUnion(page)
        } while page.count == 1000
        return acknowledged.isSubset(of: found)
      }
    }
  }
}
