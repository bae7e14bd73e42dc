import Foundation
import SearchModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct RecordAnalyzerTests {
  private static let alphabet: [Character] = Array("aAbBzZ019_-. é보고ㅎ漢カ’\u{301}\n")

  @Test func namesAreSplitAndOtherFieldsStemmed() {
    let terms = RecordAnalyzer().analyze(
      record(
        "ProjectPlan_v2.final.pdf", directory: "home/Documents", title: "Planning files",
        keywords: ["budgets"], text: "The files of the files")
    ).terms
    #expect(terms["project"] == .name)
    #expect(terms["projectplan"] == .name)
    #expect(terms["projectplanv2final"] == .name)
    #expect(terms["plan"] == [.name, .title])
    #expect(terms["documents"] == .directory)
    #expect(terms["document"] == nil)
    #expect(terms["budget"] == .keyword)
    #expect(terms["file"]?.contains(.title) == true)
    #expect(terms["file"]?.textCount == 2)
  }

  @Test(arguments: UInt64(1)...60)
  func packedFormHoldsWhatAnOracleCounts(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func text(_ length: ClosedRange<Int>) -> String {
      generator.text(of: Self.alphabet, length: length)
    }
    let entry = record(
      text(0...30), directory: text(0...30), title: text(0...30),
      keywords: [text(0...9), text(0...9)], text: text(0...300))
    var analyzer = RecordAnalyzer()
    var buffer: [UInt8] = [1, 2, 3]
    // The scratch of one record must not reach the next.
    _ = analyzer.append(record("other.txt", text: "other words"), to: &buffer)
    let start = buffer.count
    let size = analyzer.append(entry, to: &buffer)
    let terms = Array(PackedTerms(Array(buffer[start...])))
    #expect(terms.count == size.termCount, "seed \(seed)")
    #expect(Set(terms.map(\.text)).count == terms.count, "seed \(seed)")
    #expect(
      terms.reduce(0) { $0 + Int($1.occurrences.rawValue) } == size.length, "seed \(seed)")
    let analyzed = analyzer.analyze(entry)
    #expect(analyzed.terms.count == terms.count, "seed \(seed)")
    var positions: [Int: String] = [:]
    for term in terms {
      #expect(analyzed.terms[term.text] == term.occurrences, "seed \(seed)")
      #expect(
        min(term.positions.count, 7) == term.occurrences.textCount, "seed \(seed)")
      for position in term.positions { positions[position] = term.text }
    }
    // The tokens that highlighting sees are those of the index, but for their stems.
    let tokens = FieldTokens.tokens(in: entry.text, field: .text)
    #expect(tokens.count == positions.count, "seed \(seed)")
    for (position, token) in tokens.enumerated() {
      #expect(positions[position] == EnglishStemmer.stem(token.text), "seed \(seed)")
    }
  }

  @Test func termsAreCutOnACharactersBorder() {
    let long = String(repeating: "é", count: 100)
    let terms = RecordAnalyzer().analyze(record("x" + long)).terms
    #expect(terms.keys.contains { $0.utf8.count == 63 })
    for term in terms.keys { #expect(term.utf8.count <= TermLimits.maximumByteCount) }
    #expect(finds("x" + long, record("x" + long)))
  }

  /// Work grows with the input and no faster: twenty times the input may take a hundred times the
  /// processor's time of this thread, whatever else the machine does; quadratic work takes 400 times.
  @Test func hugeInputIsBoundedInTermsAndWork() {
    // What is done once for all, tables for instance, is not counted.
    _ = Self.processorSeconds(ofInput: 100)
    let small = Self.processorSeconds(ofInput: 5_000)
    let large = Self.processorSeconds(ofInput: 100_000)
    #expect(large < 100 * small, "\(large) seconds and \(small)")
  }

  private static func processorSeconds(ofInput count: Int) -> Double {
    let start = processorSeconds()
    let word = String(repeating: "a", count: count)
    let many = (0..<count).map { "w\($0)" }.joined(separator: " ")
    let hangul = String(repeating: "가나다", count: count)
    for entry in [
      record(word), record(many), record("a", title: many), record("a", text: many),
      record("a", text: hangul),
      record("a", keywords: Array(repeating: word, count: 500)),
      record(String(repeating: "aB", count: count / 2)),
      record("a\(String(repeating: "\u{301}", count: count / 2))"),
    ] {
      let analyzed = RecordAnalyzer().analyze(entry)
      #expect(analyzed.terms.count <= TermLimits.maximumTextTokenCount + 600)
      #expect(analyzed.textPositions.values.allSatisfy { $0.count <= 65_535 })
    }
    _ = QueryAnalyzer().analyze(.words(word))
    let query = QueryAnalyzer().analyze(.words(many))
    #expect(query.leafCount <= QueryAnalyzer.maximumLeafCount)
    _ = QueryAnalyzer().analyze(.resembling(many))
    _ = QueryAnalyzer().analyze(.word(hangul, field: nil))
    _ = QueryAnalyzer().analyze(.phrase(many, field: nil))
    return processorSeconds() - start
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
