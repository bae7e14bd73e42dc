import Cascade
import Protocol
import TestSupport
import Testing

@testable import VirtualServer

/// The order that a coordinator keeps while it measures, against the order made anew.
@Suite struct ServerOrderTests {
  private func directory(_ count: Int) -> DirectoryDelta {
    DirectoryDelta(
      version: DirectoryVersion(term: 1, number: 1), startsAnew: true,
      entries: (1...count).map { number in
        DirectoryEntry(
          group: UInt64(number), epoch: number == 1 ? 1 : 2, host: "node-\(number)",
          // Two share an address: only one of them has a place.
          endpoint: NetworkEndpoint(address: "192.0.2.1", port: UInt16(max(2, number))),
          band: "m:band-\(number % 7)")
      },
      bands: (0..<7).map { band in
        DirectoryBand(
          key: "m:band-\(band)",
          hops: [
            .init(address: "198.17.0.1", roundTripTime: 0.001),
            .init(
              address: "198.18.0.\(band + 1)",
              roundTripTime: band == 3 ? nil : 0.002 + Double(band) * 0.003),
          ])
      })
  }

  @Test func aMeasuredServerMovesToThePlaceThatOrderingAllWouldGiveIt() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    var kept = ServerDirectory(host: "node-4")
    kept.apply(directory(60))
    kept.ownGroup = 4
    for _ in 0..<300 {
      let server = ServerIdentifier(.random(in: 1...64, using: &generator))
      let time = Duration.microseconds(Int.random(in: 10...40_000, using: &generator))
      kept.note(roundTrip: time, of: server)
      let order = kept.nearestFirst()
      // The same knowledge, ordered anew.
      var anew = kept
      anew.ownGroup = nil
      anew.ownGroup = 4
      #expect(order == anew.nearestFirst(), "seed \(seed)")
    }
    #expect(kept.nearestFirst().count == 59)
  }
}
