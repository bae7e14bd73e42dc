import Foundation
import Protocol
import SearchModel
import Synchronization
import TestSupport
import Testing

/// A virtual server that is killed while nodes publish has lost nothing that it acknowledged, and what
/// it says of where each node stands is what it holds.
@Suite(.serialized, .timeLimit(.minutes(10))) struct KilledServerTests {
  private static let roundCount = 10

  /// The endless history of a node's catalog, the same for the same seed.
  private struct History: Sendable {
    let seed: UInt64
    let node: TestNode

    /// Batch `number`, which makes of position `number - 1` position `number`.
    func batch(_ number: Int64) -> [RecordChange] {
      var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 7919)
      return (0..<generator.number(1...60)).map { _ in
        let name = "file\(generator.number(0...120))"
        if generator.happens(0.25) { return .remove(node.record(name).key) }
        var record = node.record(name)
        record.size = number
        return .put(record)
      }
    }

    func request(_ number: Int64, epoch: UInt64) -> PublicationRequest {
      PublicationRequest(
        group: 1, epoch: epoch, catalog: "history", after: number - 1, sequence: number,
        base: number, startsAnew: false, changes: batch(number))
    }

    /// Sizes by name, of what is there after a batch.
    func contents(after number: Int64) -> [String: Int64] {
      var contents: [String: Int64] = [:]
      for number in stride(from: Int64(1), through: number, by: 1) {
        for change in batch(number) {
          switch change {
          case .put(let record): contents[record.filename] = record.size
          case .remove(let key): contents[String(key.value.dropFirst("key-".count))] = nil
          }
        }
      }
      return contents
    }
  }

  @Test func nothingAcknowledgedIsLost() async throws {
    let seed: UInt64 = 90_210
    var generator = SeededGenerator(seed: seed)
    let world = try World()
    let host = try World.node("host", "tower")
    // So many that there is hardly a moment without a commit.
    let nodes = try (0..<6).map { try World.node("user\($0)", "node\($0)") }
    var acknowledged: [NodeIdentity: Int64] = [:]
    var killsInFlight = 0
    for round in 0..<Self.roundCount {
      let epoch = UInt64(round + 1)
      let context = Comment("seed \(seed), round \(round)")
      let server = try await ServerProcess(world, host: host)
      var histories: [History] = []
      for (number, node) in nodes.enumerated() {
        histories.append(History(seed: seed + UInt64(number), node: try await server.node(node)))
      }
      try await server.serve(nodes, epoch: epoch, membership: epoch)
      for history in histories {
        let known = acknowledged[history.node.identity] ?? 0
        let position = try await history.node.position()
        // One request of each node was on its way.
        #expect(known...(known + 1) ~= position.sequence, context)
        if position.sequence > known { killsInFlight += 1 }
        try await expectContents(of: history, at: position, context)
        acknowledged[history.node.identity] = position.sequence
      }
      let blow = generator.number(1...30)
      let counts = try await publishAndKill(
        server, histories, from: acknowledged, epoch: epoch, afterAnswers: blow,
        delay: .microseconds(generator.number(0...40_000)))
      acknowledged.merge(counts) { _, new in new }
    }
    let last = acknowledged.values.reduce(0, +)
    #expect(last >= Int64(Self.roundCount), "too little was published for the blows to matter")
    print("\(last) batches acknowledged, \(killsInFlight) committed but not acknowledged")
  }

  /// The answers of all nodes together.
  private final class AnswerCount: Sendable {
    private let count = Mutex(0)

    /// - Returns: how many there are with this one.
    func add() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }

  private func expectContents(
    of history: History, at position: PublicationPosition, _ context: Comment
  ) async throws {
    let owner = history.node.identity.user.text
    let answer = try await history.node.search(
      .all([.everything, .filter(.owner(owner))]), limit: 1_000)
    let found = Dictionary(
      uniqueKeysWithValues: answer.answer.answer.hits.map { ($0.record.filename, $0.record.size) })
    #expect(found == history.contents(after: position.sequence), context)
    #expect(position.recordCount == found.count, context)
  }

  /// Both nodes publish as fast as they are answered; the blow falls while requests are on their way.
  ///
  /// - Returns: what each was told is committed.
  private func publishAndKill(
    _ server: ServerProcess, _ histories: [History], from start: [NodeIdentity: Int64],
    epoch: UInt64, afterAnswers blow: Int, delay: Duration
  ) async throws -> [NodeIdentity: Int64] {
    let answers = AnswerCount()
    let counts = try await withThrowingTaskGroup(of: (NodeIdentity, Int64).self) { group in
      for history in histories {
        group.addTask {
          var number = start[history.node.identity] ?? 0
          while true {
            do {
              let answer = try await history.node.publish(
                history.request(number + 1, epoch: epoch))
              #expect(answer.sequence == number + 1)
              number = answer.sequence
              if answers.add() == blow {
                Task {
                  // Somewhere in the next commits, wherever they are by then.
                  try await Task.sleep(for: delay)
                  server.program.send(SIGKILL)
                }
              }
            } catch is PeerClientError {
              return (history.node.identity, number)
            }
          }
        }
      }
      var counts: [NodeIdentity: Int64] = [:]
      for try await (node, count) in group { counts[node] = count }
      return counts
    }
    try await server.program.kill()
    return counts
  }
}
