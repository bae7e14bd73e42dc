import SearchModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct QueryAnalyzerTests {
  private let analyzer = QueryAnalyzer()

  @Test func trees() {
    #expect(analyzer.analyze(.nothing) == .nothing)
    #expect(analyzer.analyze(.all([])) == .everything)
    #expect(analyzer.analyze(.any([])) == .nothing)
    #expect(analyzer.analyze(.word("!!", field: nil)) == .nothing)
    #expect(
      analyzer.analyze(.all([.word("!!", field: nil), .word("x", field: nil)]))
        == .leaf(TermLeaf(.exactly("x"))))
    #expect(
      analyzer.analyze(.not(.word("x", field: nil)))
        == .excluding(.everything, .leaf(TermLeaf(.exactly("x")))))
    #expect(analyzer.analyze(.not(.nothing)) == .everything)
    #expect(
      analyzer.analyze(.all([.word("x", field: nil), .not(.word("y", field: .name))]))
        == .excluding(
          .leaf(TermLeaf(.exactly("x"))), .leaf(TermLeaf(.exactly("y"), fields: .name))))
    #expect(analyzer.analyze(.words("x X x")) == .leaf(TermLeaf(.exactly("x"))))
  }

  @Test func aStemIsSoughtWhereStemsAre() {
    #expect(
      analyzer.analyze(.word("Files", field: nil))
        == .best([
          .leaf(TermLeaf(.exactly("files"), fields: [.name, .directory])),
          .leaf(TermLeaf(.exactly("file"), fields: [.title, .keyword, .text])),
        ]))
    #expect(
      analyzer.analyze(.word("Files", field: .name))
        == .leaf(TermLeaf(.exactly("files"), fields: .name)))
    #expect(
      analyzer.analyze(.word("Files", field: .title))
        == .leaf(TermLeaf(.exactly("file"), fields: .title)))
  }

  @Test func stopWordsAreRequiredOnlyAmongThemselves() {
    #expect(analyzer.analyze(.words("the plan")) == analyzer.analyze(.words("plan")))
    #expect(finds("the who", record("TheWho.mp3")) == true)
    #expect(finds("to be", record("to_be.txt")))
    #expect(!finds("to be", record("be.txt")))
  }

  @Test func phrases() {
    let entry = record(
      "ProjectPlan_v2.pdf", title: "The annual report of 2024", keywords: ["월간 보고서"])
    for phrase in [
      "annual report", "report of 2024", "project plan", "plan v2", "월간 보고서", "보고서",
    ] {
      #expect(matches(analyzer.analyze(.phrase(phrase, field: nil)), entry), "\(phrase)")
    }
    for phrase in ["report annual", "annual of", "plan project", "보고 월간"] {
      #expect(!matches(analyzer.analyze(.phrase(phrase, field: nil)), entry), "\(phrase)")
    }
    #expect(!matches(analyzer.analyze(.phrase("annual report", field: .name)), entry))
  }

  @Test func prefixesAndInfixes() {
    let entry = record("ProjectPlan.pdf", title: "University regulations", text: "보고서를")
    for prefix in ["proj", "ProjectPl", "universi", "univ", "regulatio", "보고서", "보"] {
      #expect(matches(analyzer.analyze(.prefix(prefix, field: nil)), entry), "\(prefix)")
    }
    for part in ["ject", "ectpl", "niver", "고서"] {
      #expect(matches(analyzer.analyze(.infix(part, field: nil)), entry), "\(part)")
    }
    #expect(!matches(analyzer.analyze(.prefix("lan", field: nil)), entry))
  }

  /// No node has a single child, and `nothing` stands at the root alone.
  @Test(arguments: UInt64(1)...80)
  func treesAreSimplified(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    func tree(_ depth: Int) -> Query {
      let words = ["files", "보고서", "!!", "the", "ProjectPlan", "a-b", "ㅎㅇ"]
      let word = words.randomElement(using: &generator)!
      let field = ([nil] + Field.allCases).randomElement(using: &generator)!
      switch Int.random(in: depth > 3 ? 0...6 : 0...9, using: &generator) {
      case 0: return .nothing
      case 1: return .everything
      case 2: return .word(word, field: field)
      case 3: return .phrase(word + " x", field: field)
      case 4: return .prefix(word, field: field)
      case 5: return .infix(word, field: field)
      case 6: return .resembling(word)
      case 7: return .not(tree(depth + 1))
      case 8: return .any((0..<3).map { _ in tree(depth + 1) })
      default: return .all((0..<3).map { _ in tree(depth + 1) })
      }
    }
    func check(_ query: TermQuery, isRoot: Bool) {
      switch query {
      case .nothing: #expect(isRoot, "seed \(seed)")
      case .everything, .filter: break
      case .leaf(let leaf): #expect(!leaf.fields.isEmpty, "seed \(seed)")
      case .phrase(let phrase):
        #expect(phrase.words.count > 1, "seed \(seed)")
        #expect(phrase.words.count == phrase.leaves.count, "seed \(seed)")
        #expect(phrase.words.count == phrase.textTerms.count, "seed \(seed)")
      case .all(let children), .any(let children), .best(let children):
        #expect(children.count > 1, "seed \(seed)")
        for child in children { check(child, isRoot: false) }
      case .excluding(let positive, let negative):
        check(positive, isRoot: false)
        check(negative, isRoot: false)
      }
    }
    check(analyzer.analyze(tree(0)), isRoot: true)
  }

  @Test func deepTreesDoNotOverflow() {
    var query = Query.word("x", field: nil)
    for _ in 0..<2_000 { query = .not(query) }
    #expect(analyzer.analyze(query) == .nothing)
  }
}
