import Foundation
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// An answer as it comes in. No more is read from the other side than is asked for here.
public struct PeerResponse {
  public let status: HTTPResponse.Status
  let isLast: Bool
  private(set) var isAtEnd = false
  var iterator: ClientConnection.Inbound.AsyncIterator
  private let connection: ClientConnection
  private let limits: ClientLimits

  init(
    _ iterator: ClientConnection.Inbound.AsyncIterator, _ connection: ClientConnection,
    _ limits: ClientLimits
  ) async throws {
    var iterator = iterator
    guard case .head(let head)? = try await iterator.next() else {
      throw PeerClientError.connectionLost(connection.destination)
    }
    status = head.status
    isLast = head.headerFields[.connection]?.lowercased() == "close"
    self.iterator = iterator
    self.connection = connection
    self.limits = limits
  }

  /// The next piece of the body; nil at its end.
  /// - Throws: ``PeerClientError/connectionLost(_:)`` when it ends before it is whole.
  public mutating func next() async throws -> ByteBuffer? {
    if isAtEnd { return nil }
    let part = try await connection.within(limits.pause) { try await iterator.next() }
    switch part {
    case .body(let buffer): return buffer
    case .end:
      isAtEnd = true
      return nil
    default: throw PeerClientError.connectionLost(connection.destination)
    }
  }

  /// Reads the whole body as one message.
  public mutating func message<Message: Decodable>(
    _ type: Message.Type = Message.self, limits: JSONLimits? = nil
  ) async throws -> Message {
    let limits = limits ?? self.limits.message
    var bytes = ByteBuffer()
    while var buffer = try await next() {
      bytes.writeBuffer(&buffer)
      guard bytes.readableBytes <= limits.byteCount else {
        throw JSONProblem.tooLong(byteCount: bytes.readableBytes, limit: limits.byteCount)
      }
    }
    return try BoundedJSON.decode(type, from: bytes.readableBytesView, limits: limits)
  }

  /// Reads the body as messages, one a line, until its end or until `receive` throws.
  public mutating func messages<Message: Decodable>(
    _ type: Message.Type = Message.self, limits: JSONLimits = .standard,
    _ receive: (Message) async throws -> Void
  ) async throws {
    var reader = JSONLineReader<Message>(limits: limits)
    while let buffer = try await next() {
      try reader.append(buffer.readableBytesView)
      while let message = try reader.next() { try await receive(message) }
    }
    if let message = try reader.last() { try await receive(message) }
  }

  /// The refusal that this answer is.
  mutating func problem() async throws -> ProblemDocument {
    let limits = JSONLimits(byteCount: 64 * 1024, depth: 8, valueCount: 200)
    if var document = try? await message(ProblemDocument.self, limits: limits) {
      // What the connection says cannot be made up for by what the document says.
      document.status = status.code
      return document
    }
    return .undocumented(status: status.code, reason: status.reasonPhrase)
  }
}
