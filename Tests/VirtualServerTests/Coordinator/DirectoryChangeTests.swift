import Cascade
import Protocol
import TestSupport
import Testing

@testable import VirtualServer

/// The order that a coordinator keeps while others come, go and move, against the order made anew.
@Suite struct DirectoryChangeTests {
  private static let bandCount = 9
  private static let own: UInt64 = 4

  private struct Chance {
    var generator: SeededGenerator

    mutating func entry(_ group: UInt64) -> DirectoryEntry {
      DirectoryEntry(
        group: group, epoch: UInt64(generator.number(1...3)),
        host: "node-\(generator.number(1...40))",
        // Some share an address: only one of them has a place.
        endpoint: NetworkEndpoint(
          address: "192.0.2.1", port: UInt16(generator.number(1...50))),
        band: "m:band-\(generator.number(0...DirectoryChangeTests.bandCount))")
    }

    mutating func band(_ number: Int) -> DirectoryBand {
      DirectoryBand(
        key: "m:band-\(number)",
        hops: [
          .init(address: "198.17.0.1", roundTripTime: 0.001),
          .init(
            address: "198.18.0.\(generator.number(1...9))",
            roundTripTime: generator.happens(0.2)
              ? nil : 0.001 * Double(generator.number(1...30))),
        ])
    }

    mutating func delta(_ number: UInt64, isWide: Bool) -> DirectoryDelta {
      let (entryCount, removedCount) = isWide ? (30, 10) : (2, 1)
      let entries = (0..<generator.number(0...entryCount)).map { _ in
        entry(UInt64(generator.number(1...60)))
      }
      return DirectoryDelta(
        version: DirectoryVersion(term: 1, number: number), startsAnew: generator.happens(0.03),
        entries: entries,
        removed: (0..<generator.number(0...removedCount)).map { _ in
          UInt64(generator.number(1...60))
        },
        bands: generator.happens(0.3)
          ? [band(generator.number(0...DirectoryChangeTests.bandCount))] : [])
    }
  }

  @Test(arguments: [false, true])
  func whoeverComesOrGoesStandsWhereOrderingAllWouldPutThem(isWide: Bool) {
    let seed = UInt64.random(in: .min ... .max)
    var chance = Chance(generator: SeededGenerator(seed: seed))
    var kept = ServerDirectory(host: "node-4")
    kept.ownGroup = Self.own
    var known = Directory()
    var measured: [UInt64: Duration] = [:]
    for number in 1...400 as ClosedRange<UInt64> {
      let delta = chance.delta(number, isWide: isWide)
      kept.apply(delta)
      known.apply(delta)
      measured = measured.filter { known.entries[$0.key] != nil }
      if chance.generator.happens(0.5) {
        let group = UInt64(chance.generator.number(1...60))
        let time = Duration.microseconds(chance.generator.number(10...40_000))
        kept.note(roundTrip: time, of: ServerIdentifier(group))
        if known.entries[group] != nil, group != Self.own {
          measured[group] = min(measured[group] ?? time, time)
        }
      }
      var anew = ServerDirectory(host: "node-4")
      anew.ownGroup = Self.own
      for piece in known.deltas(of: 1_000) { anew.apply(piece) }
      for (group, time) in measured { anew.note(roundTrip: time, of: ServerIdentifier(group)) }
      let (order, expected) = (kept.nearestFirst(), anew.nearestFirst())
      #expect(order == expected, "seed \(seed), change \(number): \(delta)")
      guard order == expected else { return }
    }
  }

  /// A lease that is renewed elsewhere, as many are every second in a large network, costs a part of
  /// what ordering all costs.
  @Test func oneThatMovesCostsLittleAmongMany() {
    let count: UInt64 = 20_000
    func entry(_ group: UInt64, epoch: UInt64 = 1) -> DirectoryEntry {
      DirectoryEntry(
        group: group, epoch: epoch, host: "node-\(group)-\(epoch)",
        endpoint: NetworkEndpoint(
          address: "10.\(epoch).\(group >> 8 & 255).\(group & 255)", port: UInt16(group >> 16 + 1)),
        band: "m:band-\(group / 20)")
    }
    func hops(_ band: UInt64) -> [BandInformation.Hop] {
      [
        .init(address: "198.17.0.1", roundTripTime: 0.001),
        .init(address: "198.\(18 + band >> 8).\(band & 255).1", roundTripTime: 0.002),
      ]
    }
    var directory = ServerDirectory(host: "node-1-1")
    directory.ownGroup = 1
    directory.apply(
      DirectoryDelta(
        version: DirectoryVersion(term: 1, number: 1), startsAnew: true,
        entries: (1...count).map { entry($0) },
        bands: (0...count / 20).map { DirectoryBand(key: "m:band-\($0)", hops: hops($0)) }))
    let clock = ContinuousClock()
    let all = clock.measure { _ = directory.nearestFirst() }
    var quickest = Duration.seconds(1_000)
    for number in 2...20 as ClosedRange<UInt64> {
      let one = clock.measure {
        directory.apply(
          DirectoryDelta(
            version: DirectoryVersion(term: 1, number: number), startsAnew: false,
            entries: [entry(number, epoch: number)]))
        _ = directory.nearestFirst()
      }
      quickest = min(quickest, one)
    }
    #expect(directory.nearestFirst().count == Int(count))
    print("\(count) virtual servers: all ordered in \(all), one moved in \(quickest)")
    #expect(quickest < all / 10)
  }
}
