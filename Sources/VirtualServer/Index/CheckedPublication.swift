import Protocol
import SearchModel

/// A publication that may be taken as far as it can be judged by itself, its keys among those of all
/// nodes.
struct CheckedPublication: Sendable {
  let node: NodeIdentity
  let request: PublicationRequest
  let changes: [RecordChange]
  /// For every key that is touched, whether it has a record afterwards.
  let outcome: [RecordKey: Bool]
  /// The shares that records are put in of, by the node's own labels.
  let shares: Set<ShareLabel>

  /// - Parameter node: as the certificate says it.
  /// - Throws: ``PublicationRefusal``, if the request contradicts itself or names what is not the
  ///   node's.
  init(
    _ request: PublicationRequest, by node: NodeIdentity
  ) throws(PublicationRefusal) {
    try Self.checkPositions(of: request)
    if let problem = request.shares?.problemOfShape { throw .malformed(problem) }
    let space = KeySpace(of: node)
    var changes: [RecordChange] = []
    changes.reserveCapacity(request.changes.count)
    var outcome: [RecordKey: Bool] = [:]
    var shares: Set<ShareLabel> = []
    for change in request.changes {
      guard let key = space.sharedKey(of: change.key) else {
        throw .malformed("A record's key has more than \(KeySpace.longestOwnKey) bytes.")
      }
      switch change {
      case .put(var record):
        try Self.check(record, of: node)
        record.key = key
        if let label = record.share {
          guard let shared = space.sharedLabel(of: label) else {
            throw .malformed("The label of a record's share is too long.")
          }
          shares.insert(label)
          record.share = shared
        }
        changes.append(.put(record))
        outcome[key] = true
      case .remove:
        changes.append(.remove(key))
        outcome[key] = false
      }
    }
    self.node = node
    self.request = request
    self.changes = changes
    self.outcome = outcome
    self.shares = shares
  }

  /// What is refused because of what is held of the node; nil if the changes follow it.
  func refusal(
    at entry: NodeContents, quota: Int, epoch: UInt64
  ) -> PublicationRefusal? {
    if request.startsAnew { return nil }
    // Where nothing is held there is nothing to take out first.
    let isFirst = entry.catalog == nil && entry.count == 0 && request.after == 0
    let follows = entry.catalog == request.catalog && entry.sequence == request.after
    var entry = entry
    if entry.shares?.isFull ?? false {
      entry.forgetPosition()
    } else if isFirst || follows {
      return nil
    }
    return .otherPosition(
      PublicationPosition(
        group: request.group, epoch: epoch, catalog: entry.catalog, sequence: entry.sequence,
        base: entry.base, recordCount: entry.count, quota: quota,
        shares: entry.shares?.version))
  }

  private static func checkPositions(
    of request: PublicationRequest
  ) throws(PublicationRefusal) {
    guard request.changes.count <= PublicationLimits.changeCount else {
      throw .malformed(
        "There are \(request.changes.count) changes; at most \(PublicationLimits.changeCount) are "
          + "taken at a time.")
    }
    guard (1...100).contains(request.catalog.utf8.count) else {
      throw .malformed("The catalog's name must have 1 to 100 bytes.")
    }
    guard request.after >= 0, request.sequence >= request.after, request.base >= request.sequence
    else {
      throw .malformed(
        "The numbers must not go back: after \(request.after), sequence \(request.sequence), "
          + "base \(request.base).")
    }
    guard !request.startsAnew || request.after == 0 else {
      throw .malformed("What starts anew follows position 0, not \(request.after).")
    }
  }

  private static func check(
    _ record: Record, of node: NodeIdentity
  ) throws(PublicationRefusal) {
    // By bytes: two names that look alike are two users.
    guard record.owner.userID.utf8.elementsEqual(node.user.text.utf8) else {
      throw .anothersRecord(claimed: record.owner.userID)
    }
    // What others would not believe of this index must not get into it.
    if let problem = record.problemOfShape { throw .malformed(problem) }
  }
}
