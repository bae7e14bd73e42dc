import Foundation
import Node
import TestSupport
import Testing

/// Daemons, virtual servers and a central server as real processes on loopback.
@Suite struct NetworkTests {
  /// Waits until a search on a machine covers the group and finds just these names.
  private func waitUntil(
    _ machine: Machine, finds names: [String], for words: String = "common",
    within scope: String = "group"
  ) async throws {
    var last: (names: [String], coverage: SearchCoverage?) = ([], nil)
    do {
      try await wait(until: "\(words) to be found") {
        last = try await machine.search(words, within: scope)
        return last.names == names && last.coverage.map { $0.scope != .ownFiles } ?? false
      }
    } catch {
      Issue.record("found \(last), status \(try await machine.status())")
      throw error
    }
  }

  private func waitUntil(
    _ machine: Machine, is role: DaemonStatus.Role
  ) async throws {
    try await wait(until: "the machine to be \(role)") {
      let status = try await machine.status()
      return status.role == role && status.isGroupReachable
    }
  }

  @Test func theFirstServesAndTheSecondAttaches() async throws {
    try await Central.with(["ann", "bob"]) { central, machines in
      let (ann, bob) = (machines[0], machines[1])
      try await ann.up("--capacity", "5")
      try await waitUntil(ann, is: .virtualServer)
      try await waitUntil(ann, finds: ["common ann.txt"])
      try await bob.up("--capacity", "5")
      try await waitUntil(bob, is: .attached)
      for machine in machines {
        try await waitUntil(machine, finds: ["common ann.txt", "common bob.txt"])
      }
      let status = try await ann.run("status")
      #expect(status.output.contains("this machine is its virtual server"))
      let route = try await bob.run("route")
      #expect(route.status == 0 && route.output.contains("Band: "), "\(route)")
      // What is removed goes from the group's index too.
      try FileManager.default.removeItem(atPath: bob.shared + "/common bob.txt")
      try bob.write(to: "common second.txt")
      try await waitUntil(ann, finds: ["common ann.txt", "common second.txt"])
      let text = try await ann.run("search", "common")
      #expect(text.output.contains("of this machine's group"))
    }
  }

  @Test func aFullVirtualServerOverflows() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      try await machines[0].up("--capacity", "1")
      try await waitUntil(machines[0], is: .virtualServer)
      try await machines[1].up("--capacity", "1")
      try await waitUntil(machines[1], is: .attached)
      try await machines[2].up("--capacity", "1")
      try await waitUntil(machines[2], is: .virtualServer)
      try await waitUntil(
        machines[0], finds: ["common ann.txt", "common bob.txt"], within: "group")
      try await waitUntil(machines[2], finds: ["common cat.txt"], within: "group")
      // Each group finds what the other has: from one ring to the next.
      for machine in machines {
        try await waitUntil(
          machine, finds: ["common ann.txt", "common bob.txt", "common cat.txt"],
          within: "everywhere")
      }
    }
  }

  @Test func aKilledVirtualServerIsBackAtOnce() async throws {
    try await Central.with(["ann", "bob"]) { central, machines in
      let (ann, bob) = (machines[0], machines[1])
      try await ann.up("--capacity", "5")
      try await waitUntil(ann, is: .virtualServer)
      try await bob.up("--capacity", "5")
      try await waitUntil(bob, finds: ["common ann.txt", "common bob.txt"])
      var expected = ["common ann.txt", "common bob.txt"]
      for round in 0..<3 {
        for number in 0..<100 {
          let name = "common \(round) \(number).txt"
          try bob.write(to: name)
          expected.append(name)
        }
        let process = try #require(ann.virtualServer)
        kill(process, SIGKILL)
        let began = ContinuousClock.now
        var slowest = Duration.zero
        // An answer all the time, from its own files if need be.
        for _ in 0..<5 {
          let asked = ContinuousClock.now
          let answer = try await bob.search("common")
          slowest = max(slowest, .now - asked)
          #expect(answer.names.contains("common bob.txt"))
          if answer.coverage?.scope == .ownFiles { #expect(answer.coverage?.shortfall != nil) }
        }
        try await waitUntil(ann, finds: expected.sorted())
        print(
          "killed: slowest answer \(slowest), complete again after \(ContinuousClock.now - began)")
        #expect(ann.virtualServer != process)
      }
    }
  }

  @Test func theCentralServerMayBeAway() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      try await machines[0].up("--capacity", "5")
      try await waitUntil(machines[0], is: .virtualServer)
      try await machines[1].up("--capacity", "5")
      try await waitUntil(machines[1], finds: ["common ann.txt", "common bob.txt"])
      try await central.kill()
      try await wait(until: "the central server to be missed") {
        try await machines[0].status().isCentralReachable == false
      }
      for machine in machines[..<2] {
        try await waitUntil(machine, finds: ["common ann.txt", "common bob.txt"])
      }
      // Meanwhile a machine starts that nobody can place.
      try await machines[2].up("--capacity", "5")
      #expect(try await machines[2].search("common").names == ["common cat.txt"])
      try await central.start()
      try await waitUntil(
        machines[2], finds: ["common ann.txt", "common bob.txt", "common cat.txt"])
    }
  }

  @Test func aDaemonThatWasKilledGoesOn() async throws {
    try await Central.with(["ann", "bob"]) { central, machines in
      let both = ["common ann.txt", "common bob.txt"]
      for machine in machines { try await machine.up("--capacity", "5") }
      for machine in machines { try await waitUntil(machine, finds: both) }
      for machine in machines {
        try await machine.kill()
        try await machine.up("--capacity", "5")
        for machine in machines { try await waitUntil(machine, finds: both) }
      }
    }
  }

  @Test func aGroupOutlivesTheOrderlyEndOfItsServer() async throws {
    try await Central.with(["ann", "bob"]) { central, machines in
      let (ann, bob) = (machines[0], machines[1])
      try await ann.up("--capacity", "5")
      try await waitUntil(ann, is: .virtualServer)
      try await bob.up("--capacity", "5")
      try await waitUntil(bob, finds: ["common ann.txt", "common bob.txt"])
      let process = try #require(ann.virtualServer)
      try await ann.end()
      #expect(ann.log.contains("Stopped."))
      try await wait(until: "its virtual server to be gone") { kill(process, 0) != 0 }
      try await waitUntil(bob, is: .virtualServer)
      try await waitUntil(bob, finds: ["common bob.txt"])
    }
  }
}
