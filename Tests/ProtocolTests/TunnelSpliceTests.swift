import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import Protocol

/// Two pipes made one by somebody in the middle.
@Suite(.serialized) struct TunnelSpliceTests {
  /// A server in the middle, to which both sides open a tunnel.
  private struct Middle {
    let world: World
    let box = PipeBox()
    let server: PeerServer
    let clients: [PeerClient]

    init() async throws {
      world = try World()
      server = try await world.tunnelServer(box)
      clients = [try world.client(), try world.client(user: "cat", node: "pc")]
    }

    /// - Returns: the ends at the sides, and those in the middle.
    func pipes() async throws -> (sides: [TunnelPipe], middle: [TunnelPipe]) {
      var (sides, middle): ([TunnelPipe], [TunnelPipe]) = ([], [])
      for client in clients {
        sides.append(try await client.tunnel(to: server))
        middle.append(try #require(await box.next()))
        for pipe in [sides[sides.count - 1], middle[middle.count - 1]] {
          try await pipe.keepLittle()
        }
      }
      return (sides, middle)
    }

    func shutDown() async {
      for client in clients { client.shutDown() }
      await server.shutDown(within: .seconds(10))
    }
  }

  @Test func bytesGoThroughBothWaysInFlatMemory() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    let counted = Amount()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) {
      counted.add($0)
      return .goOn(after: .zero)
    }
    let running = Task { await splice.run() }
    let ends = [
      try await RawPipe(sides[0], isHalfClosable: true),
      try await RawPipe(sides[1], isHalfClosable: true),
    ]
    let count = 64 << 20
    let sent = [Amount(), Amount()]
    let before = residentBytes()
    let most = Amount()
    try await limited {
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<2 {
          group.addTask {
            try await TunnelTests.exchange(
              count, over: ends[number], sent: sent[number]
            ) { came in
              #expect(sent[1 - number].value - came < 8 << 20)
              most.raise(to: residentBytes())
            }
          }
        }
        for try await came in group { #expect(came == count) }
      }
    }
    #expect(await running.value == .closed)
    #expect(counted.value == 2 * count)
    let grown = most.value - before
    print("\(count >> 20) MiB each way through a splice: memory grew by \(grown >> 10) KiB")
    #expect(grown < 32 << 20)
    await middle.shutDown()
  }

  /// The kernel takes some, and then the sender waits, while another passage goes on.
  @Test func whoDoesNotReadIsSentLittle() async throws {
    let middle = try await Middle()
    let count = 64 << 20
    let (sides, inner) = try await middle.pipes()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { _ in .goOn(after: .zero) }
    let running = Task { await splice.run() }
    let near = try await RawPipe(sides[0], isHalfClosable: true)
    let far = try await RawPipe(sides[1], isHalfClosable: true)
    let sent = Amount()
    let sending = Task {
      try await near.use { inbound, outbound in
        try await TunnelTests.send(count, near.channel, outbound, sent: sent)
        for try await _ in inbound {}
      }
    }
    try await wait(until: "the first bytes are sent") { sent.value > 0 }
    // The measure of time: whoever need not wait has sent as much as this one meanwhile.
    #expect(try await Self.carry(count, through: middle) == count)
    let waited = sent.value
    print("\(waited >> 10) KiB sent to who does not read")
    #expect(waited < 8 << 20)
    let came = try await limited {
      try await far.use { inbound, _ in try await TunnelTests.receive(inbound) }
    }
    #expect(came == count)
    try await sending.value
    #expect(await running.value == .closed)
    await middle.shutDown()
  }

  /// - Returns: how many bytes came out of a splice of their own.
  private static func carry(_ count: Int, through middle: Middle) async throws -> Int {
    let (sides, inner) = try await middle.pipes()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { _ in .goOn(after: .zero) }
    let running = Task { await splice.run() }
    let near = try await RawPipe(sides[0], isHalfClosable: true)
    let far = try await RawPipe(sides[1], isHalfClosable: true)
    let came = try await limited {
      async let sending: Void = near.use { inbound, outbound in
        try await TunnelTests.send(count, near.channel, outbound, sent: Amount())
        for try await _ in inbound {}
      }
      let came = try await far.use { inbound, _ in try await TunnelTests.receive(inbound) }
      try await sending
      return came
    }
    #expect(await running.value == .closed)
    return came
  }

  @Test func oneDirectionEndsBeforeTheOther() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { _ in .goOn(after: .zero) }
    let running = Task { await splice.run() }
    let near = try await RawPipe(sides[0], isHalfClosable: true)
    let far = try await RawPipe(sides[1], isHalfClosable: true)
    let sent = Amount()
    let answer = Task {
      try await far.use { inbound, outbound in
        let came = try await TunnelTests.receive(inbound)
        try await TunnelTests.send(came * 2, far.channel, outbound, sent: sent)
      }
    }
    let came = try await limited {
      try await near.use { inbound, outbound in
        try await TunnelTests.send(100_000, near.channel, outbound, sent: sent)
        return try await TunnelTests.receive(inbound)
      }
    }
    #expect(came == 200_000)
    try await answer.value
    #expect(await running.value == .closed)
    await middle.shutDown()
  }

  @Test func theEndOfOneIsTheEndOfTheOther() async throws {
    let middle = try await Middle()
    for number in 0..<2 {
      let (sides, inner) = try await middle.pipes()
      let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { _ in .goOn(after: .zero) }
      let running = Task { await splice.run() }
      let waiting = try await RawPipe(sides[1 - number])
      sides[number].close()
      try await limited {
        _ = try? await waiting.use { inbound, _ in for try await _ in inbound {} }
      }
      #expect(await running.value == .closed)
    }
    try await wait(until: "the connections are gone") { middle.server.connectionCount == 0 }
    await middle.shutDown()
  }

  /// Bytes are counted, so no clock plays a part.
  @Test func theVerdictEndsIt() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    let limit = 1 << 20
    let passed = Amount()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { count in
      passed.add(count) >= limit ? .end : .goOn(after: .zero)
    }
    let running = Task { await splice.run() }
    let near = try await RawPipe(sides[0])
    let far = try await RawPipe(sides[1])
    let sending = Task {
      try await near.use { _, outbound in
        while true { try await outbound.write(ByteBuffer(repeating: 7, count: 64 * 1024)) }
      }
    }
    let came = Amount()
    _ = try? await far.use { inbound, _ in
      for try await buffer in inbound { came.add(buffer.readableBytes) }
    }
    #expect(await running.value == .stopped)
    await #expect(throws: (any Error).self) { try await sending.value }
    let count = passed.value
    print("\(count) bytes passed where \(limit) were allowed")
    // At most one batch of the last look goes beyond.
    #expect((limit..<limit + 1 << 20).contains(count))
    #expect(came.value <= count)
    await middle.shutDown()
  }

  @Test func whatDoesNotMoveIsEnded() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    let splice = TunnelSplice(inner[0], inner[1], idle: .milliseconds(200)) { _ in
      .goOn(after: .zero)
    }
    #expect(await splice.run() == .idle)
    for side in sides { await side.closed() }
    await middle.shutDown()
  }

  @Test func aPipeThatHasEndedIsSplicedWithNothing() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    inner[1].close()
    await inner[1].closed()
    let splice = TunnelSplice(inner[0], inner[1], idle: .seconds(60)) { _ in .goOn(after: .zero) }
    #expect(await splice.run() == .closed)
    for side in sides { await side.closed() }
    await middle.shutDown()
  }

  /// Whoever carries the bytes sees records of TLS and nothing else.
  @Test func theMiddleReadsNothing() async throws {
    let middle = try await Middle()
    let (sides, inner) = try await middle.pipes()
    let ownerServer = try await middle.world.server(
      store: middle.world.store(user: "bob", node: "host"))
    let serving = Task { await ownerServer.serve(sides[1]) }
    let seen = [Seen(), Seen()]
    let ends = [try await RawPipe(inner[0]), try await RawPipe(inner[1])]
    let carrying = Task {
      try? await ends[0].use { firstIn, firstOut in
        try await ends[1].use { secondIn, secondOut in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await seen[0].carry(firstIn, to: secondOut) }
            group.addTask { try await seen[1].carry(secondIn, to: firstOut) }
            try await group.next()
            group.cancelAll()
          }
        }
      }
    }
    let pipe = Mutex<TunnelPipe?>(sides[0])
    let way = TunnelWay(name: "bob") { try #require(pipe.withLock { $0.take() }) }
    let secret = "the secret that nobody in the middle may read"
    let answer = try await middle.clients[0].send(
      .post("/v1/echo", Echo(text: secret)), to: .tunnel(way),
      expecting: .node(World.node("bob", "host")), as: Echo.self)
    #expect(answer.text == secret)
    middle.clients[0].shutDown()
    await serving.value
    await carrying.value
    for direction in seen {
      let bytes = direction.bytes.withLock { $0 }
      #expect(bytes.count > 500)
      #expect(bytes.firstRange(of: Array(secret.utf8)) == nil)
      #expect(bytes.firstRange(of: Array("/v1/echo".utf8)) == nil)
      #expect(bytes.firstRange(of: Array("nearfind://".utf8)) == nil)
      try Self.checkRecords(bytes)
    }
    await ownerServer.shutDown(within: .seconds(10))
    await middle.shutDown()
  }

  /// RFC 8446, section 5.1: type, version, length, and so many bytes, from the first to the last.
  private static func checkRecords(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let head = Array(rest.prefix(5))
      try #require(head.count == 5)
      #expect((20...23).contains(head[0]) && head[1] == 3)
      rest = rest.dropFirst(5 + Int(head[3]) << 8 + Int(head[4]))
    }
  }

  private final class Seen: Sendable {
    let bytes = Mutex<[UInt8]>([])

    func carry(_ inbound: RawPipe.Inbound, to outbound: RawPipe.Outbound) async throws {
      for try await buffer in inbound {
        bytes.withLock { $0 += buffer.readableBytesView }
        try await outbound.write(buffer)
      }
    }
  }
}
