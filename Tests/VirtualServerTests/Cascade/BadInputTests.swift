import Foundation
import Hummingbird
import MemoryEngine
import NIOCore
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import Cascade
@testable import VirtualServer

/// What a virtual server or a list of them may get wrong.
@Suite(.timeLimit(.minutes(5))) struct BadInputTests {
  private static let request = SearchRequest(query: .words("report"), limit: 20)

  /// A message of ten thousand wildcards is refused before an engine hears of it.
  @Test(arguments: ["/v1/match", "/v1/statistics", "/v1/search"])
  func aQueryThatCostsTooMuch(path: String) async throws {
    let network = try await LateIsNeverLateTests.network(2)
    let member = network.members[1]
    let client = try network.world.client(.node(member.host))
    let before = member.engine.counts
    let wildcards = (0..<10_000).map { Query.infix("a\($0)", field: nil) }
    for query: Query in [.all(wildcards), .any(Array(wildcards.prefix(17))), .not(.any(wildcards))]
    {
      let request = SearchRequest(query: query)
      let message: PeerRequest =
        switch path {
        case "/v1/match": try .post(path, MatchRequest(request: request, believed: nil))
        case "/v1/statistics": try .post(path, StatisticsRequest(query: query))
        default: try .post(path, GroupSearchRequest(request: request))
        }
      await #expect {
        _ = try await client.exchange(
          message,
          with: .network(host: "127.0.0.1", port: Int(member.entry.endpoint.port)),
          expecting: .node(member.host)
        ) { _ in }
      } throws: { error in
        (error as? ProblemDocument)?.status == 400
      }
    }
    #expect(member.engine.counts == before)
    await network.stop()
  }

  /// Each lists the other, both search at once with one place for searches each: nobody waits for
  /// who waits for it, because a virtual server that is asked asks nobody.
  @Test func twoCoordinatorsInALoop() async throws {
    var limits = GroupServiceLimits.generous
    limits.concurrentSearches = 1
    let network = try await LateIsNeverLateTests.network(2, limits: limits)
    let (first, second) = (network.members[0], network.members[1])
    try await network.search(Self.request)
    // Alone, the first asks the second, and the second nobody: its own questions are the first's.
    let own = first.engine.counts.questions
    try await network.search(Self.request)
    #expect(first.engine.counts.questions - own <= 3)
    try await withThrowingTaskGroup(of: GroupSearchAnswer.self) { group in
      for _ in 0..<10 {
        for member in [first, second] {
          group.addTask {
            try await member.service.search(
              GroupSearchRequest(
                request: Self.request, isStrict: true, scope: "everywhere", deadline: 60_000),
              by: member.host)
          }
        }
      }
      for try await answer in group {
        #expect(answer.groups(.answered) == [1, 2])
        #expect(answer.names.sorted() == ["report 1", "report 2"])
      }
    }
    await network.stop()
  }

  /// Whoever misleads with the list of virtual servers costs an answer nothing.
  @Test func aListWithDeadDuplicateAndSelfEntries() async throws {
    let network = try await LateIsNeverLateTests.network(3)
    var entries = network.members.map(\.entry)
    // The own machine under another number, the second's address twice, and nobody at all.
    var own = entries[0]
    own.group = 77
    var double = entries[1]
    (double.group, double.epoch, double.host) = (88, 0, "nobody")
    let dead = DirectoryEntry(
      group: 99, epoch: 1, host: "gone",
      endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(try SilentListener().port)),
      band: "what band?")
    let nowhere = DirectoryEntry(
      group: 98, epoch: 1, host: "gone",
      endpoint: NetworkEndpoint(address: "no address", port: 0), band: "")
    entries += [own, double, dead, nowhere]
    await network.introduce(entries)
    let (answer, _) = try await network.search(Self.request)
    #expect(answer.groups(.answered) == [1, 2, 3])
    #expect(answer.groups(.unreachable) == [98, 99])
    #expect(answer.coverage.completeness.count == 5)
    #expect(answer.names.sorted() == ["report 1", "report 2", "report 3"])
    await network.stop()
  }

  @Test func nobodyCanBeReached() async throws {
    let network = try await LateIsNeverLateTests.network(4)
    for member in network.members.dropFirst() { await member.stop() }
    let (answer, _) = try await network.search(SearchRequest(query: .words("nothing")))
    #expect(answer.names.isEmpty)
    #expect(answer.groups(.answered) == [1])
    #expect(answer.groups(.unreachable) == [2, 3, 4])
    #expect(answer.reason(of: 2).contains("cannot be reached"))
    await network.stop()
  }

  // MARK: Filters

  /// What may come in a filter's place.
  enum BadFilter: String, CaseIterable {
    case old, otherVersion, truncated, huge, noBase64, noFilter, ofTheFuture, otherMessage
  }

  /// A filter that lacks the term, and with it the proof, if it were taken.
  private static func answer(_ kind: BadFilter) throws -> FilterAnswer {
    var bytes = TermFilter(TermFingerprints(revision: Revision(1), [TermFingerprint(7)])).encoded
    var age: Int64 = 0
    var text: String?
    switch kind {
    case .old: age = 16_000
    case .ofTheFuture: age = .max
    case .otherVersion: bytes[4] = 2
    case .truncated: bytes.removeLast(3)
    case .noFilter: bytes = Array("no filter".utf8)
    case .noBase64: text = "!!!"
    case .huge, .otherMessage: break
    }
    return FilterAnswer(
      revision: Revision(1), filter: text ?? Data(bytes).base64EncodedString(), age: age)
  }

  @Test(arguments: BadFilter.allCases)
  func aFilterThatProvesNothing(kind: BadFilter) async throws {
    let network = try await LateIsNeverLateTests.network(2)
    let member = network.members[1]
    let peer = try await FilterPeer(as: member, in: network.world) {
      if kind == .otherMessage { return try .message(["a": 1]) }
      guard kind == .huge else { return try .message(Self.answer(kind)) }
      return Response(
        status: .ok,
        body: ResponseBody { writer in
          try await writer.write(ByteBuffer(string: #"{"revision":{"number":1},"filter":""#))
          let piece = ByteBuffer(repeating: UInt8(ascii: "A"), count: 1 << 20)
          for _ in 0..<134 { try await writer.write(piece) }
          try await writer.write(ByteBuffer(string: #"","age":0}"#))
          try await writer.finish(nil)
        })
    }
    await network.introduce([network.members[0].entry, member.entry(at: peer.port)])
    let began = ContinuousClock.now
    try await network.search(Self.request)
    try await wait(until: "the filter to be asked for") { peer.askCount > 0 }
    for _ in 0..<10 {
      let answer = try await network.search(Self.request).answer
      #expect(answer.groups(.answered) == [1, 2], "\(kind)")
      #expect(answer.names.sorted() == ["report 1", "report 2"], "\(kind)")
    }
    // One that cannot be used is left alone for a while, not asked for with every search.
    let most = 1 + Int((ContinuousClock.now - began) / FilterBook.refresh)
    #expect(peer.askCount <= most, "\(kind)")
    await peer.stop()
    await network.stop()
  }

  /// The same filter is believed where nothing is wrong with it: what the others are measured by.
  @Test func aFilterThatProvesSomething() async throws {
    var book = FilterBook()
    let server = ServerIdentifier(1)
    let answer = try Self.answer(.old)
    let (filter, count) = try TermFilter.decoded(fromBase64: try #require(answer.filter))
    book.put(filter, byteCount: count, of: server, at: .now)
    let requirement = MemoryEngine().requirement(of: Self.request.query)
    #expect(book.proofAge(of: server, against: requirement, at: .now) != nil)
  }

  // MARK: Statistics

  /// Statistics that were kept are found to be old by the answer to the next question.
  @Test func statisticsOfAnOldRevision() async throws {
    let network = try await LateIsNeverLateTests.network(3)
    try await network.search(Self.request)
    let new = Record(key: RecordKey("new")!, filename: "report report new")
    try await network.members[2].put([new])
    let whole = MemoryEngine()
    for number in 1...3 {
      await whole.apply(
        ["report \(number)", "letter \(number)"].map {
          .put(Record(key: RecordKey($0)!, filename: $0))
        })
    }
    await whole.apply([.put(new)])
    _ = await whole.commit(notes: [:])
    let expected = try await whole.search(Self.request)
    let answer = try await network.search(Self.request).answer
    #expect(answer.coverage.isExact)
    let oracle = TieTolerantOracle(whole: expected.hits)
    #expect(
      oracle.problem(of: answer.answer.answer.hits, partialStart: nil, for: Self.request) == nil)
    await network.stop()
  }
}
