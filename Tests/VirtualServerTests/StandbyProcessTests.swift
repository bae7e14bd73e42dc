import Foundation
import Protocol
import SearchModel
import TestSupport
import Testing

/// A process that stands by, and one that was stopped while its lease ran out.
@Suite struct StandbyProcessTests {
  /// Copies are taken without a lease; promoted, the process goes on with what it has.
  @Test func aStandbyThatIsPromotedHasTheIndex() async throws {
    let world = try World()
    let (host, ann) = (try World.node("host", "tower"), try World.node("ann", "laptop"))
    let server = try await ServerProcess(world, host: host)
    let node = try await server.node(ann)
    let members = [GroupClient(node: "laptop", incarnation: 1)]
    let order = StandbyOrder(group: 1, epoch: 1, limitCount: 9, members: members, membership: 1)
    try server.send(.standBy(order))
    try await server.settled { $0.incompleteNodes == ["laptop", "tower"] && !$0.takesRecords }
    try await node.publish(node.changes(["one.txt", "two.txt"]))
    try await server.settled { $0.incompleteNodes == ["tower"] && !$0.takesRecords }
    #expect(try await node.find("txt") == ["one.txt", "two.txt"])
    #expect(try await node.presence().takesRecords == false)
    // The same order again, as with every presence, changes nothing.
    try server.send(.standBy(order))
    try await node.publish(node.changes(["three.txt"], after: 2))

    try await server.serve([ann], epoch: 7, membership: 2)
    #expect(try await node.position().sequence == 3)
    #expect(try await node.position().epoch == 7)
    try await node.publish(node.changes(["four.txt"], after: 3, epoch: 7))
    let late = try await node.refusal {
      try await node.publish(node.changes(["five.txt"], after: 4, epoch: 1))
    }
    #expect(late?.code == .otherEpoch)
    #expect(try await node.find("txt") == ["four.txt", "one.txt", "three.txt", "two.txt"])
    try await server.program.kill()
  }

  /// Stopped while lines wait for it in the pipe, it reads of a lease that is over.
  @Test func aStoppedProcessDoesNotBelieveInALeaseThatIsOver() async throws {
    let world = try World()
    let (host, ann) = (try World.node("host", "tower"), try World.node("ann", "laptop"))
    let server = try await ServerProcess(world, host: host)
    let node = try await server.node(ann)
    try await server.serve([ann])
    try await node.publish(node.changes(["one.txt"]))
    try server.send(
      .serve(
        group: 1, epoch: 2, limitCount: 9, clients: [GroupClient(node: "laptop", incarnation: 1)],
        membership: 2))
    try await server.settled { $0.epoch == 2 && !$0.takesRecords }
    server.program.send(SIGSTOP)
    try await wait(until: "the process to stand still") {
      let path = "/proc/\(server.program.identifier)/stat"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      return text.split(separator: ")").last?.hasPrefix(" T") == true
    }
    let end = MachineClock.milliseconds() + 300
    try server.send(.lease(epoch: 2, end: end, limitCount: 8))
    try await wait(until: "the lease to be over") { MachineClock.milliseconds() > end }
    server.program.send(SIGCONT)
    // The line was read: the limit came with it.
    try await server.settled { $0.limitCount == 8 }
    let refusal = try await node.refusal {
      try await node.publish(node.changes(["two.txt"], after: 1, epoch: 2))
    }
    #expect(refusal?.code == .takesNoRecords)
    #expect(try server.statuses().allSatisfy { !$0.takesRecords || $0.epoch == 1 })
    try server.send(
      .lease(epoch: 2, end: MachineClock.milliseconds() + 3_600_000, limitCount: 8))
    try await server.settled { $0.takesRecords }
    try await node.publish(node.changes(["two.txt"], after: 1, epoch: 2))
    try await server.program.kill()
  }
}
