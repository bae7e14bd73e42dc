import Cascade
import RouterBands

/// Virtual servers in the order of their nearness, which stays in order at little cost while few of
/// them change.
struct NearestFirst: Sendable {
  private(set) var servers: [CascadeServer]

  /// So many changes are made one by one; more of them share one pass over all.
  private static let fewChanges = 8

  init(_ servers: [CascadeServer]) {
    self.servers = servers.sorted { $0.nearness < $1.nearness }
  }

  /// - Parameters:
  ///   - departing: as they stand in the order; one that does not is passed over.
  ///   - arriving: none of them may stand in the order when the departing are gone.
  mutating func change(removing departing: [CascadeServer], adding arriving: [CascadeServer]) {
    if departing.count + arriving.count <= Self.fewChanges {
      for server in departing { if let place = place(of: server) { servers.remove(at: place) } }
      for server in arriving { servers.insert(server, at: firstPlace(notBefore: server)) }
    } else {
      let gone = departing.compactMap { place(of: $0) }.sorted()
      let coming = arriving.sorted { $0.nearness < $1.nearness }
      servers = merged(without: gone, with: coming)
    }
  }

  private func merged(without gone: [Int], with coming: [CascadeServer]) -> [CascadeServer] {
    var result: [CascadeServer] = []
    result.reserveCapacity(servers.count - gone.count + coming.count)
    var next = 0
    var nextGone = gone.startIndex
    func copy(to end: Int) {
      while nextGone < gone.endIndex, gone[nextGone] < end {
        result += servers[next..<gone[nextGone]]
        next = gone[nextGone] + 1
        nextGone += 1
      }
      result += servers[next..<end]
      next = end
    }
    for server in coming {
      copy(to: firstPlace(notBefore: server))
      result.append(server)
    }
    copy(to: servers.endIndex)
    return result
  }

  private func place(of server: CascadeServer) -> Int? {
    let place = firstPlace(notBefore: server)
    return place < servers.endIndex && servers[place] == server ? place : nil
  }

  private func firstPlace(notBefore server: CascadeServer) -> Int {
    var low = servers.startIndex
    var high = servers.endIndex
    while low < high {
      let middle = (low + high) / 2
      if servers[middle].nearness < server.nearness { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
