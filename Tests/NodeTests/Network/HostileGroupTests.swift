import Hummingbird
import SearchModel
import TestSupport
import Testing

@testable import Node
@testable import Protocol

/// What a group's virtual server may send to the machines that search through it.
@Suite struct HostileGroupTests {
  private static let request = GroupSearchRequest(
    request: SearchRequest(query: .everything, limit: 1))

  private static var honest: GroupSearchAnswer {
    let hit = Hit(
      record: Record(key: RecordKey("k")!, filename: "a.txt"), weight: 1,
      explanation: Explanation(contributions: [
        .init(leaf: "a", fields: [.name], weight: 1, documentFrequency: 1)
      ]))
    return GroupSearchAnswer(
      group: 1, epoch: 2, isLast: true,
      answer: RelaxedAnswer(
        answer: SearchAnswer(
          hits: [hit], matchCount: .exactly(1),
          facets: [.owner: [FacetCount(value: "ann", count: 1)]], revision: Revision(1))),
      recordCount: 77,
      coverage: CascadeCoverage(
        scope: "nearest", completeness: Completeness(outcomes: ["1": .answered]),
        servers: [
          .init(group: 1, host: "host", band: "", ring: 0, outcome: .answered, roundTrip: 2)
        ], isExact: true, elapsed: 3))
  }

  typealias Lie = @Sendable (inout GroupSearchAnswer) -> Void

  static let lies: [Lie] = [
    { $0.coverage.completeness.restCount = .max },
    { $0.coverage.completeness.restCount = -1 },
    { $0.coverage.elapsed = 1e300 },
    { $0.coverage.elapsed = -1 },
    { $0.coverage.servers[0].roundTrip = 1e300 },
    { $0.coverage.servers[0].messageCount = .max },
    { $0.coverage.servers[0].ring = -1 },
    { $0.recordCount = -1 },
    { $0.answer.partialStart = -1 },
    { $0.answer.partialStart = 2 },
    { $0.answer.answer.matchCount = .exactly(.max) },
    { $0.answer.answer.matchCount = .between(2, 1) },
    { $0.answer.answer.facets[.owner]?[0].count = -1 },
    { $0.answer.answer.hits[0].weight = 1e300 },
    { $0.answer.answer.hits[0].explanation?.contributions[0].weight = 1e300 },
    { $0.answer.answer.hits[0].record.filename = ".." },
  ]

  @Test func anHonestAnswerIsTaken() {
    #expect(GroupAnswerProblem(Self.honest) == nil)
  }

  @Test(arguments: lies.indices)
  func aLieIsSeen(number: Int) {
    var answer = Self.honest
    Self.lies[number](&answer)
    #expect(GroupAnswerProblem(answer) != nil)
  }

  private func search(_ client: PeerClient, unreachable: Counter) -> GroupSearch {
    GroupSearch(
      own: { _ in
        LocalSearchAnswer(
          answer: RelaxedAnswer(
            answer: SearchAnswer(
              hits: [], matchCount: .exactly(0), facets: [:], revision: Revision(1))),
          spellings: [:], coverage: SearchCoverage(scope: .ownFiles, recordCount: 1))
      }, client: client, unreachable: { _ in unreachable.add() })
  }

  private func place(_ server: PeerServer, _ host: String) -> GroupServer {
    GroupServer(
      group: 1, epoch: 2, host: host,
      endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)), isOwn: false)
  }

  private func router(
    _ answer: @escaping @Sendable () async throws -> Response
  ) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.post("/v1/search") { _, _ -> Response in try await answer() }
    return router
  }

  /// It is there, so that nobody asks for its successor.
  @Test(arguments: [true, false])
  func whatCannotBeUsedIsNoAnswer(_ isUnderstood: Bool) async throws {
    let network = try TestNetwork()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        guard isUnderstood else { return try .message(["a": 1]) }
        var answer = Self.honest
        answer.coverage.completeness.restCount = .max
        return try .message(answer)
      })
    let misses = Counter()
    let search = search(try network.client(), unreachable: misses)
    // A first connection on a slow machine may take longer than a search should.
    try await wait(until: "its answer to be judged") {
      let answer = try await search.answer(
        to: Self.request, from: place(server, "host"), shortfall: nil,
        improve: { _ in Issue.record("It was shown.") })
      #expect(answer.coverage.scope == .ownFiles)
      return answer.coverage.shortfall?.contains("cannot be used") ?? false
    }
    #expect(misses.take() == 0)
    await server.shutDown(within: .seconds(5))
  }

  /// The virtual server is late, and the standby was first and then breaks off.
  @Test func aStandbyThatBreaksOffIsSaidTo() async throws {
    let network = try TestNetwork()
    let shown = Counter()
    let isShown = Bell()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        await isShown.wait(atMost: .seconds(600))
        return try .message(Self.honest)
      })
    let standby = try await network.server(
      TestNetwork.node("cat", "second"),
      router {
        .messages { lines in
          var answer = Self.honest
          answer.isLast = false
          try await lines.write(answer)
          throw CancellationError()
        }
      })
    let search = search(try network.client(), unreachable: Counter())
    try await wait(until: "an answer of the standby") {
      let answer = try await search.answer(
        to: Self.request, from: place(server, "host"), standby: place(standby, "second"),
        shortfall: nil
      ) { _ in
        shown.add()
        Task { await isShown.ring() }
      }
      guard shown.take() > 0, let shortfall = answer.coverage.shortfall else { return false }
      return shortfall.hasSuffix("broke off its answer.")
    }
    for server in [server, standby] { await server.shutDown(within: .seconds(5)) }
  }

  @Test func aServerThatCannotBeAskedIsAskedAgain() async throws {
    let error = PeerClientError.connectionLost(.network(host: "127.0.0.1", port: 1))
    await #expect {
      try await LocalService.answering { throw error }
    } throws: { thrown in
      guard let problem = thrown as? ProblemDocument else { return false }
      return problem.status == 503 && problem.detail.contains("could not be asked")
    }
  }
}
