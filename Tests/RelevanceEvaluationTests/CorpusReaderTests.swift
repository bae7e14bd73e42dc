import Foundation
import RelevanceEvaluation
import SearchModel
import Testing

@Suite struct CorpusReaderTests {
  private func records(_ path: String) throws -> [Record] {
    let reader = try CorpusReader(path: path)
    var records: [Record] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  private func gzipped(_ text: String) async throws -> Data {
    try await output(of: "/usr/bin/env", ["gzip", "-nc"], input: Data(text.utf8))
  }

  @Test func everyFieldInEveryForm() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      #"""
      {"id":"a/1","filename":"보고서.hwp","directory":"/x/y/","title":"T\u00e9","keywords":["k 1","k2",""],"text":"body","examples":["one","two"],"size":[1,{"deep":null}]}

      {"id":"b","keywords":"one two","title":null}
      """#, to: "corpus.jsonl")
    let records = try records(path)
    try #require(records.count == 2)
    #expect(
      records[0]
        == Record(
          key: key("a/1"), filename: "보고서.hwp", directory: "x/y", title: "Té",
          keywords: ["k 1", "k2"], text: "body\none\ntwo"))
    #expect(records[1] == Record(key: key("b"), filename: "", keywords: ["one two"]))
  }

  @Test func endsOfLinesMarksAndBlanks() async throws {
    let folder = try TemporaryFolder()
    let text = "\u{FEFF}{\"id\":\"a\"}\r\n\r\n  \t\r\n{\"id\":\"b\"}"
    let path = try folder.write(text, to: "corpus.jsonl")
    #expect(try records(path).map(\.key.value) == ["a", "b"])
    #expect(try records(folder.write("", to: "empty.jsonl")).isEmpty)
  }

  @Test func decomposedIdentifiersAreNotTheComposedOnes() async throws {
    let folder = try TemporaryFolder()
    let names = ["가", "가".decomposedStringWithCanonicalMapping]
    let path = try folder.write(
      names.map { "{\"id\":\"\($0)\"}\n" }.joined(), to: "corpus.jsonl")
    #expect(try records(path).count == 2)
  }

  @Test(arguments: [
    (#"{"filename":"x"}"#, "id is missing"),
    (#"{"id":""}"#, "cannot be a record key"),
    (#"{"id":"\#(String(repeating: "x", count: 201))"}"#, "cannot be a record key"),
    (#"{"id":7}"#, "field id has the wrong type"),
    (#"{"id":null}"#, "field id has the wrong type"),
    (#"{"id":"b","title":["x"]}"#, "field title has the wrong type"),
    (#"{"id":"b","keywords":{"x":1}}"#, "field keywords has the wrong type"),
    (#"{"id":"b","keywords":["x",1]}"#, "field keywords has the wrong type"),
    (#"["id","b"]"#, "not a JSON object"),
    (#"{"id":"b""#, "not valid JSON"),
    ("nonsense", "not valid JSON"),
  ])
  func aBadLineIsNamed(line: String, problem: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"id\":\"a\"}\n\n\(line)\n{\"id\":\"c\"}\n", to: "c.jsonl")
    let error = try #require(throws: EvaluationError.self) { try records(path) }
    guard case .malformedLine(path, 3, let found, let expected) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found.contains(problem), "\(found)")
    #expect(!expected.isEmpty)
  }

  @Test func bytesThatAreNotUTF8() async throws {
    let folder = try TemporaryFolder()
    let bytes = Data(#"{"id":""#.utf8) + [0xFF, 0xFE] + Data("\"}\n".utf8)
    let path = try folder.write(bytes, to: "corpus.jsonl")
    let error = try #require(throws: EvaluationError.self) { try records(path) }
    guard case .malformedLine(path, 1, _, _) = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func anIdentifierTwice() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"a\"}\n", to: "c.jsonl")
    #expect(throws: EvaluationError.duplicateIdentifier(path: path, line: 3, identifier: "a")) {
      try records(path)
    }
  }

  @Test func missingFilesAndFolders() async throws {
    let folder = try TemporaryFolder()
    for name in ["none.jsonl", "none.jsonl.gz"] {
      let path = folder.path(name)
      let error = try #require(throws: EvaluationError.self) { try records(path) }
      guard case .missing(path, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(throws: EvaluationError.self) { try records(folder.url.path) }
  }

  @Test func compressedIsReadAsPlain() async throws {
    let folder = try TemporaryFolder()
    let text = (0..<5000).map { "{\"id\":\"r\($0)\",\"title\":\"제목 \($0)\"}\n" }.joined()
    let plain = try records(folder.write(text, to: "corpus.jsonl"))
    let compressed = try await records(folder.write(gzipped(text), to: "corpus.jsonl.gz"))
    #expect(plain.count == 5000)
    #expect(plain == compressed)
  }

  @Test func damagedArchives() async throws {
    let folder = try TemporaryFolder()
    let whole = try await gzipped((0..<3000).map { "{\"id\":\"r\($0 &* 7919)\"}\n" }.joined())
    var flipped = whole
    flipped[whole.count - 6] ^= 0xFF
    let damaged: [String: Data] = [
      "cut": whole.prefix(whole.count / 2), "cutInTrailer": whole.dropLast(3),
      "checksum": flipped, "plain": Data("{\"id\":\"a\"}\n".utf8), "empty": Data(),
    ]
    for (name, bytes) in damaged {
      let path = try folder.write(bytes, to: "\(name).jsonl.gz")
      let error = try #require(throws: EvaluationError.self) { try records(path) }
      guard case .damagedArchive(path, let reason) = error else {
        Issue.record("\(name): \(error)")
        continue
      }
      #expect(reason.contains("gzip"), "\(reason)")
    }
  }

  @Test func aReaderMayBeDroppedHalfWay() async throws {
    let folder = try TemporaryFolder()
    let text = (0..<200_000).map { "{\"id\":\"r\($0)\"}\n" }.joined()
    let path = try await folder.write(gzipped(text), to: "corpus.jsonl.gz")
    for _ in 0..<20 {
      let reader = try CorpusReader(path: path)
      #expect(try reader.next()?.key == key("r0"))
    }
  }
}
