import Foundation
import Protocol
import SearchModel
import Synchronization
import VirtualServer
import XapianEngine

/// Virtual servers of this process with synthetic records, over real connections, and one node that
/// searches through the first of them.
final class CascadeTrial: Sendable {
  /// What one search took and sent.
  struct Sample: Sendable {
    /// Milliseconds to the first answer and to the last.
    var first = 0.0
    var last = 0.0
    /// Milliseconds of processor time, of all virtual servers and the node together.
    var processor = 0.0
    /// Requests of the coordinator to other virtual servers, those for filters aside.
    var messages = 0
    /// Bytes at the ports of the other virtual servers, encryption and refreshed filters included.
    var bytes = 0
    /// Virtual servers that were sent something, and that were proven to hold no match.
    var asked = 0
    var pruned = 0
    /// Virtual servers that gave no answer although they were asked.
    var failed = 0

    /// Round trips of each virtual server that was asked.
    var trips: Double { asked > 0 ? Double(messages) / Double(asked) : 0 }
  }

  let servers: [InProcessVirtualServer]
  let words: SyntheticRecords
  let requests: RequestCounter
  private let traffic: TrafficMeter
  private let node: PeerClient
  private let nextSequence = Atomic<Int64>(0)
  private let recordCount: Int

  /// Groups of one band.
  private static let bandWidth = 10

  init(virtualServers: Int, records: Int, in folder: ScratchFolder) async throws {
    let authority = try CertificateAuthority.open(
      folder: folder.path("authority"), now: Date())
    var limits = GroupServiceLimits()
    // Searches follow each other faster than people's; what is measured is their time.
    limits.server.requests = .init(perSecond: 1_000_000, burst: 1_000_000)
    let (traffic, requests) = (TrafficMeter(), RequestCounter())
    var words = SyntheticRecords(expectedCount: virtualServers * records)
    var servers: [InProcessVirtualServer] = []
    var asker: CredentialStore?
    for number in 0..<virtualServers {
      let host = NodeIdentity(
        user: try PeerName("user"), node: try PeerName("server-\(number)"))
      let credentials = try CredentialStore(Self.credentials(host, authority))
      asker = asker ?? credentials
      let isAsker = number == 0
      let server = try await InProcessVirtualServer(
        host: host, credentials: credentials,
        engine: try XapianEngine(directory: folder.path("index-\(number)"), access: .writing),
        limits: limits, traffic: isAsker ? nil : traffic,
        observe: { destination, path in requests.count(destination, path) })
      let group = UInt64(number + 1)
      await server.take(
        .serve(group: group, epoch: 1, limitCount: 50, clients: [], membership: 1))
      await server.take(
        .lease(epoch: 1, end: MachineClock.milliseconds() + 24 * 3_600_000, limitCount: 50))
      try await Self.publish(
        records, of: &words, to: server, group: group, total: virtualServers * records)
      servers.append(server)
    }
    self.servers = servers
    self.words = words
    self.requests = requests
    self.traffic = traffic
    recordCount = records
    nextSequence.store(Int64(records), ordering: .relaxed)
    guard let asker else { throw CommandFailure.failed("There is no virtual server to ask.") }
    node = try PeerClient(.credentials(asker))
    requests.expect(servers.map(\.port))
    await servers[0].take(.directory(directory()))
  }

  private static func credentials(
    _ host: NodeIdentity, _ authority: CertificateAuthority
  ) throws -> PeerCredentials {
    let key = PeerKey()
    let certificate = try authority.issueCertificate(
      for: key.signingRequest(), identity: .node(host), now: Date())
    return try PeerCredentials(
      key: key, certificate: certificate, authority: authority.certificate)
  }

  func shutDown() async {
    node.shutDown()
    for server in servers {
      await server.shutDown()
      await (server.engine as? XapianEngine)?.close()
    }
  }

  // MARK: Records and directory

  private static func publish(
    _ count: Int, of words: inout SyntheticRecords, to server: InProcessVirtualServer,
    group: UInt64, total: Int
  ) async throws {
    var sequence = 0
    while sequence < count {
      let size = min(PublicationLimits.changeCount, count - sequence)
      let changes = words.batch(size).enumerated().map { place, record in
        RecordChange.put(
          owned(
            record, by: server.host, number: Int(group - 1) * count + sequence + place,
            of: total))
      }
      try await server.publish(
        PublicationRequest(
          group: group, epoch: 1, catalog: "catalog", after: Int64(sequence),
          sequence: Int64(sequence + size), base: Int64(sequence + size), startsAnew: false,
          changes: changes), by: server.host)
      sequence += size
    }
  }

