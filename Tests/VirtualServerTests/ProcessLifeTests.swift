import Foundation
import Protocol
import SearchModel
import TestSupport
import Testing

/// How the process begins, ends, and comes back.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessLifeTests {
  private let world: World
  private let host: NodeIdentity
  private let ann: NodeIdentity

  init() throws {
    world = try World()
    host = try World.node("host", "tower")
    ann = try World.node("ann", "laptop")
  }

  @Test func itEndsWithItsCommands() async throws {
    let server = try await ServerProcess(world, host: host)
    _ = try await server.port()
    try server.endCommands()
    #expect(try await server.program.waitForEnd() == .exited(0), "\(server.errorText)")
  }

  @Test func itEndsInOrderOnSIGTERM() async throws {
    let server = try await ServerProcess(world, host: host)
    let node = try await server.node(ann)
    try await server.serve([ann])
    try await node.publish(node.changes(["a"]))
    server.program.send(SIGTERM)
    #expect(try await server.program.waitForEnd() == .exited(0), "\(server.errorText)")
    // In order: the index is free at once and whole.
    let next = try await ServerProcess(world, host: host)
    let again = try await next.node(ann)
    #expect(again.port == node.port)
    try await next.serve([ann])
    #expect(try await again.find("a") == ["a"])
    try await next.program.kill()
  }

  @Test func aPredecessorThatHoldsTheIndexIsWaitedFor() async throws {
    let first = try await ServerProcess(world, host: host)
    let port = try await first.port()
    let second = try await ServerProcess(world, host: host)
    try await wait(until: "the second to wait") {
      try second.logLines().contains { $0.contains("written by") }
    }
    #expect(try second.events().allSatisfy { if case .listening = $0 { false } else { true } })
    try await first.program.kill()
    #expect(try await second.port() == port)
    // One that nobody wants any more waits no longer.
    let third = try await ServerProcess(world, host: host)
    try await wait(until: "the third to wait") { try !third.logLines().isEmpty }
    try third.endCommands()
    #expect(try await third.program.waitForEnd() == .exited(0))
    try await second.program.kill()
  }

  @Test func aPortThatIsTakenIsReplaced() async throws {
    let first = try await ServerProcess(world, host: host)
    let port = try await first.port()
    try await first.program.kill()
    // Another's socket now.
    let other = try await ServerProcess(world, host: host, name: "other")
    _ = try await other.port()
    try await other.program.kill()
    try Data("\(port)\n".utf8).write(
      to: URL(fileURLWithPath: world.folder.path + "/data-other/port"))
    let thief = try await ServerProcess(world, host: host, name: "other")
    #expect(try await thief.port() == port)
    let second = try await ServerProcess(world, host: host)
    let next = try await second.port()
    #expect(next != port)
    try await second.program.kill()
    try await thief.program.kill()
    // The new one is what it remembers.
    let third = try await ServerProcess(world, host: host)
    #expect(try await third.port() == next)
    try await third.program.kill()
  }

  @Test func anIndexThatIsDamagedIsThrownAway() async throws {
    let first = try await ServerProcess(world, host: host)
    let node = try await first.node(ann)
    try await first.serve([ann])
    try await node.publish(node.changes(["a"]))
    try await first.program.kill()
    try Data("nonsense".utf8).write(
      to: URL(fileURLWithPath: first.data + "/index/manifest.json"))
    let second = try await ServerProcess(world, host: host)
    let again = try await second.node(ann)
    try await second.serve([ann])
    #expect(try second.logLines().contains { $0.contains("damaged") })
    let position = try await again.position()
    #expect(position.catalog == nil && position.recordCount == 0)
    try await again.publish(again.changes(["a"], startsAnew: true))
    #expect(try await again.find("a") == ["a"])
    try await second.program.kill()
  }

  @Test func releasedNodesKeepTheirRecordsForTheGraceTime() async throws {
    let options = ["--release-grace", "3600"]
    let first = try await ServerProcess(world, host: host, options: options)
    let (node, hostNode) = (try await first.node(ann), try await first.node(host))
    try await first.serve([ann])
    try await node.publish(node.changes(["a"]))
    try first.send(.release("laptop", membership: 2))
    try await first.settled { $0.membership == 2 }
    await #expect(throws: ProblemDocument.self) { try await node.find("a") }
    #expect(try await hostNode.find("a") == ["a"])
    try await first.program.kill()
    // It comes back within the grace time, after a restart even.
    let second = try await ServerProcess(world, host: host, options: options)
    let again = try await second.node(ann)
    try await second.serve([ann], epoch: 2, membership: 3)
    #expect(try await again.position().sequence == 1)
    try await second.serve([], epoch: 2, membership: 4)
    try await second.program.kill()
    // The grace time is over; it counts from the release, not from the start.
    let third = try await ServerProcess(
      world, host: host, options: ["--release-grace", "0"])
    let hostAgain = try await third.node(host)
    try await third.serve([], epoch: 3, membership: 5)
    try await third.settled { $0.recordCount == 0 }
    #expect(try await hostAgain.find("a") == [])
    let back = try await third.node(ann)
    try await third.serve([ann], epoch: 3, membership: 6)
    #expect(try await back.position().catalog == nil)
    try await third.program.kill()
  }

  @Test func anotherGroupBeginsWithItsOwnNodesRecords() async throws {
    let bob = try World.node("bob", "desk")
    let server = try await ServerProcess(world, host: host)
    let (annsNode, bobsNode) = (try await server.node(ann), try await server.node(bob))
    try await server.serve([ann, bob])
    try await annsNode.publish(annsNode.changes(["a"]))
    try await bobsNode.publish(bobsNode.changes(["b"]))
    try await server.serve([bob], group: 2, epoch: 9)
    try await server.settled { $0.recordCount == 1 }
    #expect(try await bobsNode.find("b") == ["b"])
    #expect(try await bobsNode.find("a") == [])
    #expect(try await bobsNode.position().sequence == 1)
    try await server.program.kill()
  }

  @Test func theRenewedCertificateIsTakenWithoutAPause() async throws {
    let server = try await ServerProcess(world, host: host)
    let node = try await server.node(ann)
    try await server.serve([ann])
    let folder = try IdentityFolder(path: world.folder.path + "/identity-server")
    try folder.store(try world.credentials(.node(host)))
    try server.send(.reloadIdentity)
    try server.send(.lease(epoch: 1, end: .max, limitCount: 7))
    try await server.settled { $0.limitCount == 7 }
    _ = try await node.presence()
    _ = try await server.node(ann).presence()
    #expect(try server.logLines().isEmpty)
    try await server.program.kill()
  }

  @Test func commandsThatAreNoneAreSaidAndSkipped() async throws {
    let server = try await ServerProcess(world, host: host)
    for text in ["{}", "nonsense", "{\"dance\":{}}", String(repeating: "[", count: 10_000)] {
      try server.send(text: text)
    }
    try await server.serve([ann])
    #expect(try server.logLines().count { $0.contains("not understood") } == 4)
    try await server.program.kill()
  }

  @Test func withoutAnIdentityItSaysWhatToDo() async throws {
    try FileManager.default.createDirectory(
      atPath: world.folder.path + "/identity-none", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let server = try await ServerProcess(world, host: host, name: "none")
    #expect(try await server.program.waitForEnd() == .exited(3))
    guard case .failed(let reason)? = try server.events().last else {
      Issue.record("it says nothing")
      return
    }
    #expect(reason.contains("nearfind register"))
  }
}
