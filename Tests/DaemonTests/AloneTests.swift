import Foundation
import Node
import TestSupport
import Testing

/// The daemon of a machine that has joined no network.
@Suite struct AloneTests {
  /// Whatever a test does, nothing of it is left running.
  private func with(_ body: (Machine) async throws -> Void) async throws {
    let machine = try Machine("alone")
    do {
      try await body(machine)
      try await machine.kill()
    } catch {
      print(machine.log)
      try? await machine.kill()
      throw error
    }
  }

  @Test func commandsGoThroughTheDaemon() async throws {
    try await with { machine in
      try machine.write(to: "project plan.txt")
      try await machine.up()
      let indexed = try await machine.run("index", "shared")
      #expect(indexed.status == 0, "\(indexed.errors)")
      #expect(indexed.output.contains("1 file looked at"))
      let found = try await machine.search("plan")
      #expect(found.names == ["project plan.txt"])
      #expect(found.coverage?.scope == .ownFiles && found.coverage?.shortfall == nil)
      // It watches what was added while it runs.
      try machine.write(to: "another plan.txt")
      try await wait(until: "the new file to be found") {
        try await machine.search("plan").names.count == 2
      }
      #expect(try await machine.run("index").status == 0)
      #expect(try await machine.run("index", "--rebuild").status == 2)
      #expect(try await machine.run("index", "no-such-folder").status == 2)
      #expect(try await machine.status().role == .alone)
      let status = try await machine.run("status")
      #expect(status.output.contains("nearfind up: running"))
      let forgotten = try await machine.run("forget", "shared")
      #expect(forgotten.output.contains("Forgotten: "), "\(forgotten.errors)")
      #expect(try await machine.search("plan").names == [])
      #expect(try await machine.run("forget", "shared").status == 2)
      #expect(try await machine.run("route").status == 3)
      let down = try await machine.run("down")
      #expect(down.status == 0, "\(down.errors)")
      #expect(try await machine.running?.waitForEnd().isSuccess == true, "\(machine.log)")
      #expect(try await machine.run("down").errors.contains("Nothing is running"))
    }
  }

  @Test func withoutADaemonTheIndexIsSearched() async throws {
    try await with { machine in
      try machine.write(to: "plan.txt")
      try await machine.run("index", "shared")
      try await machine.up()
      #expect(try await machine.search("plan").coverage != nil)
      try await machine.kill()
      // Its socket is still there, and nobody answers at it.
      let found = try await machine.search("plan")
      #expect(found.names == ["plan.txt"] && found.coverage == nil)
      try await machine.up()
      #expect(try await machine.search("plan").names == ["plan.txt"])
      try await machine.end()
      #expect(machine.log.contains("Stopped."))
    }
  }

  @Test func aSecondDaemonIsRefused() async throws {
    try await with { machine in
      try await machine.up()
      let second = try await machine.run("up")
      #expect(second.status == 3)
      #expect(second.errors.contains("is being written by process"))
      #expect(try await machine.status().role == .alone)
    }
  }

  @Test func theSocketIsItsUsersAlone() async throws {
    try await with { machine in
      try await machine.up()
      let path = SocketPath.path(dataDirectory: machine.data)
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }
}
