import SearchModel
import Testing

@testable import TextAnalysis

@Suite("Term requirements") struct TermRequirementTests {
  /// From the documentation of xxHash and of its bindings.
  @Test func theHashIsThePublishedOne() {
    #expect(StableHash.value(of: "") == 0xEF46_DB37_51D8_E999)
    #expect(StableHash.value(of: "a") == 0xD24E_C4F1_A98C_6E5B)
    #expect(StableHash.value(of: "abc") == 0x44BC_2CF5_AD77_0999)
    #expect(StableHash.value(of: "xxhash", seed: 20_141_025) == 0xB559_B98D_844E_0635)
    #expect(
      StableHash.value(of: "Nobody inspects the spammish repetition") == 0xFBCE_A83C_8A37_8BF1)
  }

  private func requirement(_ query: Query) -> TermRequirement {
    QueryAnalyzer().analyze(query).requirement
  }

  private func term(_ text: String) -> TermRequirement {
    .term(IndexVocabulary.fingerprint(of: text))
  }

  private func trigram(_ text: String) -> TermRequirement {
    .term(Array(text.utf8).withUnsafeBytes { TermFingerprint(trigram: $0) })
  }

  @Test func aWordNeedsItselfOrItsStem() {
    #expect(requirement(.word("reports", field: nil)) == .any([term("reports"), term("report")]))
    #expect(requirement(.word("reports", field: .name)) == term("reports"))
    #expect(requirement(.word("reports", field: .title)) == term("report"))
  }

  @Test func wildcardsNeedTrigrams() {
    #expect(requirement(.infix("port", field: nil)) == .all([trigram("por"), trigram("ort")]))
    #expect(requirement(.infix("po", field: nil)) == .anything)
    #expect(requirement(.prefix("보고", field: nil)) == term("보고"))
    #expect(requirement(.prefix("보", field: nil)) == .anything)
    #expect(requirement(.prefix("don", field: nil)) == trigram("don"))
    // The word may be indexed under a stem that is shorter than what was typed.
    let universi = requirement(.prefix("universi", field: nil))
    #expect(universi.mayHold { .term($0) == term("univers") })
    #expect(!universi.mayHold { .term($0) == term("university") })
  }

  @Test func initialsLieInTheirNamespace() {
    #expect(
      requirement(.word("ㅎㅇ", field: .name)) == .any([trigram("Hㅎㅇ"), term("ㅎㅇ")]))
  }

  @Test func leavesThatNoIndexTellsOfAreMetByAll() {
    for leaf in [
      TermLeaf(.exactly("Qkey")), TermLeaf(.startingWith("Epdf")), TermLeaf(.containing("Hㅎㅇㄹ")),
      TermLeaf(.startingWith("")),
    ] {
      #expect(TermQuery.leaf(leaf).requirement == .anything, "\(leaf)")
    }
  }

  @Test func requirementsAreSimple() {
    let (one, two) = (term("one"), term("two"))
    #expect(
      TermRequirement.simplifiedAll([.anything, one, .all([two, one])]) == .all([one, two]))
    #expect(TermRequirement.simplifiedAll([one, .nothing]) == .nothing)
    #expect(TermRequirement.simplifiedAll([]) == .anything)
    #expect(TermRequirement.simplifiedAny([.nothing, one]) == one)
    #expect(TermRequirement.simplifiedAny([one, .anything]) == .anything)
    #expect(TermRequirement.simplifiedAny([]) == .nothing)
    #expect(
      TermRequirement.simplifiedAll([.any([one, two]), one]).mayHold { .term($0) == one })
  }

  /// What looks alike has one fingerprint, although folding makes different bytes of it.
  @Test func lookalikesAreOne() {
    let (capitals, small) = ("\u{3AA}\u{301}", "\u{390}")
    let folded = [capitals, small].map(TextNormalization.folded)
    #expect(Array(folded[0].utf8) != Array(folded[1].utf8))
    #expect(
      IndexVocabulary.fingerprint(of: folded[0]) == IndexVocabulary.fingerprint(of: folded[1]))
  }

  /// A damaged index may hold any bytes.
  @Test func bytesThatAreNoTextAreHarmless() {
    var vocabulary = IndexVocabulary()
    for bytes: [UInt8] in [
      [], [0x80], [255, 255, 255, 255, 255], [0xE0, 0x41], [0xF0, 0x9F, 0x92],
    ] {
      bytes.withUnsafeBufferPointer { vocabulary.insert($0) }
    }
    #expect(!vocabulary.fingerprints(of: Revision(1)).values.isEmpty)
  }
}
