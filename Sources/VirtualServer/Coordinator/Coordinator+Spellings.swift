import Cascade
import Protocol
import SearchModel

/// What a mistyped word may have meant, by the words of several virtual servers.
extension Coordinator {
  /// Asked of the others, so that a word that is frequent everywhere is not beaten by one that is
  /// frequent nowhere: frequencies add up only over what each sends.
  private static let candidates = 30

  /// How many servers a search asks that goes only as far as it must.
  private static let nearestServers = 16

  private static let concurrentAsks = 32

  /// - Parameter deadline: what has come by then counts; who fails costs its own words only.
  /// - Throws: `CancellationError` when nobody waits any more.
  func nearSpellings(
    of word: String, limit: Int, scope: SearchScope, until deadline: ContinuousClock.Instant
  ) async throws -> [NearSpelling] {
    let servers = servers(in: scope).reachable.prefix(
      scope == .nearest ? Self.nearestServers : .max)
    let peers = peers()
    let candidates = max(limit, Self.candidates)
    var found: [Int: [NearSpelling]] = [:]
    await withTaskGroup(of: (Int, [NearSpelling])?.self) { group in
      group.addTask {
        // The one thing to wait for beside the answers; cancelled with the last of them.
        try? await Task.sleep(until: deadline, clock: .continuous)
        return nil
      }
      var waiting = servers.enumerated().makeIterator()
      func askNext() {
        guard let (place, server) = waiting.next() else { return }
        group.addTask {
          (place, (try? await peers.nearSpellings(of: word, limit: candidates, by: server)) ?? [])
        }
      }
      for _ in 0..<Self.concurrentAsks { askNext() }
      var openCount = servers.count
      while openCount > 0, let answer = await group.next(), let (place, spellings) = answer {
        openCount -= 1
        found[place] = spellings
        askNext()
      }
      group.cancelAll()
    }
    try Task.checkCancellation()
    return NearSpelling.merged(found.sorted { $0.key < $1.key }.map(\.value), limit: limit)
  }
}

extension NetworkPeers {
  /// - Throws: as ``statistics(for:of:)``.
  func nearSpellings(
    of word: String, limit: Int, by server: ServerIdentifier
  ) async throws -> [NearSpelling] {
    if server == own { return try await index.nearSpellings(of: word, limit: limit) }
    let spellings: [NearSpelling] = try await send(
      .post(
        "/v1/spellings", SpellingsRequest(word: word, limit: limit), isRepeatable: true),
      to: server)
    guard spellings.count <= limit, spellings.allSatisfy(\.isPossible) else {
      throw ServerFailure.refused("It sends spellings that cannot be.")
    }
    return spellings
  }
}

extension NearSpelling {
  /// Whether an index may have said so. A stranger's numbers are added to others.
  fileprivate var isPossible: Bool {
    let highest = CascadeLimits().highestDocumentCount
    return distance >= 1 && (0...highest).contains(documentFrequency) && !word.isEmpty
      && word.utf8.count <= 1_024 && term.utf8.count <= 1_024
  }
}
