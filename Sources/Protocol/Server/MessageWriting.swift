import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Response {
  /// An answer of one message.
  /// - Throws: `EncodingError` for a number that JSON cannot hold.
  public static func message(
    _ message: some Encodable, status: HTTPResponse.Status = .ok
  ) throws -> Response {
    let bytes = try BoundedJSON.encode(message)
    return Response(
      status: status,
      headers: [.contentType: "application/json", .contentLength: String(bytes.count)],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// An answer of messages, one a line, each sent at once.
  ///
  /// - Parameter produce: is suspended in ``JSONLineWriter/write(_:)`` while the receiver has not
  ///   read what was written before, and its task is cancelled when the receiver is gone. If it
  ///   throws, the connection ends, and the receiver knows that the answer is not whole.
  public static func messages(
    _ produce: @escaping @Sendable (inout JSONLineWriter) async throws -> Void
  ) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/x-ndjson"],
      body: ResponseBody { writer in
        var lines = JSONLineWriter(writer)
        try await produce(&lines)
        try await writer.finish(nil)
      })
  }
}

/// Writes messages into an answer, one a line.
public struct JSONLineWriter {
  private var writer: any ResponseBodyWriter

  init(_ writer: any ResponseBodyWriter) {
    self.writer = writer
  }

  /// - Throws: `CancellationError` when the receiver is gone.
  public mutating func write(_ message: some Encodable) async throws {
    try Task.checkCancellation()
    try await writer.write(ByteBuffer(bytes: BoundedJSON.encode(message) + [UInt8(ascii: "\n")]))
  }
}
