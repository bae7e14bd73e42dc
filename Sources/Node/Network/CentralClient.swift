import Protocol

/// Asks the central servers of a network, of which one is in charge of placing nodes: the one that
/// answered last comes first, the others when it does not answer, and who refuses because another is
/// in charge says which.
public actor CentralClient {
  private let client: PeerClient
  private let addresses: [CentralAddress]
  private var preferred: PeerDestination?

  /// - Parameter addresses: not empty; in the order to try them at first.
  public init(addresses: [CentralAddress], client: PeerClient) {
    self.addresses = addresses
    self.client = client
  }

  /// - Throws: ``ProblemDocument``, ``PeerClientError``, ``TimeLimitReached``, `CancellationError`;
  ///   so do all of these. The last failure, when all central servers were asked in vain.
  func report(
    _ report: PlacementReport, within limit: Duration
  ) async throws -> PlacementAnswer {
    try await ask(.post("/v1/report", report, isRepeatable: true), within: limit)
  }

  /// What comes back says nothing.
  func leave(_ farewell: PlacementFarewell, within limit: Duration) async throws {
    let request = try PeerRequest.post("/v1/leave", farewell, isRepeatable: true)
    try await ask(request, within: limit) { _ in }
  }

  func renew(_ renewal: RenewalRequest, within limit: Duration) async throws -> EnrolmentGrant {
    try await ask(.post("/v1/renew", renewal, isRepeatable: true), within: limit)
  }

  func revocations(
    after revision: UInt64, within limit: Duration
  ) async throws -> RevocationDelta {
    try await ask(.get("/v1/revocations?after=\(revision)"), within: limit)
  }

  func reachability(
    _ request: ReachabilityRequest, within limit: Duration
  ) async throws -> ReachabilityAnswer {
    try await ask(.post("/v1/reachability", request), within: limit)
  }

  private func ask<Answer: Decodable & Sendable>(
    _ request: PeerRequest, within limit: Duration
  ) async throws -> Answer {
    try await ask(request, within: limit) { try await $0.message(Answer.self) }
  }

  private func ask<Value: Sendable>(
    _ request: PeerRequest, within limit: Duration,
    _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Value {
    let (value, answering) = try await Node.within(limit) { [client, candidates] in
      try await Self.ask(candidates, request, client, receive)
    }
    preferred = answering
    return value
  }

  private var candidates: [PeerDestination] {
    let all = addresses.map(\.destination)
    guard let preferred else { return all }
    return [preferred] + all.filter { $0 != preferred }
  }

  /// How often an answer may name another central server before it is taken for a circle.
  private static let mostReferrals = 3

  private static func ask<Value: Sendable>(
    _ candidates: [PeerDestination], _ request: PeerRequest, _ client: PeerClient,
    _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> (Value, PeerDestination) {
    var waiting = Array(candidates.reversed())
    var referrals = 0
    var failure: any Error = PeerClientError.shutDown
    while let destination = waiting.popLast() {
      do {
        let value = try await client.exchange(
          request, with: destination, expecting: .centralServer, receive)
        return (value, destination)
      } catch let problem as ProblemDocument {
        failure = problem
        if problem.code == .notLeading {
          if referrals < mostReferrals, let location = problem.location,
            let address = CentralAddress(location)
          {
            referrals += 1
            waiting.append(address.destination)
          }
        } else if problem.status < 500 {
          // It is in charge, and this is its word.
          throw problem
        }
      } catch let error as PeerClientError {
        failure = error
      }
    }
    throw failure
  }
}
