import Foundation
import TestSupport
import Testing

@testable import Protocol

@Suite struct BoundedJSONTests {
  private func problem(_ text: String, _ limits: JSONLimits = .standard) -> JSONProblem? {
    problem(Array(text.utf8), limits)
  }

  private func problem(_ bytes: [UInt8], _ limits: JSONLimits = .standard) -> JSONProblem? {
    var found: JSONProblem?
    bytes.withUnsafeBufferPointer { buffer in
      do throws(JSONProblem) { try JSONScanner.check(buffer, limits: limits) } catch {
        found = error
      }
    }
    return found
  }

  @Test(arguments: [
    "null", "0", "-1.5e+3", "[]", "{}", " [1, \"a\\u00e9\\uD83D\\uDE00\", {\"b\": [true, false]}] ",
    "\"한글\"", "[[],{}]",
  ])
  func whatIsJSONPasses(_ text: String) {
    #expect(problem(text) == nil)
  }

  @Test(arguments: [
    "", " ", "[", "]", "{", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1 2]", "01", "+1", "1.",
    ".5",
    "1e", "NaN", "Infinity", "-", "nul", "truee", "\"a", "\"\\x\"", "\"\\u12\"", "\"\n\"",
    "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\u0041\"", "1 1", "{\"a\":1 \"b\":2}", "'a'", "[}",
    "{]",
    "\u{FEFF}1",
  ])
  func whatIsNotDoesNot(_ text: String) {
    #expect(problem(text) != nil)
  }

  @Test func limitsHold() {
    let limits = JSONLimits(byteCount: 1000, depth: 3, valueCount: 10, stringByteCount: 8)
    #expect(problem("[[[1]]]", limits) == nil)
    #expect(problem("[[[[1]]]]", limits) == .tooDeep(offset: 3, limit: 3))
    #expect(problem("[1,2,3,4,5,6,7,8,9]", limits) == nil)
    #expect(problem("[1,2,3,4,5,6,7,8,9,0]", limits) == .tooManyValues(offset: 19, limit: 10))
    #expect(problem("\"12345678\"", limits) == nil)
    #expect(problem("\"123456789\"", limits) == .stringTooLong(offset: 0, limit: 8))
    #expect(
      problem(String(repeating: " ", count: 1001), limits)
        == .tooLong(byteCount: 1001, limit: 1000))
    #expect(problem("{\"a\":1,\"\\u0061\":2}") == .duplicateKey(offset: 7))
    #expect(problem("[{\"a\":1},{\"a\":2}]") == nil)
    #expect(problem("\"\\u0000\"") == .nullCharacter(offset: 1))
    #expect(problem("\"\u{0}\"") == .nullCharacter(offset: 1))
    #expect(problem("1e999") == .number(offset: 0))
    #expect(problem([0x22, 0xC0, 0x80, 0x22]) == .notUTF8(offset: 1))
    #expect(problem([0x22, 0xED, 0xA0, 0x80, 0x22]) == .notUTF8(offset: 1))
    #expect(problem([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22]) == .notUTF8(offset: 1))
    #expect(problem([0x22, 0xE2, 0x82]) == .notUTF8(offset: 1))
  }

  @Test func nestingDoesNotCrash() {
    for text in ["[", "{\"a\":", "[{\"a\":"] {
      let deep = String(repeating: text, count: 300_000)
      #expect(problem(deep, JSONLimits(byteCount: .max, valueCount: .max)) != nil)
    }
  }

  @Test func mismatchesNameTheField() {
    #expect(throws: JSONProblem.mismatch("The field text is missing.")) {
      try BoundedJSON.decode(Echo.self, from: Array("{}".utf8))
    }
    #expect(throws: JSONProblem.mismatch("The field text is of another kind.")) {
      try BoundedJSON.decode(Echo.self, from: Array("{\"text\":1}".utf8))
    }
    #expect(throws: EncodingError.self) { try BoundedJSON.encode([Double.nan]) }
  }

  /// What the scanner lets through, Foundation's decoder takes; and no bytes crash either.
  @Test func randomBytesAreTakenOrRefused() {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "1", "-0.5e3", "null", "true", " ", "\\u0041",
      "\\",
      "é", "\u{0}", "\"\\n\"",
    ]
    var passed = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<12, using: &generator)
      var bytes: [UInt8] = []
      for _ in 0..<count { bytes += Array(pieces.randomElement(using: &generator)!.utf8) }
      if Bool.random(using: &generator), !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      guard problem(bytes) == nil else { continue }
      passed += 1
      #expect(
        throws: Never.self, "\(bytes)"
      ) {
        try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
      }
    }
    #expect(passed > 50)
  }

  @Test func linesAreTheSameHoweverTheyArrive() throws {
    let text = "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\n{\"text\":\"c\"}"
    for size in 1...text.utf8.count {
      var reader = JSONLineReader<Echo>(limits: .standard)
      var found: [String] = []
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        try reader.append(bytes[start..<min(start + size, bytes.count)])
        while let echo = try reader.next() { found.append(echo.text) }
      }
      if let echo = try reader.last() { found.append(echo.text) }
      #expect(found == ["a", "b", "c"])
    }
    var splitter = LineSplitter(limit: 4)
    #expect(throws: JSONProblem.tooLong(byteCount: 5, limit: 4)) {
      _ = try splitter.append([1, 2, 3])
      _ = try splitter.append([4, 5])
    }
  }

  @Test func unknownProblemsSurvive() throws {
    let text = #"{"type":"urn:nearfind:problem:moon-phase","status":418,"detail":"d","new":[1]}"#
    let document = try BoundedJSON.decode(ProblemDocument.self, from: Array(text.utf8))
    #expect(document.code.rawValue == "moon-phase")
    let again = try BoundedJSON.decode(
      ProblemDocument.self, from: try BoundedJSON.encode(document))
    #expect(again == document)
    #expect(
      try BoundedJSON.decode(ProblemDocument.self, from: Array(#"{"type":"about:blank"}"#.utf8))
        .code.rawValue == "about:blank")
  }
}
