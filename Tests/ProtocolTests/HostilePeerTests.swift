import Foundation
import Glibc
import NIOCore
import PeerTesting
import TestSupport
import Testing

@testable import Protocol

/// Bytes of all kinds, in any amount, at any speed. Others are served meanwhile.
@Suite(.serialized) struct HostilePeerTests {
  private func echo(_ client: PeerClient, _ server: PeerServer, _ text: String) async throws {
    let answer = try await client.send(
      .post("/v1/echo", Echo(text: text)), to: server.destination, expecting: .anyone,
      as: Echo.self)
    #expect(answer.text == text)
  }

  private var short: ServerLimits {
    var limits = ServerLimits.generous
    limits.handshake = .seconds(10)
    limits.idle = .seconds(30)
    limits.head = .seconds(1)
    limits.bodyPause = .seconds(1)
    limits.body = .seconds(4)
    limits.rest = .seconds(1)
    limits.stalledWrite = .seconds(1)
    return limits
  }

  @Test func thousandsOfSilentConnections() async throws {
    var files = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    files.rlim_cur = files.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    // Both ends of each are in this process.
    let count = min(2000, (Int(clamping: files.rlim_cur) - 300) / 2)
    print("\(count) silent connections")
    let world = try World()
    let server = try await world.server(limits: short)
    let client = try world.client()
    try await echo(client, server, "before")
    var silent: [RawConnection] = []
    for _ in 0..<count { silent.append(try await RawConnection.open(port: server.port)) }
    for number in 0..<20 { try await echo(client, server, "\(number)") }
    let fresh = try world.client(user: "eve", node: "pc")
    try await echo(fresh, server, "a new connection among the silent")
    for connection in silent { try await connection.closed() }
    try await wait(until: "only the clients' connections are left") { server.connectionCount <= 2 }
    try await echo(client, server, "after")
    await server.shutDown(within: .seconds(10))
  }

