import Foundation
import SearchModel
import TestSupport
import Testing

@testable import RelevanceEvaluation

/// Gives records without end, and counts what was asked of it.
private final class EndlessCorpus: ByteSource {
  private(set) var byteCount = 0
  private var recordCount = 0
  private var leftOver = Data()

  func read(upTo limit: Int) -> Data {
    while leftOver.count < limit {
      recordCount += 1
      leftOver.append(contentsOf: "{\"id\":\"r\(recordCount)\",\"title\":\"endless\"}\n".utf8)
    }
    let piece = Data(leftOver.prefix(limit))
    leftOver = Data(leftOver.dropFirst(limit))
    byteCount += piece.count
    return piece
  }
}

/// Gives its bytes in pieces of random sizes.
private final class DripFeed: ByteSource {
  private var rest: Data
  private var generator: SeededGenerator

  init(_ bytes: Data, seed: UInt64) {
    rest = bytes
    generator = SeededGenerator(seed: seed)
  }

  func read(upTo limit: Int) -> Data {
    let count = min(rest.count, Int.random(in: 1...5, using: &generator))
    defer { rest = Data(rest.dropFirst(count)) }
    return Data(rest.prefix(count))
  }
}

/// One line of any length, without an end.
private struct EndlessLine: ByteSource {
  func read(upTo limit: Int) -> Data { Data(repeating: UInt8(ascii: "x"), count: limit) }
}

@Suite struct StreamingTests {
  @Test func readsNoFurtherThanOneBlockAhead() throws {
    let source = EndlessCorpus()
    let reader = CorpusReader(lines: LineReader(path: "endless", source: source))
    var bytesOfRecords = 0
    for number in 1...20_000 {
      let record = try #require(try reader.next())
      #expect(record.key.value == "r\(number)")
      bytesOfRecords += "{\"id\":\"r\(number)\",\"title\":\"endless\"}\n".utf8.count
      if source.byteCount - bytesOfRecords > 256 << 10 {
        Issue.record("\(source.byteCount) bytes were read for \(bytesOfRecords)")
        return
      }
    }
    #expect(reader.identifiers.count == 20_000)
  }

  @Test func aLineWithoutEndIsRefused() throws {
    let lines = LineReader(path: "line", source: EndlessLine())
    let error = try #require(throws: EvaluationError.self) { try lines.next() }
    guard case .malformedLine("line", 1, _, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func aMissingProgramIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "corpus.jsonl.gz")
    let program = "nearfind-no-such-program"
    let source = try GzipSource(path: path, program: program)
    #expect(throws: EvaluationError.missingProgram(name: program, path: path)) {
      try source.read(upTo: 1)
    }
  }

  @Test(arguments: UInt64(1)...20)
  func piecesOfAnySizeGiveTheSameLines(seed: UInt64) throws {
    let text = "\u{FEFF}하나\r\n\n둘\r\r\n three \n\r\nlast"
    let lines = LineReader(path: "drip", source: DripFeed(Data(text.utf8), seed: seed))
    var found: [String] = []
    while let line = try lines.nextText() { found.append(line) }
    #expect(found == ["하나", "", "둘\r", " three ", "", "last"], "seed \(seed)")
    #expect(lines.lineNumber == 6)
  }
}