  /// One record in twenty has copies: five of the same content, spread over the groups.
  private static func owned(
    _ record: Record, by host: NodeIdentity, number: Int, of total: Int
  ) -> Record {
    var record = record
    record.owner = Owner(userSerialID: 1, userID: host.user.text)
    let contents = max(20, total / 100 * 20)
    var generator = SplitMix(state: UInt64(number % 20 == 0 ? number % contents : number))
    record.contentHash = ContentHash(
      bytes: (0..<ContentHash.byteCount).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    return record
  }

  private func directory() -> DirectoryDelta {
    let entries = servers.enumerated().map { number, server in
      DirectoryEntry(
        group: UInt64(number + 1), epoch: 1, host: server.host.node.text,
        endpoint: NetworkEndpoint(address: "127.0.0.1", port: UInt16(server.port)),
        band: Self.band(of: number))
    }
    let bands = Set(entries.map(\.band)).sorted().enumerated().map { place, key in
      DirectoryBand(
        key: key,
        hops: [
          .init(address: "198.17.0.1", roundTripTime: 0.001),
          .init(address: "198.18.0.\(place % 250 + 1)", roundTripTime: 0.002),
        ])
    }
    return DirectoryDelta(
      version: DirectoryVersion(term: 1, number: 1), startsAnew: true, entries: entries,
      bands: bands)
  }

  private static func band(of number: Int) -> String { "m:band-\(number / bandWidth)" }

  /// Gives every index another revision.
  func changeEveryIndex() async throws {
    let sequence = nextSequence.wrappingAdd(1, ordering: .relaxed).newValue
    for (number, server) in servers.enumerated() {
      let record = Record(
        key: RecordKey("change-\(sequence)")!, filename: "change \(sequence).txt",
        directory: "changes", size: 1,
        owner: Owner(userSerialID: 1, userID: server.host.user.text))
      try await server.publish(
        PublicationRequest(
          group: UInt64(number + 1), epoch: 1, catalog: "catalog", after: sequence - 1,
          sequence: sequence, base: sequence, startsAnew: false, changes: [.put(record)]),
        by: server.host)
    }
  }

  // MARK: Searching

  /// Searches as a node of the group does, over its connection to the virtual server.
  func search(_ query: Query, scope: String, isStrict: Bool) async throws -> Sample {
    let request = GroupSearchRequest(
      request: SearchRequest(query: query), isStrict: isStrict, scope: scope)
    let first = Mutex<Duration?>(nil)
    let (messagesBefore, bytesBefore) = (requests.cascadeCount, traffic.byteCount)
    let (processorBefore, start) = (Measurement.processorTime(), ContinuousClock.now)
    let answer: GroupSearchAnswer = try await node.sendImproving(
      .post("/v1/search", request), to: .network(host: "127.0.0.1", port: servers[0].port),
      expecting: .node(servers[0].host)
    ) { (_: GroupSearchAnswer) in
      first.withLock { $0 = $0 ?? ContinuousClock.now - start }
    }
    let last = ContinuousClock.now - start
    let coverage = answer.coverage
    return Sample(
      first: (first.withLock { $0 } ?? last).inSeconds * 1_000, last: last.inSeconds * 1_000,
      processor: (Measurement.processorTime() - processorBefore) * 1_000,
      messages: requests.cascadeCount - messagesBefore,
      bytes: traffic.byteCount - bytesBefore,
      asked: coverage.servers.count { $0.messageCount > 0 },
      pruned: coverage.completeness.count(of: .pruned),
      failed: [.timedOut, .unreachable, .refused].reduce(0) {
        $0 + coverage.completeness.count(of: $1)
      })
  }

  /// The same search of the first index alone, without a network: milliseconds.
  func searchLocally(_ query: Query, isStrict: Bool) async throws -> Double {
    let search = PersonalSearch(engine: servers[0].engine)
    let request = SearchRequest(query: query)
    return try await Measurement.of {
      _ = try await search.explainedAnswer(to: request, isStrict: isStrict)
    }.seconds * 1_000
  }

  /// Searches until the coordinator has the filters of all others.
  ///
  /// - Returns: milliseconds of the first search, for which it has no connection yet.
  func warmUp(deadline: Duration = .seconds(120)) async throws -> Double {
    let end = ContinuousClock.now + deadline
    let first = try await search(
      .word(words.word(rank: 0), field: nil), scope: "everywhere", isStrict: true)
    var number = 0
    while ContinuousClock.now < end {
      number += 1
      let sample = try await search(
        .any([CascadeQueryKind.absent("\(number)c"), CascadeQueryKind.absent("\(number)d")]),
        scope: "everywhere", isStrict: true)
      if sample.pruned >= servers.count - 1 { return first.last }
      // Filters are fetched beside searches, and nothing tells when they are there.
      try await Task.sleep(for: .milliseconds(100))
    }
    throw CommandFailure.failed("The term filters of the virtual servers did not come.")
  }
}

/// Counts requests to other machines, by what they ask and whom.
final class RequestCounter: Sendable {
  private struct State {
    var byPath: [String: Int] = [:]
    var elsewhere = 0
    var ports: Set<Int> = []
  }

  private let state = Mutex(State())

  /// Names the ports of the virtual servers; all other places are elsewhere.
  func expect(_ ports: [Int]) {
    state.withLock { $0.ports = Set(ports) }
  }

  func count(_ destination: PeerDestination, _ path: String) {
    state.withLock { state in
      state.byPath[path, default: 0] += 1
      guard case .network(_, let port) = destination, state.ports.contains(port) else {
        state.elsewhere += 1
        return
      }
    }
  }

  /// All but those for filters, which are no part of a search.
  var cascadeCount: Int {
    state.withLock { $0.byPath.reduce(0) { $0 + ($1.key == "/v1/filter" ? 0 : $1.value) } }
  }

  var filterCount: Int { state.withLock { $0.byPath["/v1/filter"] ?? 0 } }

  /// Requests to anybody who is no virtual server, such as the central server.
  var elsewhereCount: Int { state.withLock { $0.elsewhere } }
}
