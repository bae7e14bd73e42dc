import Placement
import RouterBands
import Testing

@testable import CentralServer

/// 100,000 nodes on 5,000 virtual servers in 1,000 bands.
@Suite("A large network", .serialized) struct LargeNetworkTests {
  @Test(arguments: StoreKind.available)
  func isLoadedWhole(kind: StoreKind) async throws {
    var tables = Tables()
    var changes: [RowChange] = []
    for group in 1...UInt64(5000) {
      let band = Int(group % 1000)
      if group <= 1000 { changes.append(.putBand(Samples.band(band))) }
      var server = Samples.server(group, host: "n\(group)-0", clients: 19)
      server.band = Samples.band(band).key
      server.limitCount = 19
      changes.append(.putVirtualServer(server))
      for number in 0..<20 {
        changes.append(
          .putNode(Samples.node("n\(group)-\(number)", band: band, group: group)))
      }
    }
    changes.append(.putLastNumber(5000))
    for change in changes { tables.apply(change) }
    let place = try await kind.makePlace()
    let store = try await place.open()
    let term = try await store.lead()
    let clock = ContinuousClock()
    let committing = try await clock.measure { try await store.commit(changes, term: term) }
    let other = try await place.open()
    var loaded = Tables()
    let loading = try await clock.measure { loaded = try await other.loadTables() }
    #expect(loaded == tables)
    print("\(kind): 100,000 nodes committed in \(committing), loaded in \(loading)")
    let small = try await clock.measure {
      for number in 0..<200 {
        try await store.commit([.putNode(Samples.node("m\(number)"))], term: term)
      }
    }
    print("\(kind): 200 commits of a node each in \(small)")
  }
}
