import NIOCore
import TestSupport
import Testing

@testable import Protocol

/// The answer to a request for a tunnel, as it may come.
@Suite struct TunnelAnswerTests {
  private static let opened =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: nearfind-tunnel\r\n\r\n"

  private enum Read: Equatable {
    case opened(rest: [UInt8])
    case refused(String, Int)
    case unintelligible
    case unfinished
  }

  /// Reads pieces of the text, as long as `size` says.
  private static func read(_ bytes: [UInt8], _ size: () -> Int) -> Read {
    var answer = TunnelAnswer()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(max(1, size()))
      rest = rest.dropFirst(piece.count)
      do throws(TunnelAnswer.Unintelligible) {
        switch try answer.append(ByteBuffer(bytes: piece)) {
        case .opened(let first)?:
          return .opened(rest: Array(first.readableBytesView) + rest)
        case .refused(let problem)?: return .refused(problem.code.rawValue, problem.status)
        case nil: continue
        }
      } catch {
        return .unintelligible
      }
    }
    return .unfinished
  }

  private static func read(_ text: String) -> Read { read(Array(text.utf8)) { .max } }

  @Test func answersAreReadAsTheyAre() {
    #expect(Self.read(Self.opened) == .opened(rest: []))
    #expect(Self.read(Self.opened + "first bytes") == .opened(rest: Array("first bytes".utf8)))
    #expect(Self.read("HTTP/1.1 100 Continue\r\n\r\n" + Self.opened) == .opened(rest: []))
    #expect(
      Self.read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n") == .unintelligible
    )
    let document = #"{"type":"urn:nearfind:problem:forbidden","status":200}"#
    let head = "HTTP/1.1 403 Forbidden\r\ncontent-length: \(document.utf8.count)\r\n\r\n"
    #expect(Self.read(head + document) == .refused("forbidden", 403))
    #expect(Self.read(head + document.dropLast()) == .unfinished)
    #expect(
      Self.read("HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nno!") == .refused("http-502", 502))
    #expect(Self.read("HTTP/1.1 200 OK\r\n\r\n") == .refused("http-200", 200))
    #expect(Self.read("HTTP/1.1 403 F\r\nContent-Length: 65537\r\n\r\n") == .unintelligible)
    #expect(Self.read("HTTP/1.1 403 F\r\nContent-Length: -1\r\n\r\n") == .unintelligible)
    #expect(Self.read("HTTP/1.1 abc\r\n\r\n") == .unintelligible)
    #expect(Self.read("SSH-2.0-OpenSSH\r\n\r\n") == .unintelligible)
    #expect(Self.read("\r\n\r\n") == .unintelligible)
    #expect(
      Self.read("HTTP/1.1 101 x\r\n" + String(repeating: "a", count: 20_000)) == .unintelligible)
  }

  /// However the bytes are cut, they come to the same; whatever they are, they come to something.
  @Test func anyBytesInAnyPieces() {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let good = [
      Self.opened + "rest",
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX: y\r\n\r\n{}",
    ].map { Array($0.utf8) }
    var kinds: Set<String> = []
    for number in 0..<5_000 {
      var bytes = good[number % 2]
      switch number % 4 {
      case 0:
        for _ in 0..<generator.number(1...3) {
          bytes[generator.number(0...bytes.count - 1)] = UInt8.random(
            in: 0...255, using: &generator)
        }
      case 1: bytes.removeLast(generator.number(0...bytes.count - 1))
      case 2: bytes.insert(contentsOf: generator.bytes(3), at: generator.number(0...bytes.count))
      default: bytes = generator.bytes(generator.number(1...200))
      }
      let whole = Self.read(bytes) { .max }
      let cut = Self.read(bytes) { generator.number(1...9) }
      #expect(whole == cut, "seed \(seed), number \(number): \(bytes)")
      kinds.insert("\(whole)".prefix { $0.isLetter }.lowercased())
    }
    #expect(kinds == ["opened", "refused", "unintelligible", "unfinished"])
  }
}
