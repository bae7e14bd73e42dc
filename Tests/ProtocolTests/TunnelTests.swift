import Foundation
import NIOCore
import NIOSSL
import PeerTesting
import Synchronization
import TestSupport
import Testing

@testable import Protocol

/// A connection that becomes a pipe.
@Suite(.serialized) struct TunnelTests {
  /// Without a short period, so that nothing that is lost or doubled fits.
  private static let period = 64_507
  private static let pattern: [UInt8] = {
    let once = (0..<period).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    return once + once + once
  }()

  /// Sends so many bytes that are known by their place, and ends its direction.
  static func send(
    _ count: Int, _ channel: any Channel, _ outbound: RawPipe.Outbound, sent: Amount
  ) async throws {
    var place = 0
    while place < count {
      let size = min(64 * 1024, count - place)
      let start = place % period
      // Until the kernel has it: else what waits for the event loop would count as under way.
      try await channel.writeAndFlush(ByteBuffer(bytes: pattern[start..<start + size])).get()
      place += size
      sent.set(place)
    }
    outbound.finish()
  }

  /// - Parameter look: is called with how much has come so far.
  static func receive(
    _ inbound: RawPipe.Inbound, look: (Int) -> Void = { _ in }
  ) async throws -> Int {
    var place = 0
    for try await var buffer in inbound {
      while let part = buffer.readSlice(length: min(64 * 1024, buffer.readableBytes)),
        part.readableBytes > 0
      {
        let start = place % period
        let isRight = part.withUnsafeReadableBytes { bytes in
          pattern.withUnsafeBytes {
            memcmp(bytes.baseAddress!, $0.baseAddress! + start, bytes.count)
          }
        }
        guard isRight == 0 else { throw WrongByte(place: place) }
        place += part.readableBytes
      }
      look(place)
    }
    return place
  }

  struct WrongByte: Error { var place: Int }

  /// Sends so many bytes and receives what comes meanwhile.
  ///
  /// Both directions end at about the same time, and the last goodbye may come too late. What counts
  /// is that all bytes come: who speaks through a tunnel has goodbyes of his own.
  ///
  /// - Returns: how many came.
  static func exchange(
    _ count: Int, over pipe: RawPipe, sent: Amount, look: @escaping @Sendable (Int) -> Void
  ) async throws -> Int {
    let arrived = Amount()
    do {
      try await pipe.use { inbound, outbound in
        async let sending: Void = send(count, pipe.channel, outbound, sent: sent)
        _ = try await receive(inbound) { came in
          arrived.raise(to: came)
          look(came)
        }
        try await sending
      }
    } catch NIOSSLError.uncleanShutdown {}
    return arrived.value
  }

  @Test func bytesGoBothWaysInFlatMemory() async throws {
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box)
    let client = try world.client()
    let near = try await RawPipe(client.tunnel(to: server), isHalfClosable: true)
    let far = try await RawPipe(try #require(await box.next()), isHalfClosable: true)
    let count = 64 << 20
    let (up, down) = (Amount(), Amount())
    let before = residentBytes()
    let most = Amount()
    try await limited {
      try await withThrowingTaskGroup(of: Int.self) { group in
        group.addTask {
          try await Self.exchange(count, over: near, sent: up) { came in
            // What is under way is bounded by buffers, not by what is sent.
            #expect(down.value - came < 8 << 20)
            most.raise(to: residentBytes())
          }
        }
        group.addTask {
          try await Self.exchange(count, over: far, sent: down) { came in
            #expect(up.value - came < 8 << 20)
          }
        }
        for try await came in group { #expect(came == count) }
      }
    }
    let grown = most.value - before
    print("\(count >> 20) MiB each way: memory grew by \(grown >> 10) KiB")
    #expect(grown < 32 << 20)
    await server.shutDown(within: .seconds(10))
  }

  @Test func oneDirectionEndsBeforeTheOther() async throws {
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box)
    let near = try await RawPipe(
      try world.client().tunnel(to: server), isHalfClosable: true)
    let far = try await RawPipe(try #require(await box.next()), isHalfClosable: true)
    let sent = Amount()
    let answer = Task {
      try await far.use { inbound, outbound in
        // Only when all has come does the answer begin.
        let came = try await Self.receive(inbound)
        try await Self.send(came * 2, far.channel, outbound, sent: sent)
      }
    }
    let came = try await limited {
      try await near.use { inbound, outbound in
        try await Self.send(100_000, near.channel, outbound, sent: sent)
        return try await Self.receive(inbound)
      }
    }
    #expect(came == 200_000)
    try await answer.value
    try await wait(until: "the connection is gone") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }

  @Test func anAbruptEndIsSeenAtOnce() async throws {
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box)
    let client = try world.client()
    for way in 0..<2 {
      let near = try await client.tunnel(to: server)
      let far = try #require(await box.next())
      let (lost, waiting) = way == 0 ? (near, far) : (far, near)
      let pipe = try await RawPipe(waiting)
      // Without a goodbye of TLS, as when a process dies.
      try await lost.channel.pipeline.addHandler(HeadCloser(), position: .first).get()
      lost.channel.triggerUserOutboundEvent(HeadCloser.Close(), promise: nil)
      try await limited {
        // However it is told: as an end or as an error.
        _ = try? await pipe.use { inbound, _ in for try await _ in inbound {} }
      }
    }
    try await wait(until: "the connections are gone") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }

