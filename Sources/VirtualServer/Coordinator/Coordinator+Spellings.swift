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

  /// - Parameter deadline: what has come by then counts; who fails costs its own words only.
  /// - Throws: `CancellationError` when nobody waits any more.
  func nearSpellings(
    of word: String, limit: Int, for asker: Asker, scope: SearchScope,
    until deadline: ContinuousClock.Instant
  ) async throws -> [NearSpelling] {
    let servers = servers(in: scope).reachable.prefix(
      scope == .nearest ? Self.nearestServers : .max)
    let peers = peers(for: asker)
    let candidates = max(limit, Self.candidates)
    var found: [ServerIdentifier: [NearSpelling]] = [:]
    let asking = AskingMany(servers: Array(servers), deadline: deadline)
    _ = await asking.run {
      try await peers.nearSpellings(of: word, limit: candidates, by: $0)
    } take: { server, spellings in
      found[server] = spellings
      return true
    }
    try Task.checkCancellation()
    // Nearest first, however they came.
    return NearSpelling.merged(servers.compactMap { found[$0] }, limit: limit)
  }
}

extension NetworkPeers {
  /// - Throws: as ``statistics(for:of:)``.
  func nearSpellings(
    of word: String, limit: Int, by server: ServerIdentifier
  ) async throws -> [NearSpelling] {
    if server == own {
      return try await index.nearSpellings(of: word, limit: limit, by: asker.viewer)
    }
    let spellings: [NearSpelling] = try await send(
      .post(
        "/v1/spellings", SpellingsRequest(word: word, limit: limit, mandate: mandate(server)),
        isRepeatable: true), to: server)
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
      && witness?.weight.isFinite ?? true
  }
}
