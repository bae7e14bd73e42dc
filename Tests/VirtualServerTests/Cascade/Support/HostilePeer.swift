import Foundation
import Hummingbird
import NIOCore
import Protocol
import SearchModel
import Synchronization

@testable import VirtualServer

/// What may stand where a virtual server is expected.
enum Misconduct: String, CaseIterable, Sendable {
  /// Takes connections and says nothing, not even in TLS.
  case silent
  case hangs
  case hangsInMatches
  /// One byte a second.
  case drips
  case garbage
  /// An answer without end.
  case endless
  /// An answer that breaks off.
  case truncated
  case lies
  case refuses
  case expired
  case otherAuthority
  /// A member of the network, but not the one that is meant.
  case otherNode
  case nobody

  var outcome: Completeness.Outcome {
    switch self {
    case .silent, .hangs, .hangsInMatches, .drips: .timedOut
    case .garbage, .endless, .lies, .refuses, .expired, .otherAuthority, .otherNode: .refused
    case .truncated, .nobody: .unreachable
    }
  }

  /// Part of what is said of it.
  var reason: String {
    switch self {
    case .silent, .hangs, .hangsInMatches, .drips: "did not answer in time"
    case .garbage, .endless: "cannot be understood"
    case .lies: "weight of -1"
    case .refuses: "tired"
    case .expired, .otherAuthority, .otherNode: "127.0.0.1"
    case .truncated: "ended the connection early"
    case .nobody: "cannot be reached"
    }
  }
}

/// Stands at a port of its own in a member's name, and misbehaves.
final class HostilePeer: Sendable {
  let port: Int
  private let server: PeerServer?
  private let silence: SilentListener?

  init(_ misconduct: Misconduct, as member: NetworkMember, in world: World) async throws {
    switch misconduct {
    case .silent:
      silence = try SilentListener()
      server = nil
      port = silence?.port ?? 0
      return
    case .nobody:
      // A port that was just given back.
      port = try SilentListener().port
      (server, silence) = (nil, nil)
      return
    default: break
    }
    let identity = try misconduct == .otherNode ? World.node("mallory", "elsewhere") : member.host
    let issuer = misconduct == .otherAuthority ? try World() : world
    let age: TimeInterval = misconduct == .expired ? 3 * 24 * 3600 : 0
    let credentials = try CredentialStore(issuer.credentials(.node(identity), age: age))
    let server = try await ServerNetwork.server(
      credentials, limits: GroupServiceLimits.generous.server,
      Self.routes(misconduct, member.service))
    self.server = server
    port = server.port
    silence = nil
  }

  func stop() async { await server?.shutDown(within: .zero) }

  private static func routes(
    _ misconduct: Misconduct, _ honest: GroupService
  ) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    let limits = GroupServiceLimits.searchJSON
    router.post("/v1/statistics") { request, context -> Response in
      let message = try await request.message(StatisticsRequest.self, limits: limits)
      let answer = try await honest.statistics(message, by: context.requireNode())
      switch misconduct {
      case .hangsInMatches, .lies: return try .message(answer)
      default: return try await misbehave(misconduct, instead: answer)
      }
    }
    router.post("/v1/match") { request, context -> Response in
      let message = try await request.message(MatchRequest.self, limits: limits)
      var answer = try await honest.matches(message, by: context.requireNode())
      if misconduct == .lies, !answer.answer.hits.isEmpty { answer.answer.hits[0].weight = -1 }
      return try await misbehave(misconduct, instead: answer)
    }
    return router
  }

  private static func misbehave(
    _ misconduct: Misconduct, instead answer: some Encodable
  ) async throws -> Response {
    switch misconduct {
    case .hangs, .hangsInMatches:
      // Until the one who asked is gone.
      try await Task.sleep(for: .seconds(600))
      return try .message(answer)
    case .drips:
      let bytes = try BoundedJSON.encode(answer)
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          for byte in bytes {
            try await writer.write(ByteBuffer(bytes: [byte]))
            try await Task.sleep(for: .seconds(1))
          }
          try await writer.finish(nil)
        })
    case .garbage:
      return Response(
        status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "{\"hits\": 7")))
    case .endless:
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)
          while !Task.isCancelled { try await writer.write(piece) }
          try await writer.finish(nil)
        })
    case .truncated:
      let bytes = try BoundedJSON.encode(answer)
      return Response(
        status: .ok, headers: [.contentLength: String(bytes.count)],
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
          throw CancellationError()
        })
    case .refuses:
      throw ProblemDocument(
        .unavailable, status: 503, title: "Tired", detail: "It is tired.", remedy: "Wait.")
    default: return try .message(answer)
    }
  }
}

/// A port at which the system takes connections and nobody reads them.
final class SilentListener: Sendable {
  let port: Int
  private let descriptor: Int32

  struct Failed: Error {
    var step: String
    var code: Int32
  }

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failed(step: "socket", code: errno) }
    // Children of other tests must not hold it open.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard bound == 0, listen(descriptor, 64) == 0 else { throw Failed(step: "bind", code: errno) }
    var actual = length
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &actual) }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }
}