  @Test func whatIsNoTunnelIsRefused() async throws {
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box)
    let client = try world.client()
    await #expect {
      try await client.tunnel(to: server, token: "wrong")
    } throws: {
      ($0 as? ProblemDocument)?.code == .forbidden
    }
    await #expect {
      try await client.openTunnel(
        "/v1/nowhere", at: server.destination, expecting: .anyone, within: .seconds(60))
    } throws: {
      ($0 as? ProblemDocument)?.code == .notFound
    }
    await #expect {
      try await client.openTunnel(
        "/v1/tunnels/right", at: server.destination,
        expecting: .node(World.node("bob", "another")), within: .seconds(60))
    } throws: {
      if case .certificate(.wrongPeer, _)? = $0 as? PeerClientError { true } else { false }
    }
    // A request that does not ask for a tunnel gets none.
    await #expect {
      try await client.send(
        .post("/v1/tunnels/right", Echo(text: "")), to: server.destination, expecting: .anyone,
        as: Echo.self)
    } throws: {
      ($0 as? ProblemDocument)?.code == .upgradeRequired
    }
    await server.shutDown(within: .seconds(10))
  }

  @Test func theRequestMaySayMore() async throws {
    let world = try World()
    let server = try await world.tunnelServer(PipeBox())
    let client = try world.client()
    let pipe = try await client.openTunnel(
      "/v1/asked", Echo(text: "what was asked"), at: server.destination, expecting: .anyone,
      within: .seconds(60))
    let came = try await limited {
      try await RawPipe(pipe).use { inbound, _ in
        var bytes = ByteBuffer()
        for try await var buffer in inbound {
          bytes.writeBuffer(&buffer)
          if bytes.readableBytes >= "what was asked".utf8.count { break }
        }
        return String(buffer: bytes)
      }
    }
    #expect(came == "what was asked")
    await server.shutDown(within: .seconds(10))
  }

  @Test func tunnelsTakeNoPlaceOfRequests() async throws {
    var limits = ServerLimits.generous
    limits.concurrentRequests = 2
    limits.concurrentRequestsPerIdentity = 2
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box, limits: limits)
    let client = try world.client()
    var pipes: [TunnelPipe] = []
    for _ in 0..<6 { pipes.append(try await client.tunnel(to: server)) }
    #expect(server.connectionCount == 6)
    for pipe in pipes { pipe.close() }
    try await wait(until: "they are gone") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }

  @Test func aPipeThatNobodyTakesIsClosed() async throws {
    let (world, box) = (try World(), PipeBox())
    let server = try await world.tunnelServer(box)
    do {
      let near = try await world.client().tunnel(to: server)
      #expect(near.isOpen)
    }
    try await wait(until: "the connection is gone") { server.connectionCount == 0 }
    await server.shutDown(within: .seconds(10))
  }
}

/// Closes the socket itself, whatever stands in the pipeline.
private final class HeadCloser: ChannelOutboundHandler, Sendable {
  typealias OutboundIn = ByteBuffer
  struct Close: Sendable {}

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    if event is Close {
      context.close(promise: promise)
    } else {
      context.triggerUserOutboundEvent(event, promise: promise)
    }
  }
}
