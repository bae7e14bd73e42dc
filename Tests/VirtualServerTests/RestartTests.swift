import Foundation
import Protocol
import SearchModel
import TestSupport
import Testing

/// How soon a group's answers are complete again after its virtual server was killed. Small here;
/// `NEARFIND_GROUP_NODES=20 NEARFIND_GROUP_RECORDS=10000` makes a whole group of it.
@Suite(.serialized, .timeLimit(.minutes(30))) struct RestartTests {
  private static func number(_ name: String, or standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
  }

  @Test func theRestartedServerAnswersCompletelyAtOnce() async throws {
    let nodeCount = Self.number("NEARFIND_GROUP_NODES", or: 5)
    let recordCount = Self.number("NEARFIND_GROUP_RECORDS", or: 200)
    let world = try World()
    let host = try World.node("host", "tower")
    let nodes = try (0..<nodeCount).map { try World.node("user\($0)", "node\($0)") }
    let first = try await ServerProcess(world, host: host)
    var members: [TestNode] = []
    for node in nodes { members.append(try await first.node(node)) }
    try await first.serve(nodes)
    let publishing = try await ContinuousClock().measure {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for member in members {
          group.addTask {
            for start in stride(from: 0, to: recordCount, by: 5_000) {
              let names = (start..<min(start + 5_000, recordCount)).map {
                "report \($0) of \(member.identity.user.text).txt"
              }
              try await member.publish(member.changes(names, after: Int64(start)))
            }
          }
        }
        try await group.waitForAll()
      }
    }
    let killed = ContinuousClock.now
    try await first.program.kill()
    let second = try await ServerProcess(world, host: host)
    let again = try await second.node(nodes[0])
    let listening = ContinuousClock.now
    try await second.serve(nodes, epoch: 2, membership: 2)
    let answer = try await again.search(.words("report user0"))
    let answered = ContinuousClock.now
    #expect(answer.recordCount == nodeCount * recordCount)
    #expect(answer.answer.answer.hits.count == min(10, recordCount))
    #expect(answer.incompleteNodes == ["tower"])
    print(
      "\(nodeCount) nodes, \(nodeCount * recordCount) records: published in \(publishing), "
        + "listening \(listening - killed) after the kill, complete answer after \(answered - killed)"
    )
    try await second.program.kill()
  }
}
