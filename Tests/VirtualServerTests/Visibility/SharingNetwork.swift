import Cascade
import Foundation
import Protocol
import SearchModel
import TestSupport

@testable import EngineConformance
@testable import VirtualServer

/// Nodes of users in the groups of a network, what each has published, and who may see it. What it says
/// of that is worked out record by record, by nobody's code but its own.
final class SharingNetwork {
  struct Member {
    let node: NodeIdentity
    let group: Int
    let credentials: PeerCredentials
    var shares: [ShareLabel: Visibility] = [:]
    var records: [RecordKey: Record] = [:]
    var sequence: Int64 = 0
  }

  let network: ServerNetwork
  private(set) var members: [Member] = []

  /// Two nodes of each group: its host, and one of a user who has another in the next group.
  ///
  /// - Parameter now: by which coordinators trust filters.
  init(
    groups: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    engine: (Int) throws -> any FullTextEngine
  ) async throws {
    network = try await ServerNetwork(
      [[Record]](repeating: [], count: groups), now: now, engine: engine)
    for (group, server) in network.members.enumerated() {
      let guest = try World.node("user\(group == 0 ? groups : group)", "guest\(group + 1)")
      for node in [server.host, guest] {
        members.append(
          Member(
            node: node, group: group, credentials: try network.world.credentials(.node(node))))
      }
      _ = await server.service.take(
        .serve(
          group: server.group, epoch: 1, limitCount: 5,
          clients: [GroupClient(node: guest.description, incarnation: 1)], membership: 2))
      _ = await server.service.take(
        .lease(epoch: 1, end: MachineClock.milliseconds() + 3_600_000, limitCount: 5))
    }
  }

  func server(of member: Int) -> NetworkMember { network.members[members[member].group] }

  /// Publishes records of a node's share, and removals.
  func publish(
    _ records: [Record], removing keys: [RecordKey] = [], by member: Int
  ) async throws {
    for record in records { members[member].records[record.key] = record }
    for key in keys { members[member].records[key] = nil }
    try await publish(
      records.map(RecordChange.put) + keys.map(RecordChange.remove), by: member, table: nil)
  }

  /// Says who may see the node's shares.
  func share(_ shares: [ShareLabel: Visibility], by member: Int) async throws {
    members[member].shares = shares
    try await publish([], by: member, table: ShareTable(shares))
  }

  private func publish(
    _ changes: [RecordChange], by member: Int, table: ShareTable?
  ) async throws {
    let server = server(of: member)
    let after = members[member].sequence
    members[member].sequence += Int64(changes.count)
    let end = members[member].sequence
    _ = try await server.service.publish(
      PublicationRequest(
        group: server.group, epoch: 1, catalog: "catalog", after: after, sequence: end, base: end,
        startsAnew: false, changes: changes, shares: table), by: members[member].node)
  }

  // MARK: What is true

  static func band(of group: Int) -> String { ServerNetwork.band(of: UInt64(group + 1)) }

  /// The records that a node may see of some groups, as indexes have them.
  func visible(
    to viewer: NodeIdentity?, in band: String, groups: Set<Int>? = nil
  ) -> [Record] {
    members.filter { groups?.contains($0.group) ?? true }.flatMap { member in
      member.records.values.filter { record in
        if member.node.user == viewer?.user { return true }
        guard let share = record.share else { return true }
        switch member.shares[share] {
        case .everyone?: return true
        case .band?: return Self.band(of: member.group) == band
        case .users(let names)?: return viewer.map { names.contains($0.user.text) } ?? false
        case nil: return false
        }
      }.map { record in
        var record = record
        record.key = KeySpace(of: member.node).sharedKey(of: record.key)!
        record.share = nil
        return record
      }
    }
  }

  // MARK: What is asked

  func mandate(of member: Int) throws -> Mandate {
    try Mandate(
      for: server(of: member).host.node, by: members[member].credentials, now: Date())
  }

  func search(
    _ request: SearchRequest, by member: Int, isStrict: Bool = true, hasMandate: Bool = true
  ) async throws -> GroupSearchAnswer {
    try await server(of: member).service.search(
      GroupSearchRequest(
        request: request, isStrict: isStrict, scope: "everywhere", deadline: 60_000,
        mandate: hasMandate ? try mandate(of: member) : nil), by: members[member].node)
  }
}
