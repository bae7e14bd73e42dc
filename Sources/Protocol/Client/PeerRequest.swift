import HTTPTypes
import NIOCore

/// A request to a peer.
public struct PeerRequest: Sendable {
  public typealias Producer = @Sendable (inout RequestLineWriter) async throws -> Void

  enum Content: Sendable {
    case none
    case bytes([UInt8])
    case lines(Producer)
  }

  let method: HTTPRequest.Method
  let path: String
  let content: Content
  /// Whether it does no harm to serve it twice: it is then sent again when the connection was kept
  /// from an earlier request and turns out to be closed.
  public var isRepeatable: Bool
  /// What is shown of this machine's band; nil for nothing.
  public var bandStatement: BandStatement?
  /// From the end of the request to the beginning of the answer. Nil for the client's own limit.
  public var timeLimit: Duration?

  private init(_ method: HTTPRequest.Method, _ path: String, _ content: Content, repeatable: Bool) {
    self.method = method
    self.path = path
    self.content = content
    isRepeatable = repeatable
  }

  /// - Parameter path: with the version, as ``ProtocolVersion/pathPrefix`` and the rest.
  public static func get(_ path: String) -> PeerRequest {
    PeerRequest(.get, path, .none, repeatable: true)
  }

  /// - Throws: `EncodingError` for a number that JSON cannot hold.
  public static func post(
    _ path: String, _ message: some Encodable, isRepeatable: Bool = false
  ) throws -> PeerRequest {
    PeerRequest(.post, path, .bytes(try BoundedJSON.encode(message)), repeatable: isRepeatable)
  }

  /// Sends messages one a line. `produce` is suspended while the receiver does not take more.
  public static func stream(_ path: String, _ produce: @escaping Producer) -> PeerRequest {
    PeerRequest(.post, path, .lines(produce), repeatable: false)
  }

  var head: HTTPRequest {
    // The name of the host is demanded by HTTP/1.1 and read by nobody.
    var head = HTTPRequest(method: method, scheme: nil, authority: "nearfind", path: path)
    head.headerFields[.bandStatement] = bandStatement?.headerText
    switch content {
    case .none: break
    case .bytes(let bytes):
      head.headerFields[.contentType] = "application/json"
      head.headerFields[.contentLength] = String(bytes.count)
    case .lines:
      head.headerFields[.contentType] = "application/x-ndjson"
      head.headerFields[.transferEncoding] = "chunked"
    }
    return head
  }
}

/// Writes messages into a request, one a line.
public struct RequestLineWriter: Sendable {
  let outbound: ClientConnection.Outbound
  let connection: ClientConnection
  let pause: Duration

  /// Returns when there is room for the next one.
  public mutating func write(_ message: some Encodable) async throws {
    let bytes = try BoundedJSON.encode(message) + [UInt8(ascii: "\n")]
    try await connection.within(pause) {
      try await outbound.write(.body(ByteBuffer(bytes: bytes)))
    }
  }
}

/// What a client allows itself and others.
public struct ClientLimits: Sendable, Hashable {
  public var connecting: Duration = .seconds(5)
  public var handshake: Duration = .seconds(10)
  /// From the end of the request to the beginning of the answer.
  public var answer: Duration = .seconds(30)
  /// Between two pieces of an answer while more is wanted, or of a request while more is to be sent.
  public var pause: Duration = .seconds(30)
  /// An open connection without a request; shorter than servers wait.
  public var idle: Duration = .seconds(45)
  /// Open connections without a request to each destination.
  public var idleConnections = 8
  /// Bytes of an answer's head, and of one field in it.
  public var headByteCount = 16 * 1024
  /// Of an answer that is read whole.
  public var message = JSONLimits(byteCount: 16 << 20, valueCount: 1_000_000)

  public init() {}
}
