import Foundation
import Node
import TestSupport
import Testing

/// Who may see a folder, changed while all run: real processes on loopback.
@Suite(.serialized, .timeLimit(.minutes(10))) struct VisibilityTests {
  /// Ann serves her group, bob is in it, and cat serves another of the same band.
  private static func withThree(
    _ body: ([Machine]) async throws -> Void
  ) async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      try await central.admin("override", "add", "127.0.0.0/8", "home")
      try await wait(until: "the central server to know the band's name") {
        central.log.contains("The rules of bands were changed")
      }
      for (number, machine) in machines.enumerated() {
        try await machine.up("--capacity", "1")
        let role = number == 1 ? DaemonStatus.Role.attached : .virtualServer
        try await wait(until: "\(number) to be \(role)") {
          let status = try await machine.status()
          return status.role == role && status.isGroupReachable
        }
      }
      for machine in machines {
        try await wait(until: "it to find what all have") {
          try await machine.search("common", within: "everywhere").names.count == 3
        }
      }
      try await body(machines)
    }
  }

  private func finds(_ machine: Machine, _ word: String) async throws -> Bool {
    try await !machine.search(word, within: "everywhere").names.isEmpty
  }

  @Test func aChangeHoldsWithinSeconds() async throws {
    try await Self.withThree { machines in
      let (ann, bob, cat) = (machines[0], machines[1], machines[2])
      let diary = ann.root + "/diary"
      try FileManager.default.createDirectory(
        atPath: diary, withIntermediateDirectories: true)
      try Data("secret".utf8).write(to: URL(fileURLWithPath: diary + "/secret.txt"))
      try await ann.run("share", "add", diary, "--visible", "user:")
      try await wait(until: "the content to be read") {
        try await ann.run("search", "secret", "--json").output.contains("contentHash")
      }
      let found = try await ann.run("search", "secret", "--json").output
      let hash = String(try #require(found.firstMatch(of: /"contentHash" : "([0-9a-f]{64})"/)).1)
      #expect(try await finds(ann, "secret"))
      #expect(try await !finds(bob, "secret"))
      #expect(try await !finds(cat, "secret"))
      // What bob sees, and cat, after each change, and ann always.
      for (visible, sees) in [
        ("cat", (false, true)), ("bob", (true, false)), ("band", (true, true)),
        ("user:", (false, false)), ("everyone", (true, true)), ("ann", (false, false)),
      ] {
        let outcome = try await ann.run("share", "set", diary, "--visible", visible)
        #expect(outcome.status == 0, "\(outcome)")
        let began = ContinuousClock.now
        for (machine, expected) in [(bob, sees.0), (cat, sees.1)] {
          try await wait(until: "the change to \(visible) to hold") {
            try await finds(machine, "secret") == expected
          }
        }
        print("visible to \(visible): holds for both after \(ContinuousClock.now - began)")
        #expect(try await finds(ann, "secret"))
        for (machine, gets) in [(bob, sees.0), (cat, sees.1)] {
          let got = try await machine.run("get", hash, "--force", "--to", machine.root + "/got")
          #expect((got.status == 0) == gets, "\(visible): \(got)")
        }
      }
      let list = try await ann.run("share", "list", "--json")
      #expect(list.output.contains(#""users" : ["#) && list.output.contains(#""ann""#))
      #expect(try await ann.run("share", "remove", diary).status == 0)
      #expect(try await ann.run("share", "set", diary, "--visible", "band").status == 2)
    }
  }
}