  @Test func bytesBeforeTheHandshake() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let world = try World()
    let server = try await world.server(limits: short)
    let client = try world.client()
    for number in 0..<200 {
      let connection = try await RawConnection.open(port: server.port)
      var bytes = generator.bytes(Int.random(in: 0...3000, using: &generator))
      if number % 2 == 0 {
        // The beginning of a TLS record, and of a hello in it.
        let length = UInt16.random(in: 0 ... .max, using: &generator)
        bytes = [0x16, 3, 1, UInt8(length >> 8), UInt8(length & 255), 1, 0] + bytes
      }
      await connection.send(bytes)
      if number % 3 == 0 { connection.close() }
      if number % 40 == 0 { try await echo(client, server, "\(number)") }
    }
    let flood = try await RawConnection.open(port: server.port)
    await flood.send(generator.bytes(4 << 20))
    try await wait(until: "they are all closed") { server.connectionCount <= 1 }
    try await echo(client, server, "after")
    await server.shutDown(within: .seconds(10))
  }

  @Test func bytesAfterTheHandshake() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let world = try World()
    let server = try await world.server(limits: short)
    let client = try world.client()
    let credentials = try world.credentials(.node(World.node("mallory", "pc")))
    let good = Array(
      "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{\"text\":\"a\"}".utf8)
    for number in 0..<150 {
      let connection = try await RawConnection.open(port: server.port, credentials: credentials)
      var bytes = good
      switch number % 3 {
      case 0: bytes = generator.bytes(Int.random(in: 0...3000, using: &generator))
      case 1: bytes = Array(good.prefix(Int.random(in: 0..<good.count, using: &generator)))
      default:
        for _ in 0..<3 {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
      }
      await connection.send(bytes)
      if number % 2 == 0 { connection.close() }
      if number % 30 == 0 { try await echo(client, server, "\(number)") }
    }
    try await echo(client, server, "after")
    await server.shutDown(within: .seconds(1))
    #expect(server.connectionCount == 0)
  }

  @Test func whatIsTooSlowIsClosed() async throws {
    let world = try World()
    let server = try await world.server(limits: short)
    let credentials = try world.credentials(.node(World.node("slow", "pc")))
    let starts = [
      "GET /v1/who HTTP/1.1\r\nHos",
      "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{\"te",
      "POST /v1/count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"t",
    ]
    for start in starts {
      let connection = try await RawConnection.open(port: server.port, credentials: credentials)
      await connection.send(start)
      try await connection.closed()
    }
    // Drop by drop gains nothing: the time is for the whole head.
    let dripping = try await RawConnection.open(port: server.port, credentials: credentials)
    let dropper = Task {
      await dripping.send("GET /v1/who HTTP/1.1\r\nX: ")
      while dripping.channel.isActive {
        await dripping.send("x")
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    try await dripping.closed()
    dropper.cancel()
    await server.shutDown(within: .seconds(10))
  }

  @Test func whoDoesNotReadIsClosed() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(limits: short, probe: probe)
    let credentials = try world.credentials(.node(World.node("deaf", "pc")))
    let deaf = try await RawConnection.open(port: server.port, credentials: credentials)
    try await deaf.channel.setOption(ChannelOptions.autoRead, value: false).get()
    await deaf.send("GET /v1/numbers HTTP/1.1\r\nHost: x\r\n\r\n")
    try await wait(until: "the handler is told to stop") { await probe.isCancelled }
    try await wait(until: "the connection is gone") { server.connectionCount == 0 }
    deaf.close()
    await server.shutDown(within: .seconds(10))
  }

  @Test func whatIsTooLargeIsRefused() async throws {
    let world = try World()
    let server = try await world.server()
    let client = try world.client()
    func code(_ request: PeerRequest) async throws -> ProblemCode? {
      do {
        _ = try await client.send(
          request, to: server.destination, expecting: .anyone, as: Echo.self)
        return nil
      } catch let document as ProblemDocument {
        return document.code
      }
    }
    let large = Echo(text: String(repeating: "x", count: 2 << 20))
    #expect(try await code(.post("/v1/echo", large)) == .tooLarge)
    #expect(
      try await code(.stream("/v1/count") { try await $0.write(large) }) == .tooLarge)
    #expect(try await code(.post("/v1/echo", ["text": 1])) == .malformed)
    let deep = try await RawConnection.open(
      port: server.port, credentials: try world.credentials(.node(World.node("deep", "pc"))))
    let body = String(repeating: "[", count: 100_000)
    await deep.send(
      "POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n" + body)
    try await wait(until: "nesting is refused") { deep.text.hasPrefix("HTTP/1.1 400") }
    deep.close()
    let long = String(repeating: "h", count: 40_000)
    for head in [
      "GET /v1/who HTTP/1.1\r\nHost: x\r\nX: \(long)\r\n\r\n", "GET /\(long)\(long)\(long)",
    ] {
      let connection = try await RawConnection.open(
        port: server.port, credentials: try world.credentials(.node(World.node("l", "pc"))))
      await connection.send(head)
      try await connection.closed()
      #expect(!connection.text.contains("200 OK"))
    }
    try await echo(client, server, "after")
    await server.shutDown(within: .seconds(10))
  }

  @Test func ratesAreKeptPerIdentity() async throws {
    var limits = ServerLimits.generous
    limits.requests = .init(perSecond: 0.001, burst: 5)
    let world = try World()
    let server = try await world.server(limits: limits)
    let (fast, other) = (try world.client(), try world.client(user: "eve", node: "pc"))
    for number in 0..<5 { try await echo(fast, server, "\(number)") }
    for _ in 0..<3 {
      do {
        try await echo(fast, server, "too many")
        Issue.record("answered")
      } catch let document as ProblemDocument {
        #expect(document.code == .rateLimited)
        #expect((document.retryAfter ?? 0) > 0)
      }
    }
    try await echo(other, server, "not concerned")
    await server.shutDown(within: .seconds(10))
  }

  @Test func requestsAtOnceAreLimited() async throws {
    var limits = ServerLimits.generous
    limits.concurrentRequestsPerIdentity = 1
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(limits: limits, probe: probe)
    let client = try world.client()
    let running = Task {
      try await client.send(
        .get("/v1/wait"), to: server.destination, expecting: .anyone, as: Echo.self)
    }
    try await wait(until: "it runs") { await probe.waiting == 1 }
    do {
      try await echo(client, server, "second")
      Issue.record("answered")
    } catch let document as ProblemDocument {
      #expect(document.code == .overloaded)
    }
    try await echo(try world.client(user: "eve", node: "pc"), server, "not concerned")
    await probe.release()
    #expect(try await running.value.text == "done")
    try await echo(client, server, "after")
    await server.shutDown(within: .seconds(10))
  }

  @Test func connectionsFromOneAddressAreLimited() async throws {
    var limits = short
    limits.connectionsPerAddress = 3
    let world = try World()
    let server = try await world.server(limits: limits)
    var open: [RawConnection] = []
    for _ in 0..<3 { open.append(try await RawConnection.open(port: server.port)) }
    try await wait(until: "they are counted") { server.connectionCount == 3 }
    try await RawConnection.open(port: server.port).closed()
    #expect(server.connectionCount == 3)
    for connection in open { connection.close() }
    try await wait(until: "they are gone") { server.connectionCount == 0 }
    try await echo(try world.client(), server, "after")
    await server.shutDown(within: .seconds(10))
  }
}
