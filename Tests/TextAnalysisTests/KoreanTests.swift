import Foundation
import SearchModel
import Testing

@testable import TextAnalysis

@Suite struct KoreanTests {
  @Test(arguments: [
    ("월간보고서를.hwp", "보고서"), ("2024년보고서.hwp", "2024 보고서"), ("2024년보고서.hwp", "2024년"),
    ("보고서v2.hwp", "보고서v2"), ("보고서v2.hwp", "v2"), ("회의록 최종.hwp", "ㅎㅇㄹ"), ("회의록.hwp", "ㅎㅇ"),
    ("값싼것.txt", "ㄱㅆ"), ("책을.txt", "책"), ("각시탈.txt", "ㄳ"),
  ])
  func findsNames(_ name: String, _ typed: String) {
    #expect(finds(typed, record(name)))
    // Decomposed on either side: what macOS hands out.
    #expect(
      finds(typed, record(name.decomposedStringWithCanonicalMapping)))
    #expect(
      finds(typed.decomposedStringWithCanonicalMapping, record(name)))
  }

  @Test func findsANounWithAnyParticleInTheText() {
    for particle in ["", "를", "는", "에서", "으로부터"] {
      #expect(finds("보고서", record("a", text: "어제 보고서\(particle) 썼다")))
    }
    #expect(!finds("보고서", record("a", text: "보고")))
  }

  @Test func initialsFindNamesAlone() {
    #expect(!finds("ㅎㅇㄹ", record("a", title: "회의록")))
    #expect(!finds("ㅎㅇㅅ", record("회의록.hwp")))
  }

  @Test func composedAndDecomposedRecordsHaveTheSameTerms() {
    let composed = record("회의록é.hwp", directory: "사진/여름", title: "월간 보고서", text: "Été à 서울")
    var decomposed = composed
    decomposed.filename = composed.filename.decomposedStringWithCanonicalMapping
    decomposed.directory = composed.directory.decomposedStringWithCanonicalMapping
    decomposed.title = composed.title.decomposedStringWithCanonicalMapping
    decomposed.text = composed.text.decomposedStringWithCanonicalMapping
    let analyzer = RecordAnalyzer()
    #expect(analyzer.analyze(composed) == analyzer.analyze(decomposed))
  }
}
