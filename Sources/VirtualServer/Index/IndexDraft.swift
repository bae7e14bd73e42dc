import Protocol
import SearchModel

/// One commit in the making: changes are with the engine, and ``contents`` says what will be held
/// once they are committed.
struct IndexDraft {
  private let engine: any FullTextEngine
  private let limits: GroupIndexLimits
  private var committed: GroupContents
  var contents: GroupContents
  /// Whether a record will be there, for keys that this draft touches.
  private var outcome: [RecordKey: Bool] = [:]
  /// Of these nodes nothing committed will be left.
  private var cleared: Set<NodeIdentity> = []
  private var hasChanges = false
  /// Is told what is going to be committed, before anybody can see it.
  private let announce: (GroupContents) -> Void

  init(
    engine: any FullTextEngine, limits: GroupIndexLimits, contents: GroupContents,
    announce: @escaping (GroupContents) -> Void = { _ in }
  ) {
    self.announce = announce
    self.engine = engine
    self.limits = limits
    committed = contents
    self.contents = contents
  }

  /// Takes a node's changes, or nothing of them.
  ///
  /// - Returns: the sequence that is acknowledged once the draft is committed.
  mutating func take(
    _ publication: CheckedPublication
  ) async throws(EngineError) -> Result<Int64, PublicationRefusal> {
    let (node, request) = (publication.node, publication.request)
    let present = contents[node]
    if let refusal = publication.refusal(
      at: present, quota: limits.quota, epoch: request.epoch)
    {
      return .failure(refusal)
    }
    let growth: Int
    if request.startsAnew {
      growth = publication.outcome.values.count { $0 }
    } else {
      growth = try await self.growth(by: publication.outcome, of: node)
    }
    let count = (request.startsAnew ? 0 : present.count) + growth
    if growth > 0, count > limits.quota {
      return .failure(.quotaExceeded(count: count, quota: limits.quota))
    }
    if request.startsAnew { try await clear(node, wholly: true) }
    if !publication.changes.isEmpty {
      try await engine.apply(publication.changes)
      hasChanges = true
      outcome.merge(publication.outcome) { _, new in new }
    }
    var entry = contents[node]
    entry.catalog = request.catalog
    entry.sequence = request.sequence
    entry.base = request.base
    entry.count = count
    entry.released = nil
    if request.shares != nil || !publication.shares.isEmpty {
      var shares = entry.shares ?? HeldShares()
      let holdsRecords = !request.startsAnew && present.count > 0
      if let table = request.shares { shares.take(table, besideRecords: holdsRecords) }
      shares.cover(publication.shares)
      entry.shares = shares
    }
    contents[node] = entry
    return .success(request.sequence)
  }

  /// Takes out a node's records, as many as may be at a time. Only for a draft without changes.
  ///
  /// - Parameter wholly: until none is left. What is too much for one commit is committed on the
  ///   way; the node's position is forgotten with the first.
  mutating func clear(_ node: NodeIdentity, wholly: Bool = false) async throws(EngineError) {
    while true {
      let (keys, areAll) =
        contents[node].count == 0 ? ([], true) : try await committedKeys(of: node)
      if !keys.isEmpty {
        try await engine.apply(keys.map { .remove($0) })
        hasChanges = true
      }
      var entry = contents[node]
      entry.forgetPosition()
      entry.count = areAll ? 0 : max(0, entry.count - keys.count)
      if areAll {
        entry.released = nil
        entry.shares = nil
      }
      contents[node] = entry
      if areAll {
        cleared.insert(node)
        return
      }
      guard wholly else { return }
      committed = try await commit()
      hasChanges = false
    }
  }

  /// - Returns: what is held now.
  func commit() async throws(EngineError) -> GroupContents {
    guard hasChanges || contents != committed else { return contents }
    announce(contents)
    try await engine.commit(notes: [GroupContents.noteName: contents.note()])
    return contents
  }

  /// By how much changes of this outcome alter the number of the node's records.
  private func growth(
    by outcome: [RecordKey: Bool], of node: NodeIdentity
  ) async throws(EngineError) -> Int {
    var growth = 0
    var unknown: [RecordKey] = []
    for (key, isThere) in outcome {
      if isThere { growth += 1 }
      if let wasThere = self.outcome[key] {
        if wasThere { growth -= 1 }
      } else if !cleared.contains(node), contents[node].count > 0 {
        unknown.append(key)
      }
    }
    return unknown.isEmpty ? growth : growth - (try await engine.held(among: unknown).count)
  }

  /// Keys of the node's committed records, and whether they are all. An engine cannot list keys; a
  /// search for all that its user has can.
  private func committedKeys(
    of node: NodeIdentity
  ) async throws(EngineError) -> (keys: [RecordKey], areAll: Bool) {
    let space = KeySpace(of: node)
    var keys: [RecordKey] = []
    var offset = 0
    while true {
      let request = SearchRequest(
        query: .all([.everything, .filter(.owner(node.user.text))]), limit: limits.clearingCount,
        offset: offset, collapsesDuplicates: false)
      let hits = try await engine.search(request).hits
      keys += hits.map(\.record.key).filter(space.contains)
      if hits.count < limits.clearingCount { return (keys, true) }
      if keys.count >= limits.clearingCount { return (keys, false) }
      offset += hits.count
    }
  }
}
