import SearchModel

/// What is held of the answers. Each server sends as many hits as the page ends at, and of many
/// servers' most are behind it.
extension CascadeMachine {
  /// Drops of each server's list what ranks behind the last hit of the page, by all that have answered
  /// in this round: further answers only push it farther back. A list is cut at its end, so that the
  /// places in it stay what they are.
  mutating func dropWhatIsBelowThePage() {
    let wanted = wanted
    guard let round, round.hitCount > max(limits.hitsHeld, wanted < .max / 2 ? 2 * wanted : .max)
    else {
      return
    }
    var whole = request
    (whole.offset, whole.limit) = (0, wanted)
    var kept: [ServerIdentifier: Set<RecordKey>] = [:]
    for hit in merged(round.replies, for: whole) {
      let key = hit.hit.record.key
      if let server = hit.origins[key] { kept[server, default: []].insert(key) }
    }
    for (server, answer) in round.replies {
      let keys = kept[server] ?? []
      let end = answer.hits.lastIndex { hit in
        keys.contains(hit.record.key) || hit.duplicates.contains { keys.contains($0.key) }
      }
      let count = end.map { $0 + 1 } ?? 0
      guard count < answer.hits.count else { continue }
      var shorter = answer
      shorter.hits = Array(answer.hits.prefix(count))
      self.round?.hold(shorter, of: server)
      heard[server] = shorter
      shortened.insert(server)
    }
  }
}
