import Foundation
import Protocol
import SearchModel

/// A node that publishes and searches over TLS, as a daemon does.
struct TestNode: Sendable {
  let identity: NodeIdentity
  let client: PeerClient
  let host: NodeIdentity
  let port: UInt16

  private var destination: PeerDestination { .network(host: "127.0.0.1", port: Int(port)) }

  func position() async throws -> PublicationPosition {
    try await send(.get("/v1/position"))
  }

  @discardableResult
  func publish(_ request: PublicationRequest) async throws -> PublicationAnswer {
    try await send(.post("/v1/records", request))
  }

  func presence(
    group: UInt64 = 1, incarnation: UInt64 = 1, offer: StandbyOffer? = nil
  ) async throws -> PresenceAnswer {
    try await send(
      .post(
        "/v1/presence", PresenceMessage(group: group, incarnation: incarnation, offer: offer)))
  }

  func search(
    _ query: Query, limit: Int = 10, isStrict: Bool = true
  ) async throws -> GroupSearchAnswer {
    let request = SearchRequest(query: query, limit: limit, collapsesDuplicates: false)
    return try await client.sendImproving(
      .post("/v1/search", GroupSearchRequest(request: request, isStrict: isStrict)),
      to: destination, expecting: .node(host)
    ) { _ in }
  }

  /// The filenames that match a word.
  func find(_ word: String, isStrict: Bool = true) async throws -> [String] {
    try await search(.words(word), isStrict: isStrict).answer.answer.hits
      .map(\.record.filename).sorted()
  }

  func send<Answer: Decodable & Sendable>(_ request: PeerRequest) async throws -> Answer {
    try await client.send(request, to: destination, expecting: .node(host))
  }

  /// What the server refuses with; nil if it does not.
  func refusal(of work: () async throws -> Void) async throws -> ProblemDocument? {
    do {
      try await work()
      return nil
    } catch let document as ProblemDocument {
      return document
    }
  }

  /// Changes that follow `after`, one sequence number each.
  func changes(
    _ names: [String], after: Int64 = 0, epoch: UInt64 = 1, group: UInt64 = 1,
    startsAnew: Bool = false
  ) throws -> PublicationRequest {
    let end = after + Int64(names.count)
    return PublicationRequest(
      group: group, epoch: epoch, catalog: "catalog", after: after, sequence: end, base: end,
      startsAnew: startsAnew,
      changes: names.map { .put(record($0)) })
  }

  func record(_ filename: String, owner: String? = nil) -> Record {
    Record(
      // As catalogs make them: the same name is the same key on every node.
      key: RecordKey("key-" + filename)!, filename: filename, directory: "shared", size: 1,
      owner: Owner(userSerialID: 1, userID: owner ?? identity.user.text))
  }
}
