import Protocol
import SearchModel
import Testing

/// Messages as they were before groups had standbys.
@Suite struct OlderPeersTests {
  @Test func presenceWithoutAnOfferIsTaken() throws {
    let message: PresenceMessage = try BoundedJSON.decode(
      from: Array(#"{"group":1,"incarnation":7}"#.utf8))
    #expect(message == PresenceMessage(group: 1, incarnation: 7))
    let answer: PresenceAnswer = try BoundedJSON.decode(
      from: Array(#"{"epoch":2,"group":1,"takesRecords":true}"#.utf8))
    #expect(answer == PresenceAnswer(group: 1, epoch: 2, takesRecords: true))
  }

  @Test func aReportThatNamesNoStandbyIsTaken() throws {
    let text = """
      {"serving":{"group":1,"epoch":2,"endpoint":{"address":"192.0.2.1","port":4711},\
      "membership":5,"missing":[]}}
      """
    let standing: PlacementReport.Standing = try BoundedJSON.decode(from: Array(text.utf8))
    #expect(
      standing
        == .serving(
          group: 1, epoch: 2, endpoint: NetworkEndpoint(address: "192.0.2.1", port: 4711),
          membership: 5, missing: []))
  }

  @Test func aFilterWithoutAWordOnItsSizeIsTaken() throws {
    let answer: FilterAnswer = try BoundedJSON.decode(
      from: Array(#"{"revision":{"number":3},"filter":"AAAA","age":5}"#.utf8))
    #expect(answer == FilterAnswer(revision: Revision(3), filter: "AAAA", age: 5))
    let none = FilterAnswer(revision: Revision(3), filter: nil, age: 0, isTooLarge: true)
    #expect(try BoundedJSON.decode(FilterAnswer.self, from: BoundedJSON.encode(none)) == none)
  }

  /// What they do not know they pass over.
  @Test func whatIsNewIsMoreOfTheSame() throws {
    struct Former: Codable, Equatable {
      var group: UInt64
      var incarnation: UInt64
    }
    let offer = StandbyOffer(
      limitCount: 3, uptime: 1.5,
      copy: .init(group: 1, port: 4711, membership: 2, incompleteNodes: ["n"]))
    let bytes = try BoundedJSON.encode(PresenceMessage(group: 1, incarnation: 7, offer: offer))
    #expect(try BoundedJSON.decode(Former.self, from: bytes) == Former(group: 1, incarnation: 7))
    let back: PresenceMessage = try BoundedJSON.decode(from: bytes)
    #expect(back.offer == offer)
  }

  @Test func anOrderComesThrough() throws {
    let order = StandbyOrder(
      group: 1, epoch: 2, limitCount: 3, members: [GroupClient(node: "n", incarnation: 4)],
      membership: 5)
    let standby = GroupStandby(
      node: "m", endpoint: NetworkEndpoint(address: "::1", port: 1), isReady: true)
    let answer = PresenceAnswer(
      group: 1, epoch: 2, takesRecords: false, order: order, standby: standby)
    let back: PresenceAnswer = try BoundedJSON.decode(from: try BoundedJSON.encode(answer))
    #expect(back == answer)
    let command: VirtualServerCommand = try BoundedJSON.decode(
      from: try BoundedJSON.encode(VirtualServerCommand.standBy(order)))
    #expect(command == .standBy(order))
  }
}
