import Protocol
import SearchModel

@testable import VirtualServer

/// What a group's index should hold, kept in the simplest way there is.
struct GroupIndexOracle {
  struct Held: Equatable {
    var catalog: String?
    var sequence: Int64 = 0
    var base: Int64 = 0
    /// By the node's own keys.
    var records: [String: Record] = [:]
    var released: Int64?

    var isNothing: Bool { catalog == nil && records.isEmpty && released == nil }
  }

  let quota: Int
  let grace: Int64
  var group: UInt64?
  var nodes: [NodeIdentity: Held] = [:]

  /// - Returns: whether the publication is taken.
  mutating func publish(_ request: PublicationRequest, by node: NodeIdentity) -> Bool {
    var held = nodes[node] ?? Held()
    if request.startsAnew {
      held = Held()
    } else {
      let isFirst = held.catalog == nil && held.records.isEmpty && request.after == 0
      guard isFirst || held.catalog == request.catalog && held.sequence == request.after else {
        return false
      }
    }
    let before = held.records.count
    for change in request.changes {
      switch change {
      case .put(let record):
        guard record.owner.userID == node.user.text else { return false }
        held.records[record.key.value] = record
      case .remove(let key): held.records[key.value] = nil
      }
    }
    if held.records.count > quota, request.startsAnew || held.records.count > before {
      return false
    }
    held.catalog = request.catalog
    held.sequence = request.sequence
    held.base = request.base
    held.released = nil
    nodes[node] = held
    return true
  }

  mutating func settle(group: UInt64, members: Set<NodeIdentity>, now: Int64) {
    let isOther = self.group != nil && self.group != group
    self.group = group
    for (node, held) in nodes {
      if members.contains(node) {
        nodes[node]?.released = nil
      } else if isOther {
        nodes[node]?.released = .min
      } else {
        nodes[node]?.released = held.released ?? now
      }
    }
  }

  mutating func removeExpired(now: Int64) {
    for (node, held) in nodes {
      if let released = held.released, released <= now - grace { nodes[node] = nil }
    }
  }

  /// All records as they should come out of the engine.
  var records: [RecordKey: Record] {
    var all: [RecordKey: Record] = [:]
    for (node, held) in nodes {
      for var record in held.records.values {
        record.key = KeySpace(of: node).sharedKey(of: record.key)!
        record.text = ""
        all[record.key] = record
      }
    }
    return all
  }
}
