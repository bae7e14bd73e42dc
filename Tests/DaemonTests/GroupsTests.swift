import Foundation
import Node
import TestSupport
import Testing

/// Searches from group to group with the whole product: five machines of one band, of which three
/// serve, because each serves one other at most.
@Suite(.serialized, .timeLimit(.minutes(10))) struct GroupsTests {
  private static let names = ["ann", "bob", "cat", "dan", "eve"]

  private static func withGroups(
    _ body: (Central, [Machine]) async throws -> Void
  ) async throws {
    try await Central.with(names) { central, machines in
      try await central.admin("override", "add", "127.0.0.0/8", "home")
      try await wait(until: "the central server to know the band's name") {
        central.log.contains("The rules of bands were changed")
      }
      for (number, machine) in machines.enumerated() {
        try await machine.up("--capacity", "1")
        let role = number.isMultiple(of: 2) ? DaemonStatus.Role.virtualServer : .attached
        try await wait(until: "\(names[number]) to be \(role)") {
          let status = try await machine.status()
          return status.role == role && status.isGroupReachable
        }
      }
      for machine in machines {
        try await wait(until: "it to find what all have") {
          try await machine.search("common", within: "everywhere").names == files(names)
        }
      }
      try await body(central, machines)
    }
  }

  private static func files(_ names: [String]) -> [String] { names.map { "common \($0).txt" } }

  private func search(
    _ machine: Machine, _ arguments: String...
  ) async throws -> (outcome: Program.Outcome, elapsed: Duration) {
    let began = ContinuousClock.now
    let outcome = try await machine.run(["search", "--strict"] + arguments)
    return (outcome, .now - began)
  }

  @Test func searchesGoFromGroupToGroup() async throws {
    try await Self.withGroups { central, machines in
      let ann = machines[0]
      #expect(try await ann.search("common", within: "group").names == Self.files(["ann", "bob"]))
      for scope in ["band", "nearest", "everywhere"] {
        #expect(try await ann.search("common", within: scope).names == Self.files(Self.names))
      }
      let near = try await search(ann, "common", "--limit", "1", "--scope", "nearest").outcome
      #expect(
        near.output.contains(/Searched 1 of 3 virtual servers \(2 not needed\) in [\d.]+ ms\./),
        "\(near.output)")
      let all = try await search(ann, "common", "--explain", "--scope", "everywhere").outcome
      let text = all.output
      #expect(all.status == 0)
      #expect(text.contains(/Searched 3 of 3 virtual servers in [\d.]+ ms\./), "\(text)")
      #expect(text.contains(/ring 0 +group \d+ at \S+, band m:home: answered/), "\(text)")
      let others = text.matches(
        of: /ring 1 +group \d+ at \S+, band m:home: answered in [\d.]+ ms, \d+ message/)
      #expect(others.count == 2, "\(text)")
      try await goesOnWithoutTheCentralServer(central, machines)
      try await goesOnWithoutOthers(machines)
    }
  }

  private func goesOnWithoutTheCentralServer(
    _ central: Central, _ machines: [Machine]
  ) async throws {
    try await central.kill()
    for machine in machines {
      for _ in 0..<3 {
        let found = try await machine.search("common", within: "everywhere")
        #expect(found.names == Self.files(Self.names))
        #expect(found.coverage?.servers?.completeness.isComplete == true)
      }
    }
  }

  /// One is gone, another stands still: what is there comes in time, and it is said who is missing.
  private func goesOnWithoutOthers(_ machines: [Machine]) async throws {
    let (ann, cat, eve) = (machines[0], machines[2], machines[4])
    let gone = try #require(cat.virtualServer)
    try await cat.kill()
    kill(gone, SIGKILL)
    let standing = try #require(eve.virtualServer)
    kill(standing, SIGSTOP)
    defer { kill(standing, SIGCONT) }
    let (outcome, elapsed) = try await search(
      ann, "common", "--scope", "everywhere", "--deadline", "1s", "--explain")
    print("two of three are away: answered after \(elapsed), deadline 1 s")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("common ann.txt"))
    let text = outcome.output
    #expect(text.contains("Searched 1 of 3 virtual servers"), "\(text)")
    #expect(text.contains("1 did not answer in time") && text.contains("1 could not be reached"))
    #expect(text.contains("band m:home: did not answer in time"), "\(text)")
    #expect(text.contains("band m:home: could not be reached"), "\(text)")
    let covered = try await ann.search("common", within: "everywhere").coverage
    let took = try #require(covered?.servers?.elapsed)
    #expect(took < 2_000 + 3_000, "the standard deadline and what a loaded machine may take")
    // Nobody else can be asked: an answer that says so, not an error.
    let nothing = try await search(ann, "nowhere", "--scope", "everywhere").outcome
    #expect(nothing.status == 1, "\(nothing)")
    #expect(nothing.output.contains("Searched 1 of 3 virtual servers"), "\(nothing.output)")
    #expect(!nothing.errors.contains("rror"), "\(nothing.errors)")
  }
}
