import Foundation
import Protocol
import SearchModel

/// How far the records of this machine are in the index of its group.
public struct PublicationState: Sendable, Hashable, Codable {
  /// Changes of the catalog up to this number are acknowledged.
  public var acknowledged: Int64 = 0
  /// The catalog's last number.
  public var last: Int64 = 0
  /// Why it does not go on at the moment, for people; nil while it does.
  public var problem: String?
}

/// Brings the index of the group in line with the catalog, for as long as it runs: takes the changes
/// after what the virtual server holds, batch by batch, each acknowledged after the commit that
/// holds it. Whatever fails, it goes on from what the virtual server says that it holds; it never
/// scans a folder for that. One runs for the group's virtual server and one for its standby, neither
/// waiting for the other.
public actor NetworkPublisher {
  private let catalog: Catalog
  private let consumer: CatalogConsumer
  private let client: PeerClient
  private let memory: Duration
  private let unreachable: @Sendable (GroupServer) -> Void
  private let bell = Bell()
  private var server: GroupServer?
  /// Since when there is no server.
  private var unusedSince = ContinuousClock.now
  /// What the present virtual server holds; nil until it was asked.
  private var position: PublicationPosition?
  private var mostChanges = PublicationSize.mostChanges
  public private(set) var state = PublicationState()

  /// - Parameters:
  ///   - catalog: whose owner is the user of the client's certificate.
  ///   - consumer: for whom the catalog keeps removals.
  ///   - memory: how long removals are kept for a standby that is not named any more.
  ///   - unreachable: is told when a virtual server does not answer.
  init(
    catalog: Catalog, consumer: CatalogConsumer = .group, client: PeerClient,
    memory: Duration = .seconds(60),
    unreachable: @escaping @Sendable (GroupServer) -> Void = { _ in }
  ) {
    self.catalog = catalog
    self.consumer = consumer
    self.client = client
    self.memory = memory
    self.unreachable = unreachable
  }

  /// Publishes to this virtual server from now on; nil for none.
  func use(_ server: GroupServer?) async {
    guard server != self.server else { return }
    self.server = server
    unusedSince = .now
    position = nil
    await bell.ring()
  }

  /// There is something new to publish.
  func catalogChanged() async {
    await bell.ring()
  }

  /// What was in the way may be gone.
  func tryAgain() async {
    if state.problem != nil { await bell.ring() }
  }

  /// Runs until the task is cancelled.
  func run() async {
    var failures = 0
    var chance = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      guard let server else {
        await bell.wait(atMost: memory)
        // None for so long: the removals that it lacks are of no use any more. A shorter gap, as when
        // a virtual server starts again and has yet to hear of its standby, must cost no copy.
        if self.server == nil, ContinuousClock.now >= unusedSince + memory { await handOver() }
        continue
      }
      do {
        try await publish(to: server)
        failures = 0
        state.problem = nil
        await bell.wait(atMost: .seconds(30))
      } catch {
        guard !Task.isCancelled else { return }
        failures += 1
        let wait = min(0.25 * Double(1 << min(failures, 10)), 15)
        let pause = pause(after: error, of: server, atLeast: .seconds(wait))
        await bell.wait(atMost: pause * Double.random(in: 0.7...1, using: &chance))
      }
    }
  }

  /// A copy is filled beside what people wait for, often just after a virtual server was lost: it takes
  /// a quarter of the time.
  private func giveWay(for duration: Duration) async throws {
    guard consumer != .group else { return }
    // Time is what it gives; the bell would cut it short with every change.
    try await Task.sleep(for: min(duration * 3, .seconds(3)))
  }

  private func handOver() async {
    guard consumer != .group else { return }
    let (catalog, consumer) = (catalog, consumer)
    // Where it fails, removals are kept for longer than is needed.
    try? await BlockingWork.run { () throws(CatalogError) in
      try catalog.handOver(from: consumer, to: .group)
    }
  }

  /// Returns when all that the catalog has is acknowledged, or another virtual server is to be used.
  private func publish(to server: GroupServer) async throws {
    let (catalog, consumer) = (catalog, consumer)
    try await BlockingWork.run { () throws(CatalogError) in
      try catalog.keepRemovals(for: consumer)
    }
    var isRefused = false
    while self.server == server {
      let plan = try await plan(at: server)
      let delta = try await nextDelta(after: plan.after)
      state.last = max(state.last, delta.lastSequence)
      // Read after the changes, so that it has every share that they name and that has not ended.
      let table = try await shareTable(for: server)
      let isTableHeld = !plan.startsAnew && position?.shares == table.version
      if delta.changes.isEmpty, delta.lastSequence == plan.after, !plan.startsAnew, isTableHeld {
        state.acknowledged = plan.after
        return
      }
      let request = PublicationRequest(
        group: server.group, epoch: server.epoch, catalog: catalog.identity, after: plan.after,
        sequence: delta.lastSequence, base: max(plan.base, delta.lastSequence),
        startsAnew: plan.startsAnew, changes: delta.changes, shares: isTableHeld ? nil : table)
      let began = ContinuousClock.now
      do {
        let answer: PublicationAnswer = try await client.send(
          .post("/v1/records", request), to: .of(server), expecting: .host(of: server))
        try await acknowledged(answer.sequence, by: request)
        isRefused = false
        if answer.sequence < state.last { try await giveWay(for: .now - began) }
      } catch let problem as ProblemDocument where problem.code == .tooLarge && mostChanges > 1 {
        mostChanges = max(1, delta.changes.count / 2)
      } catch let problem as ProblemDocument where problem.code == .otherPosition && !isRefused {
        // An answer that was lost, or an index that was thrown away. Once is natural.
        isRefused = true
        position = problem.position
      }
    }
  }

  /// Where to go on.
  private struct Plan {
    var after: Int64
    var base: Int64
    var startsAnew: Bool
  }

  private func plan(at server: GroupServer) async throws -> Plan {
    let present: PublicationPosition
    if let position {
      present = position
    } else {
      present = try await client.send(
        .get("/v1/position"), to: .of(server), expecting: .host(of: server))
      position = present
    }
    let catalog = catalog
    let (forgotten, last) = try await BlockingWork.run { () throws(CatalogError) in
      (try catalog.acknowledgedSequence(), try catalog.lastSequence())
    }
    state.last = last
    if let name = present.catalog, present.base >= present.sequence, present.sequence >= 0 {
      let note = PublicationNote(
        catalog: name, sequence: present.sequence, base: present.base, owner: nil)
      if note.canFollow(catalog: catalog.identity, acknowledged: forgotten, last: last) {
        return Plan(after: note.sequence, base: note.base, startsAnew: false)
      }
    }
    // Everything that is held is taken out first, so nothing that was removed up to now is left.
    return Plan(after: 0, base: last, startsAnew: true)
  }

  /// - Throws: ``VisibilityNotKept``: what not everyone may see does not go where all is shown to all.
  private func shareTable(for server: GroupServer) async throws -> ShareTable {
    let catalog = catalog
    let table = try await BlockingWork.run { () throws(CatalogError) in try catalog.shareTable() }
    guard position?.keepsVisibility == true || !table.restricts else {
      throw VisibilityNotKept(host: server.host)
    }
    return table
  }

  private func nextDelta(after sequence: Int64) async throws -> CatalogDelta {
    let catalog = catalog
    while true {
      let limit = mostChanges
      let delta = try await BlockingWork.run { () throws(CatalogError) in
        try catalog.changes(after: sequence, limit: limit)
      }
      let size = PublicationSize.bytes(of: delta.changes)
      guard size > PublicationSize.mostBytes, delta.changes.count > 1 else { return delta }
      mostChanges = max(1, delta.changes.count / 2)
    }
  }

  private func acknowledged(_ sequence: Int64, by request: PublicationRequest) async throws {
    guard sequence == request.sequence else {
      position = nil
      return
    }
    mostChanges = min(PublicationSize.mostChanges, mostChanges * 2)
    position = position.map { present in
      var position = present
      position.catalog = request.catalog
      position.sequence = sequence
      position.base = request.base
      if let table = request.shares { position.shares = table.version }
      return position
    }
    state.acknowledged = sequence
    state.problem = nil
    // While all records go in anew, removals after the base are still needed.
    guard sequence == request.base else { return }
    let (catalog, consumer) = (catalog, consumer)
    try await BlockingWork.run { () throws(CatalogError) in
      try catalog.acknowledge(sequence, by: consumer)
    }
  }

  /// How long to wait; `wait` is longer with each failure.
  private func pause(
    after error: any Error, of server: GroupServer, atLeast wait: Duration
  ) -> Duration {
    position = nil
    state.problem = "\(error)"
    if let problem = error as? ProblemDocument {
      return Self.pause(after: problem, atLeast: wait)
    }
    if error is PeerClientError, self.server == server { unreachable(server) }
    return wait
  }

  /// Whatever the virtual server says: not without a pause, and not for ever.
  static func pause(after problem: ProblemDocument, atLeast wait: Duration) -> Duration {
    switch problem.code {
    case .quotaExceeded: .seconds(300)
    // The lease comes within seconds, and so does the news that this node is attached.
    case .takesNoRecords, .notAttached, .otherEpoch:
      max(.milliseconds(500), .seconds(min(problem.retryAfter ?? 0, 60)))
    default: max(wait, .seconds(min(problem.retryAfter ?? 0, 600)))
    }
  }
}

/// The virtual server is of a version that shows all records to all.
struct VisibilityNotKept: Error, Hashable, Sendable, CustomStringConvertible {
  let host: String

  var description: String {
    "Nothing is published to \(host), whose version of Nearfind shows everything to everyone, as long "
      + "as a folder here is not for everyone. Update Nearfind on \(host)."
  }
}

extension PeerDestination {
  static func of(_ server: GroupServer) -> PeerDestination {
    .network(host: server.endpoint.address, port: Int(server.endpoint.port))
  }
}

extension ExpectedPeer {
  /// The central server names the host; its certificate must be of that node.
  static func host(of server: GroupServer) -> ExpectedPeer {
    // A name that no node can have is nobody's.
    (try? PeerName(server.host)).map { .nodeNamed($0) } ?? .centralServer
  }
}
