import Foundation
import HTTPTypes
import NIOCore

/// Reads the answer to a request for a tunnel out of bytes as they come. Pure.
struct TunnelAnswer {
  enum Outcome: Sendable {
    /// What came after the answer belongs to the tunnel.
    case opened(rest: ByteBuffer)
    case refused(ProblemDocument)
  }

  /// What came is no answer.
  struct Unintelligible: Error, Hashable, Sendable {
    var reason: String
  }

  private struct Head {
    var status: Int
    var reason: String
    /// By name in lower case.
    var fields: [String: String]
  }

  private static let mostHeadBytes = 16 * 1024
  private static let mostBodyBytes = 64 * 1024
  private static let end = Array("\r\n\r\n".utf8)

  private var bytes = ByteBuffer()
  private var head: Head?

  /// - Returns: nil while more is needed.
  mutating func append(_ buffer: ByteBuffer) throws(Unintelligible) -> Outcome? {
    var buffer = buffer
    bytes.writeBuffer(&buffer)
    while true {
      if let head { return try refusal(head) }
      guard let next = try nextHead() else { return nil }
      switch next.status {
      case 101:
        guard next.fields["upgrade"]?.lowercased() == TunnelProtocol.name else {
          throw Unintelligible(reason: "it turns the connection into something else")
        }
        return .opened(rest: bytes)
      // Others of these announce the answer that comes.
      case 100..<200: break
      default: head = next
      }
    }
  }

  private mutating func nextHead() throws(Unintelligible) -> Head? {
    let view = bytes.readableBytesView
    guard let range = view.firstRange(of: Self.end) else {
      guard view.count <= Self.mostHeadBytes else {
        throw Unintelligible(reason: "its head is long")
      }
      return nil
    }
    guard range.lowerBound - view.startIndex <= Self.mostHeadBytes else {
      throw Unintelligible(reason: "its head is long")
    }
    let text = String(decoding: view[..<range.lowerBound], as: UTF8.self)
    bytes.moveReaderIndex(forwardBy: range.upperBound - view.startIndex)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0] == "HTTP/1.1", words[1].count == 3,
      words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let status = Int(words[1]),
      (100..<600).contains(status)
    else { throw Unintelligible(reason: "it is no answer of HTTP") }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else {
        throw Unintelligible(reason: "a field has no name")
      }
      fields[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return Head(status: status, reason: words.count > 2 ? String(words[2]) : "", fields: fields)
  }

  private mutating func refusal(_ head: Head) throws(Unintelligible) -> Outcome? {
    guard let length = Int(head.fields["content-length"] ?? "0"),
      (0...Self.mostBodyBytes).contains(length)
    else { throw Unintelligible(reason: "its body is long") }
    guard bytes.readableBytes >= length else { return nil }
    let limits = JSONLimits(byteCount: Self.mostBodyBytes, depth: 8, valueCount: 200)
    var problem: ProblemDocument
    do throws(JSONProblem) {
      problem = try BoundedJSON.decode(
        from: bytes.readableBytesView.prefix(length), limits: limits)
      problem.status = head.status
    } catch {
      problem = .undocumented(status: head.status, reason: head.reason)
    }
    return .refused(problem)
  }
}
