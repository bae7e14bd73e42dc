import Cascade
import Foundation
import Hummingbird
import Protocol
import SearchModel
import TestSupport
import Testing

@testable import VirtualServer

/// What a coordinator hands on of what is new.
@Suite(.timeLimit(.minutes(5))) struct NewsTests {
  private static let request = NewsRequest(
    query: .words("report"), scope: "everywhere", known: [:])

  private static func server(_ number: UInt64) -> ServerIdentifier { ServerIdentifier(number) }

  private static func changes(_ count: Int, keywords: [String] = []) -> ChangesAnswer {
    ChangesAnswer(
      revision: Revision(1),
      records: (0..<count).map {
        Record(key: RecordKey("\($0)")!, filename: "report \($0)", keywords: keywords)
      })
  }

  // MARK: Size

  @Test func whatDoesNotFitIsMissing() throws {
    let one = try BoundedJSON.encode(#require(Self.changes(1).records?.first)).count
    var basket = NewsBasket(watchedCount: 5, byteLimit: 10 * one)
    basket.take(Self.changes(6), of: Self.server(2))
    basket.take(nil, of: Self.server(3))
    basket.take(ChangesAnswer(revision: Revision(1), records: nil), of: Self.server(4))
    #expect(!basket.isFull)
    basket.take(Self.changes(4), of: Self.server(1))
    #expect(!basket.isFull)
    basket.take(Self.changes(1), of: Self.server(5))
    #expect(basket.isFull)
    let answer = basket.answer
    #expect(answer.changed.map(\.group) == [1, 2])
    #expect(answer.changed.allSatisfy { !$0.isCut })
    #expect(answer.missingCount == 2 && answer.watchedCount == 5)
  }

  /// It would be asked for for ever.
  @Test func whatFitsInNoAnswerIsCut() throws {
    var basket = NewsBasket(watchedCount: 1)
    let keywords = (0..<40).map { "\($0)" + String(repeating: "k", count: 200) }
    basket.take(Self.changes(1_000, keywords: keywords), of: Self.server(1))
    let answer = basket.answer
    #expect(answer.missingCount == 0)
    #expect(answer.changed.first?.isCut == true)
    let byteCount = try BoundedJSON.encode(answer).count
    #expect(byteCount < NewsBasket.byteCount + 10_000 && byteCount > NewsBasket.byteCount / 2)
  }

  // MARK: Who is missing

  /// What is new at a server that is left alone for a while is not known.
  @Test func whoIsLeftAloneIsMissing() async throws {
    let network = try await LateIsNeverLateTests.network(3)
    let first = network.members[0]
    await network.members[2].stop()
    for _ in 0..<3 {
      let (found, _) = try await network.search(
        SearchRequest(query: .words("report"), limit: 20))
      #expect(found.groups(.unreachable) == [3])
      let answer = try await first.service.news(Self.request, by: first.host)
      #expect(answer.watchedCount == 3 && answer.missingCount == 1)
      #expect(answer.changed.map(\.group) == [1, 2])
    }
    await network.stop()
  }

  @Test func aRecordThatCannotBeIsNotHandedOn() async throws {
    let network = try await LateIsNeverLateTests.network(2)
    let (first, second) = (network.members[0], network.members[1])
    let router = PeerServer.makeRouter()
    router.post("/v1/changes") { request, context -> Response in
      var answer = try await second.service.changes(
        try await request.message(ChangesRequest.self), by: context.requireNode())
      answer.records?[0].filename = "../../.ssh/id"
      return try .message(answer)
    }
    let server = try await ServerNetwork.server(
      CredentialStore(network.world.credentials(.node(second.host))),
      limits: GroupServiceLimits.generous.server, router)
    try await wait(until: "the first to have answered") {
      await network.introduce([first.entry, second.entry(at: server.port)])
      let answer = try await first.service.news(Self.request, by: first.host)
      #expect(answer.missingCount >= 1)
      #expect(!answer.changed.contains { $0.group == 2 })
      return answer.changed.map(\.group) == [1]
    }
    await server.shutDown(within: .zero)
    await network.stop()
  }
}
