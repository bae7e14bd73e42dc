import Glibc
import Hummingbird
import Logging
import NIOCore
import Synchronization

@testable import Protocol

/// A tunnel's pipe in a test's hands: bytes in, bytes out, with back-pressure.
struct RawPipe: Sendable {
  typealias Messages = NIOAsyncChannel<ByteBuffer, ByteBuffer>
  typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
  typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

  private let messages: Messages
  var channel: any Channel { messages.channel }

  /// - Parameter isHalfClosable: whether one direction may end before the other.
  init(_ pipe: TunnelPipe, isHalfClosable: Bool = false) async throws {
    try await pipe.keepLittle()
    messages = try await pipe.attach { channel in
      try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: isHalfClosable)
      return try Messages(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: isHalfClosable))
    }
  }

  func use<Value: Sendable>(
    _ body: @Sendable (Inbound, Outbound) async throws -> Value
  ) async throws -> Value {
    try await messages.executeThenClose { try await body($0, $1) }
  }
}

extension TunnelPipe {
  /// Has the kernel keep little: else it may keep tens of megabytes, and hide what is kept here.
  func keepLittle() async throws {
    try await channel.setOption(.socketOption(.so_rcvbuf), value: 128 * 1024).get()
    try await channel.setOption(.socketOption(.so_sndbuf), value: 128 * 1024).get()
  }

  /// Sends back what comes, until it ends.
  func echo() async {
    try? await RawPipe(self).use { inbound, outbound in
      for try await buffer in inbound { try await outbound.write(buffer) }
    }
  }
}

/// A number that grows while others look at it.
final class Amount: Sendable {
  private let number = Atomic(0)

  var value: Int { number.load(ordering: .relaxed) }

  func set(_ value: Int) { number.store(value, ordering: .relaxed) }

  func raise(to value: Int) { number.max(value, ordering: .relaxed) }

  @discardableResult
  func add(_ value: Int) -> Int { number.add(value, ordering: .relaxed).newValue }
}

/// Hands pipes from a server's route to a test.
final class PipeBox: Sendable {
  private let pipes = AsyncStream<TunnelPipe>.makeStream()

  func put(_ pipe: TunnelPipe) { pipes.continuation.yield(pipe) }

  /// The next one; one caller at a time.
  func next() async -> TunnelPipe? {
    var iterator = pipes.stream.makeAsyncIterator()
    return await iterator.next()
  }
}

extension World {
  /// A server with one route, `/v1/tunnels/…`, whose pipes go into the box.
  func tunnelServer(
    _ box: PipeBox, store: CredentialStore? = nil, limits: ServerLimits = .generous
  ) async throws -> PeerServer {
    let router = PeerServer.makeRouter()
    router.post("/v1/tunnels/:token") { request, context in
      guard context.parameters.get("token") == "right" else {
        throw ProblemDocument.forbidden("This token is not known.", remedy: "Ask for another.")
      }
      return try Response.tunnel(for: request, in: context) { pipe in
        box.put(pipe)
        await pipe.closed()
      }
    }
    router.post("/v1/asked") { request, context in
      let asked = try await request.message(Echo.self)
      return try Response.tunnel(for: request, in: context) { pipe in
        // The server speaks first.
        try? await RawPipe(pipe).use { inbound, outbound in
          try await outbound.write(ByteBuffer(string: asked.text))
          // The other end closes, once it has read that.
          for try await _ in inbound {}
        }
      }
    }
    var setup = ServerSetup.network(
      host: "127.0.0.1", port: 0, credentials: try store ?? self.store(user: "bob", node: "host"))
    setup.limits = limits
    return try await PeerServer.start(setup, router: router, logger: .quiet)
  }
}

extension Logger {
  static var quiet: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }
}

extension PeerClient {
  func tunnel(to server: PeerServer, token: String = "right") async throws -> TunnelPipe {
    try await openTunnel(
      "/v1/tunnels/\(token)", at: server.destination, expecting: .anyone, within: .seconds(60))
  }
}

/// Bytes of this process in memory.
func residentBytes() -> Int {
  var buffer = [UInt8](repeating: 0, count: 256)
  let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  defer { close(descriptor) }
  let count = read(descriptor, &buffer, buffer.count)
  let fields = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
  return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
