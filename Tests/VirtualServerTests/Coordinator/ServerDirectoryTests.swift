import Cascade
import Protocol
import RouterBands
import Testing

@testable import VirtualServer

/// Which virtual servers a coordinator knows, and in what order it would ask them.
@Suite struct ServerDirectoryTests {
  private static func entry(
    _ group: UInt64, band: String = "r:10.0.0.1", host: String? = nil, port: UInt16? = nil,
    epoch: UInt64 = 1
  ) -> DirectoryEntry {
    DirectoryEntry(
      group: group, epoch: epoch, host: host ?? "node\(group)",
      endpoint: NetworkEndpoint(address: "192.0.2.1", port: port ?? UInt16(group)), band: band)
  }

  private static func band(_ key: String, _ hops: [(String, Double?)]) -> DirectoryBand {
    DirectoryBand(
      key: key,
      hops: hops.map { BandInformation.Hop(address: $0, roundTripTime: $1) })
  }

  private static func directory(
    _ entries: [DirectoryEntry], _ bands: [DirectoryBand] = []
  ) -> ServerDirectory {
    var directory = ServerDirectory(host: "node1")
    directory.ownGroup = 1
    directory.apply(
      DirectoryDelta(
        version: DirectoryVersion(term: 1, number: 1), startsAnew: true, entries: entries,
        bands: bands))
    return directory
  }

  private func order(_ directory: ServerDirectory) -> [UInt64] {
    var directory = directory
    return directory.nearestFirst().map(\.identifier.number)
  }

  @Test func nobodyBeforeAGroupIsServed() {
    var directory = ServerDirectory(host: "node1")
    #expect(directory.nearestFirst().isEmpty)
    directory.ownGroup = 7
    #expect(order(directory) == [7])
    #expect(directory.ownBand == nil)
  }

  @Test func ownGroupThenBandThenByWay() {
    let bands = [
      Self.band("r:10.0.0.1", [("10.1.0.1", 0.001), ("10.0.0.1", 0.002)]),
      Self.band("r:10.0.0.2", [("10.1.0.1", 0.001), ("10.0.0.2", 0.004)]),
      Self.band("r:10.0.0.3", [("10.1.0.1", 0.001), ("10.2.0.1", 0.050), ("10.0.0.3", 0.060)]),
    ]
    let directory = Self.directory(
      [
        Self.entry(5, band: "r:10.0.0.3"), Self.entry(4, band: "r:10.0.0.2"), Self.entry(3),
        Self.entry(2), Self.entry(1), Self.entry(6, band: "never heard of"),
      ], bands)
    #expect(order(directory) == [1, 2, 3, 4, 5, 6])
    var copy = directory
    let relations = copy.nearestFirst().map(\.nearness.relation)
    #expect(relations == [.ownGroup, .sameBand, .sameBand, .otherBand, .otherBand, .otherBand])
  }

  /// Who is far by the routers and near by the clock is near.
  @Test func whatIsMeasuredCounts() {
    let bands = [
      Self.band("r:10.0.0.1", [("10.0.0.1", 0.002)]),
      Self.band("b", [("10.0.0.1", 0.002), ("10.0.0.2", 0.010)]),
      Self.band("c", [("10.0.0.1", 0.002), ("10.0.0.3", 0.080)]),
    ]
    var directory = Self.directory(
      [Self.entry(1), Self.entry(2, band: "b"), Self.entry(3, band: "c")], bands)
    #expect(order(directory) == [1, 2, 3])
    directory.note(roundTrip: .milliseconds(1), of: ServerIdentifier(3))
    #expect(order(directory) == [1, 3, 2])
    // The smallest counts: a busy moment makes nobody far.
    directory.note(roundTrip: .seconds(1), of: ServerIdentifier(3))
    #expect(order(directory) == [1, 3, 2])
    directory.note(roundTrip: .microseconds(100), of: ServerIdentifier(2))
    #expect(order(directory) == [1, 2, 3])
  }

  @Test func noiseBelowATenthReordersNobody() {
    var directory = Self.directory([Self.entry(1), Self.entry(2), Self.entry(3)])
    directory.note(roundTrip: .microseconds(10_000), of: ServerIdentifier(2))
    directory.note(roundTrip: .microseconds(9_990), of: ServerIdentifier(3))
    #expect(order(directory) == [1, 2, 3])
  }

  @Test func theOwnMachineIsNobodyElse() {
    var directory = Self.directory([
      Self.entry(1), Self.entry(2), Self.entry(9, host: "node1", port: 999),
    ])
    #expect(order(directory) == [1, 2])
    #expect(directory.entry(of: ServerIdentifier(1)) == nil)
    directory.note(roundTrip: .milliseconds(1), of: ServerIdentifier(1))
    directory.note(roundTrip: .milliseconds(1), of: ServerIdentifier(44))
    #expect(order(directory) == [1, 2])
  }

  /// Two groups at one address are one process, and the later lease is its own.
  @Test func anAddressCountsOnce() {
    for entries in [
      [Self.entry(2, port: 5, epoch: 3), Self.entry(3, port: 5, epoch: 9)],
      [Self.entry(3, port: 5, epoch: 9), Self.entry(2, port: 5, epoch: 3)],
    ] {
      #expect(order(Self.directory([Self.entry(1)] + entries)) == [1, 3])
    }
  }

  @Test func wayTimesThatCannotBeAreNotBelieved() {
    let bands = [
      Self.band("r:10.0.0.1", [("10.0.0.1", 0.002)]),
      Self.band("b", [("10.0.0.1", .nan), ("10.0.0.2", -5)]),
      Self.band("c", [("no address", .infinity), ("10.0.0.3", 1e300)]),
    ]
    let directory = Self.directory(
      [Self.entry(1), Self.entry(2, band: "b"), Self.entry(3, band: "c")], bands)
    #expect(Set(order(directory)) == [1, 2, 3])
  }

  @Test func whatIsRemovedIsForgottenWithItsTimes() {
    var directory = Self.directory([Self.entry(1), Self.entry(2), Self.entry(3)])
    directory.note(roundTrip: .milliseconds(5), of: ServerIdentifier(2))
    directory.note(roundTrip: .milliseconds(9), of: ServerIdentifier(3))
    #expect(order(directory) == [1, 2, 3])
    directory.apply(
      DirectoryDelta(
        version: DirectoryVersion(term: 1, number: 2), startsAnew: false, removed: [3]))
    #expect(order(directory) == [1, 2])
    directory.apply(
      DirectoryDelta(
        version: DirectoryVersion(term: 1, number: 3), startsAnew: false,
        entries: [Self.entry(3)]))
    // Of one's own band and not measured: taken for next door.
    #expect(order(directory) == [1, 3, 2])
  }

  @Test func anotherOwnGroupIsAnotherOrder() {
    var directory = Self.directory([Self.entry(1), Self.entry(2), Self.entry(3)])
    #expect(order(directory) == [1, 2, 3])
    directory.ownGroup = 2
    #expect(directory.nearestFirst().map(\.identifier.number).first == 2)
  }
}
