import Foundation
import Node
import TestSupport
import Testing

/// What was indexed before the machine had a user belongs to that user afterwards.
@Suite(.timeLimit(.minutes(10))) struct OwnerTests {
  @Test func recordsFromBeforeAreTheUsersAndNoFileIsRead() async throws {
    try await Central.with([]) { central, _ in
      let machine = try Machine("ann")
      try machine.write(to: "common.txt")
      try await machine.run("index", "shared")
      #expect(try await machine.search("common owner:local").names == ["common.txt"])
      // Whoever looked at the folder or read a file now would notice.
      try FileManager.default.removeItem(atPath: machine.shared)
      try await central.enrol(machine, user: "ann")
      #expect(try await machine.search("common owner:ann").names == ["common.txt"])
      #expect(try await machine.search("common owner:local").names == [])
      try await central.enrol(machine, user: "ann", by: "login")
      #expect(try await machine.search("common owner:ann").names == ["common.txt"])
    }
  }

  @Test func aDaemonThatRunsIsToBeStartedAgain() async throws {
    try await Central.with([]) { central, _ in
      let machine = try Machine("ann")
      try machine.write(to: "common.txt")
      try await machine.up()
      do {
        try await machine.run("index", "shared")
        let said = try await central.enrol(machine, user: "ann")
        #expect(said.contains("end it with nearfind down"), "\(said)")
        try await machine.end()
        try await machine.up("--capacity", "5")
        try await wait(until: "the records to be the user's") {
          let found = try await machine.search("common owner:ann")
          return found.names == ["common.txt"] && found.coverage?.scope == .group
        }
        try await machine.end()
        #expect(try await machine.search("common owner:ann").names == ["common.txt"])
      } catch {
        try await machine.kill()
        throw error
      }
    }
  }
}
