import Foundation
import Node
import TestSupport
import Testing

/// What becomes of a machine, and of its records, when the operator takes its right back.
@Suite(.timeLimit(.minutes(10))) struct RevocationTests {
  private let everybody = ["common ann.txt", "common bob.txt", "common cat.txt"]

  private func waitUntil(_ machine: Machine, finds names: [String]) async throws {
    try await wait(until: "\(names) to be found") {
      let found = try await machine.search("common")
      return found.names == names && found.coverage?.scope == .group
    }
  }

  /// Waits until the daemon says that it is not let in, and checks how.
  private func waitUntilOut(_ machine: Machine) async throws {
    try await wait(until: "the daemon to know that it is out") {
      let status = try await machine.status()
      return status.refusal?.contains("was revoked") == true && status.role == .seeking
    }
    let text = try await machine.run("status").output
    #expect(text.contains("does not let this machine in. The certificate of"), "\(text)")
    #expect(text.contains("Ask the central server's operator"), "\(text)")
    #expect(machine.log.contains("does not let this machine in"), "\(machine.log)")
    // What is its own is found all the same, and it is said that this is all.
    let found = try await machine.search("common")
    #expect(found.names.count == 1 && found.coverage?.scope == .ownFiles)
    #expect(found.coverage?.shortfall?.contains("was revoked") == true)
  }

  @Test func aRevokedClientIsOutWithItsRecordsAndComesBack() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      for machine in machines {
        try await machine.up("--capacity", "5")
        try await wait(until: "it to have a place") {
          try await machine.status().isGroupReachable
        }
      }
      for machine in machines { try await waitUntil(machine, finds: everybody) }
      let bob = try #require(try await machines[1].status().node)
      let began = ContinuousClock.now
      try await central.admin("users", "revoke", bob)
      for machine in [machines[0], machines[2]] {
        try await waitUntil(machine, finds: ["common ann.txt", "common cat.txt"])
      }
      print("a revoked client's records were gone after \(ContinuousClock.now - began)")
      try await waitUntilOut(machines[1])
      #expect(central.log.contains("A right was taken back"))
      #expect(central.log.contains("no member of its group any more"))
      #expect(try await machines[0].status().clientCount == 1)

      try await central.admin("users", "restore", bob)
      for machine in machines { try await waitUntil(machine, finds: everybody) }
      #expect(try await machines[1].status().refusal == nil)
    }
  }

  @Test func aDisabledUserServesNoLongerThanItsLease() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      for machine in machines {
        try await machine.up("--capacity", "5")
        try await wait(until: "it to have a place") {
          try await machine.status().isGroupReachable
        }
      }
      try await waitUntil(machines[0], finds: everybody)
      let process = try #require(machines[0].virtualServer)
      let began = ContinuousClock.now
      try await central.admin("users", "disable", "ann")
      try await waitUntilOut(machines[0])
      print("a disabled user's daemon knew after \(ContinuousClock.now - began)")
      try await wait(until: "its virtual server to end") { kill(process, 0) != 0 }
      for machine in machines[1...] {
        try await waitUntil(machine, finds: ["common bob.txt", "common cat.txt"])
      }
      print("the others had another virtual server after \(ContinuousClock.now - began)")
      let roles = [try await machines[1].status().role, try await machines[2].status().role]
      #expect(Set(roles) == [.virtualServer, .attached])
    }
  }

  /// Nobody leads while the operator revokes: the next leader finds it in the store.
  @Test func whoIsRevokedWhileNobodyLeadsIsOutToo() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      for machine in machines {
        try await machine.up("--capacity", "5")
        try await wait(until: "it to have a place") {
          try await machine.status().isGroupReachable
        }
      }
      try await waitUntil(machines[0], finds: everybody)
      let bob = try #require(try await machines[1].status().node)
      try await central.kill()
      // It cannot say goodbye, nor ask: only the central server itself can end its membership.
      try await machines[1].kill()
      try await central.admin("users", "revoke", bob)
      try await central.start()
      try await wait(until: "it to be no member any more") {
        central.log.contains("no member of its group any more")
      }
      for machine in [machines[0], machines[2]] {
        try await waitUntil(machine, finds: ["common ann.txt", "common cat.txt"])
      }
      try await wait(until: "the group to know") {
        try await machines[0].status().clientCount == 1
      }
    }
  }
}
