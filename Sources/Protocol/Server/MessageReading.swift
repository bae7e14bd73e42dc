import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
  /// Reads the whole body as one message.
  /// - Throws: ``ProblemDocument`` for a body that is too large or no such message.
  public func message<Message: Decodable>(
    _ type: Message.Type = Message.self, limits: JSONLimits = .standard
  ) async throws -> Message {
    if let length = headers[.contentLength].flatMap({ Int($0) }), length > limits.byteCount {
      throw ProblemDocument.tooLarge(limit: limits.byteCount)
    }
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: limits.byteCount)
    } catch is NIOTooManyBytesError {
      throw ProblemDocument.tooLarge(limit: limits.byteCount)
    }
    do {
      return try BoundedJSON.decode(type, from: buffer.readableBytesView, limits: limits)
    } catch {
      throw ProblemDocument.malformed("\(error)")
    }
  }

  /// Reads the body as messages, one a line, as they come. No more is read from the sender than the
  /// handler asks for.
  ///
  /// - Parameter limits: of each line.
  public func messages<Message: Decodable & Sendable>(
    _ type: Message.Type = Message.self, limits: JSONLimits = .standard
  ) -> JSONLines<Message, RequestBody> {
    JSONLines(body, limits: limits)
  }
}

/// Messages out of newline-delimited JSON. Throws ``JSONProblem`` at a line that is none, and what
/// the bytes' source throws.
public struct JSONLines<Message: Decodable & Sendable, Bytes: AsyncSequence>: AsyncSequence
where Bytes.Element == ByteBuffer {
  private let bytes: Bytes
  private let limits: JSONLimits

  init(_ bytes: Bytes, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(bytes: bytes.makeAsyncIterator(), reader: JSONLineReader(limits: limits))
  }

  public struct Iterator: AsyncIteratorProtocol {
    var bytes: Bytes.AsyncIterator
    var reader: JSONLineReader<Message>

    public mutating func next() async throws -> Message? {
      while true {
        if let message = try reader.next() { return message }
        guard let buffer = try await bytes.next() else { return try reader.last() }
        try reader.append(buffer.readableBytesView)
      }
    }
  }
}

extension JSONLines: Sendable where Bytes: Sendable {}

/// Bytes in, messages out.
struct JSONLineReader<Message: Decodable> {
  private let limits: JSONLimits
  private var splitter: LineSplitter
  /// Lines that are not decoded yet, the next one last.
  private var lines: [[UInt8]] = []

  init(limits: JSONLimits) {
    self.limits = limits
    splitter = LineSplitter(limit: limits.byteCount)
  }

  mutating func append(_ bytes: some Collection<UInt8>) throws(JSONProblem) {
    lines = try splitter.append(bytes).reversed() + lines
  }

  mutating func next() throws(JSONProblem) -> Message? {
    guard let line = lines.popLast() else { return nil }
    return try BoundedJSON.decode(Message.self, from: line, limits: limits)
  }

  mutating func last() throws(JSONProblem) -> Message? {
    guard let line = splitter.finish() else { return nil }
    return try BoundedJSON.decode(Message.self, from: line, limits: limits)
  }
}
