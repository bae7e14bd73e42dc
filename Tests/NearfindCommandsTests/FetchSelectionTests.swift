import Protocol
import SearchModel
import Testing

@testable import NearfindCommands

@Suite struct FetchSelectionTests {
  private func copy(
    _ key: String, size: Int64 = 10, hash: UInt8? = 1, sources: [FileSource] = []
  ) -> LastAnswer.Copy {
    LastAnswer.Copy(
      key: key, filename: key + ".txt", size: size,
      contentHash: hash.flatMap { ContentHash(bytes: Array(repeating: $0, count: 32)) },
      sources: sources)
  }

  @Test func whatIsTypedIsUnderstood() throws {
    let hash = try #require(ContentHash(bytes: Array(repeating: 0, count: 32)))
    #expect(FetchSelection("3") == .rank(3))
    // All digits, and no number of a hit.
    #expect(FetchSelection(hash.hexadecimal) == .hash(hash))
    #expect(FetchSelection("AbC_d-9.xyz") == RecordKey("AbC_d-9.xyz").map(FetchSelection.key))
    for text in ["0", "-1", "", "a b", "../x", "/etc/passwd", "--force", "a\u{7}"] {
      #expect(FetchSelection(text) == nil, "\(text)")
    }
  }

  @Test func theRightCopiesAreMeant() {
    let hits = [
      LastAnswer.Found(rank: 4, copies: [copy("a"), copy("b")]),
      LastAnswer.Found(rank: 5, copies: [copy("c", hash: 2)]),
    ]
    #expect(FetchSelection.rank(4).copies(in: hits)?.map(\.key) == ["a", "b"])
    #expect(FetchSelection.rank(1).copies(in: hits) == nil)
    #expect(FetchSelection("b")?.copies(in: hits)?.map(\.key) == ["b", "a"])
    let second = ContentHash(bytes: Array(repeating: 2, count: 32))!
    #expect(FetchSelection.hash(second).copies(in: hits)?.map(\.key) == ["c"])
  }

  /// Nobody's size is believed against another's, and each is tried with those who claim it.
  @Test func copiesOfOtherSizesAreClaimsOfTheirOwn() throws {
    let sources = try ["one", "two", "three"].map {
      FileSource(
        node: NodeIdentity(user: try PeerName("bob"), node: try PeerName($0)), endpoint: nil)
    }
    let copies = [
      copy("a", sources: [sources[0]]), copy("b", size: 64, sources: [sources[1]]),
      copy("c", hash: 2), copy("d", sources: [sources[2]]),
    ]
    let plan = try #require(FetchPlan(copies))
    #expect(plan.filename == "a.txt" && plan.claims.map(\.byteCount) == [64, 10])
    #expect(plan.claims.map(\.sources) == [[sources[1]], [sources[0], sources[2]]])
    // What this machine hashed itself comes first.
    #expect(FetchPlan(copies, own: 10)?.claims.map(\.byteCount) == [10, 64])
    #expect(FetchPlan(copies, own: 7)?.claims.map(\.byteCount) == [7, 64, 10])
    let hits = [LastAnswer.Found(rank: 1, copies: copies)]
    let hash = try #require(copy("a").contentHash)
    #expect(FetchSelection.hash(hash).copies(in: hits)?.map(\.key) == ["a", "b", "d"])
    #expect(FetchPlan([copy("a", hash: nil)]) == nil)
  }

  @Test func sourcesAreThoseOfTheRecordsKeys() throws {
    let nodes = try ["one", "two"].map {
      NodeIdentity(user: try PeerName("bob"), node: try PeerName($0))
    }
    let sources = nodes.map {
      FileSource(node: $0, endpoint: NetworkEndpoint(address: "192.0.2.1", port: 7))
    }
    let key = try #require(KeySpace(of: nodes[1]).sharedKey(of: RecordKey("x")!))
    let answer = SearchAnswer(
      hits: [Hit(record: Examples.record(key.value, "a.txt", hash: 1), weight: 1)],
      matchCount: .exactly(1), revision: Revision(1))
    let found = LastAnswer.found(answer, sources: sources, offset: 10)
    #expect(found.map(\.rank) == [11] && found[0].copies[0].sources == [sources[1]])
  }

  @Test(arguments: [("500k", 5e5), ("5M", 5e6), ("1.5G", 1.5e9), ("2000", 2000.0)])
  func ratesAreRead(text: String, rate: Double) {
    #expect(ByteRate(argument: text)?.bytesPerSecond == rate)
  }

  @Test(arguments: ["", "M", "-5M", "0", "5X", "1e400", "nan", "10"])
  func nonsenseIsNoRate(_ text: String) { #expect(ByteRate(argument: text) == nil) }
}
