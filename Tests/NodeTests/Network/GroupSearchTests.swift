import Foundation
import Hummingbird
import SearchModel
import TestSupport
import Testing

@testable import Node
@testable import Protocol

@Suite struct GroupSearchTests {
  private static let request = GroupSearchRequest(
    request: SearchRequest(query: .everything, limit: 1))

  private static let empty = RelaxedAnswer(
    answer: SearchAnswer(hits: [], matchCount: .exactly(0), facets: [:], revision: Revision(1)))

  private static let coverage = CascadeCoverage(
    scope: "nearest", completeness: Completeness(outcomes: ["1": .answered]), servers: [],
    isExact: true, elapsed: 3)

  private static func groupAnswer(
    isLast: Bool, recordCount: Int = 77
  ) -> GroupSearchAnswer {
    GroupSearchAnswer(
      group: 1, epoch: 2, isLast: isLast, answer: empty, recordCount: recordCount,
      incompleteNodes: ["n"], coverage: coverage)
  }

  private func search(
    _ client: PeerClient?, unreachable: @escaping @Sendable () -> Void = {}
  ) -> GroupSearch {
    GroupSearch(
      own: { _ in
        LocalSearchAnswer(
          answer: Self.empty, spellings: [:],
          coverage: SearchCoverage(scope: .ownFiles, recordCount: 1))
      }, client: client, unreachable: { _ in unreachable() })
  }

  private func place(_ server: PeerServer) -> GroupServer {
    GroupServer(
      group: 1, epoch: 2, host: "host",
      endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)), isOwn: false)
  }

  private func router(
    _ answer: @escaping @Sendable () async throws -> GroupSearchAnswer
  ) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    router.post("/v1/search") { _, _ -> Response in try Response.message(try await answer()) }
    return router
  }

  @Test func theGroupAnswers() async throws {
    let network = try TestNetwork()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        Self.groupAnswer(isLast: true)
      })
    let search = search(try network.client())
    // A first connection on a slow machine may take longer than a search should.
    try await wait(until: "an answer of the group") {
      let answer = try await search.answer(
        to: Self.request, from: place(server), shortfall: nil)
      return answer.coverage
        == SearchCoverage(
          scope: .group, recordCount: 77, incompleteNodes: ["n"], servers: Self.coverage)
    }
    await server.shutDown(within: .seconds(5))
  }

  @Test func aServerThatIsGoneIsSaidToBe() async throws {
    let network = try TestNetwork()
    let server = try await network.server(TestNetwork.node("bob", "host"), PeerServer.makeRouter())
    let place = place(server)
    await server.shutDown(within: .seconds(5))
    let misses = Counter()
    let answer = try await search(try network.client()) { misses.add() }
      .answer(to: Self.request, from: place, shortfall: nil)
    #expect(answer.coverage.scope == .ownFiles)
    #expect(answer.coverage.shortfall != nil)
    #expect(misses.take() == 1)
  }

  @Test func aSilentServerIsNotWaitedFor() async throws {
    let network = try TestNetwork()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        // Cancelled when the asker is gone.
        try await Task.sleep(for: .seconds(600))
        throw CancellationError()
      })
    let answer = try await search(try network.client())
      .answer(to: Self.request, from: place(server), shortfall: nil)
    #expect(answer.coverage.scope == .ownFiles && answer.coverage.shortfall != nil)
    await server.shutDown(within: .seconds(5))
  }

  /// What came before the connection broke is kept, and said not to be all.
  @Test func anAnswerThatBreaksOffIsKept() async throws {
    let network = try TestNetwork()
    let router = PeerServer.makeRouter()
    router.post("/v1/search") { _, _ -> Response in
      .messages { lines in
        try await lines.write(Self.groupAnswer(isLast: false))
        throw CancellationError()
      }
    }
    let server = try await network.server(TestNetwork.node("bob", "host"), router)
    let search = search(try network.client())
    let shown = Counter()
    try await wait(until: "an answer of the group") {
      let answer = try await search.answer(
        to: Self.request, from: place(server), shortfall: nil, improve: { _ in shown.add() })
      guard answer.coverage.scope == .group else { return false }
      #expect(answer.isLast && answer.coverage.shortfall != nil)
      return true
    }
    #expect(shown.take() > 0)
    await server.shutDown(within: .seconds(5))
  }

  @Test func aRefusalIsSaid() async throws {
    let network = try TestNetwork()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        throw ProblemDocument(
          .notAttached, status: 403, title: "No", detail: "Not here.", remedy: "")
      })
    let answer = try await search(try network.client())
      .answer(to: Self.request, from: place(server), shortfall: nil)
    #expect(answer.coverage.shortfall != nil)
    await server.shutDown(within: .seconds(5))
  }

  /// Its virtual server is gone or silent: the second copy answers for the group.
  @Test(arguments: [true, false])
  func theStandbyAnswersWhereTheServerDoesNot(_ isGone: Bool) async throws {
    let network = try TestNetwork()
    let server = try await network.server(
      TestNetwork.node("bob", "host"),
      router {
        // Cancelled when the asker is gone.
        try await Task.sleep(for: .seconds(600))
        throw CancellationError()
      })
    let standby = try await network.server(
      TestNetwork.node("cat", "second"),
      router { Self.groupAnswer(isLast: true, recordCount: 76) })
    let place = place(server)
    var second = self.place(standby)
    second.host = "second"
    if isGone { await server.shutDown(within: .seconds(5)) }
    let misses = Counter()
    let search = search(try network.client()) { misses.add() }
    try await wait(until: "an answer of the standby") {
      let answer = try await search.answer(
        to: Self.request, from: place, standby: second, shortfall: nil)
      guard answer.coverage.scope == .group else { return false }
      #expect(answer.coverage.recordCount == 76 && answer.coverage.shortfall != nil)
      return true
    }
    #expect((misses.take() > 0) == isGone)
    await standby.shutDown(within: .seconds(5))
    if !isGone { await server.shutDown(within: .seconds(5)) }
  }

  @Test func aServerThatAnswersAtOnceIsNotCompared() async throws {
    let network = try TestNetwork()
    let (server, asked) = (
      try await network.server(
        TestNetwork.node("bob", "host"),
        router { Self.groupAnswer(isLast: true, recordCount: 77) }),
      Counter()
    )
    let standby = try await network.server(
      TestNetwork.node("cat", "second"),
      router {
        asked.add()
        return Self.groupAnswer(isLast: true, recordCount: 76)
      })
    var second = place(standby)
    second.host = "second"
    let search = search(try network.client())
    // Until the connection is there, and the machine quick enough for once.
    try await wait(until: "an answer that the standby was not asked for") {
      _ = asked.take()
      let answer = try await search.answer(
        to: Self.request, from: place(server), standby: second, shortfall: nil)
      return asked.take() == 0 && answer.coverage.recordCount == 77
        && answer.coverage.shortfall == nil
    }
    for server in [server, standby] { await server.shutDown(within: .seconds(5)) }
  }

  @Test func whereNobodyAnswersItsOwnFilesAreSearched() async throws {
    let network = try TestNetwork()
    let server = try await network.server(TestNetwork.node("bob", "host"), PeerServer.makeRouter())
    let place = place(server)
    await server.shutDown(within: .seconds(5))
    var second = place
    second.host = "second"
    let answer = try await search(try network.client())
      .answer(to: Self.request, from: place, standby: second, shortfall: nil)
    #expect(answer.coverage.scope == .ownFiles && answer.coverage.shortfall != nil)
  }

  @Test(arguments: [(1_001, 0), (1, 10_000), (.max, .max)])
  func aPageThatNoGroupGivesIsRefused(_ limit: Int, _ offset: Int) async throws {
    let request = GroupSearchRequest(
      request: SearchRequest(query: .everything, limit: limit, offset: offset))
    await #expect {
      _ = try await search(try TestNetwork().client())
        .answer(to: request, from: nil, shortfall: nil)
    } throws: { error in
      guard let problem = error as? ProblemDocument else { return false }
      return problem.status == 400 && problem.detail.contains("1000 hits")
    }
    // A machine by itself gives what it has.
    _ = try await search(nil).answer(to: request, from: nil, shortfall: nil)
  }

  @Test func aMachineByItselfHasNothingToExplain() async throws {
    let answer = try await search(nil).answer(to: Self.request, from: nil, shortfall: nil)
    #expect(answer.coverage == SearchCoverage(scope: .ownFiles, recordCount: 1))
  }
}
