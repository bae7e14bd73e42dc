import TestSupport
import Testing

@testable import Protocol

/// The list of virtual servers as a node has it.
@Suite struct DirectoryTests {
  private static func entry(_ group: UInt64, band: String = "a") -> DirectoryEntry {
    DirectoryEntry(
      group: group, epoch: 1, host: "node\(group)",
      endpoint: NetworkEndpoint(address: "192.0.2.1", port: 1), band: band)
  }

  private static func delta(
    _ number: UInt64, anew: Bool = false, _ entries: [DirectoryEntry] = [],
    removed: [UInt64] = [], bands: [String] = []
  ) -> DirectoryDelta {
    DirectoryDelta(
      version: DirectoryVersion(term: 1, number: number), startsAnew: anew, entries: entries,
      removed: removed, bands: bands.map { DirectoryBand(key: $0, hops: []) })
  }

  @Test func differencesAddUp() {
    var directory = Directory()
    #expect(directory.version == .nothing)
    directory.apply(Self.delta(3, [Self.entry(1), Self.entry(2)], bands: ["a"]))
    directory.apply(Self.delta(5, [Self.entry(2, band: "b")], removed: [1, 9], bands: ["b"]))
    #expect(directory.entries == [2: Self.entry(2, band: "b")])
    #expect(directory.version == DirectoryVersion(term: 1, number: 5))
    #expect(directory.bands.keys.sorted() == ["a", "b"])
    directory.apply(Self.delta(1, anew: true, [Self.entry(7)]))
    #expect(directory.entries.keys.sorted() == [7])
    #expect(directory.bands.isEmpty)
  }

  /// A group that is removed and comes back in one difference is told once, the way it ended.
  @Test func removalWinsWithinOneDifference() {
    var directory = Directory()
    directory.apply(Self.delta(1, [Self.entry(1)], removed: [1]))
    #expect(directory.entries.isEmpty)
  }

  @Test func bandsOfNobodyAreDroppedInTheEnd() {
    var directory = Directory()
    for number in 0..<40 {
      directory.apply(
        Self.delta(UInt64(number), [Self.entry(1, band: "\(number)")], bands: ["\(number)"]))
    }
    #expect(directory.bands.count <= 18)
    #expect(directory.bands["39"] != nil)
  }

  @Test(arguments: [1, 2, 3, 10, 50])
  func piecesMakeTheWhole(count: Int) {
    var directory = Directory()
    let entries = (1...10).map { Self.entry(UInt64($0), band: "\($0 % 3)") }
    directory.apply(Self.delta(8, entries, bands: ["0", "1", "2", "unused"]))
    var copy = Directory()
    copy.apply(Self.delta(99, [Self.entry(77)]))
    let pieces = directory.deltas(of: count)
    for (number, piece) in pieces.enumerated() {
      #expect(piece.hasMore == (number < pieces.count - 1))
      #expect(piece.startsAnew == (number == 0))
      copy.apply(piece)
    }
    #expect(copy.entries == directory.entries && copy.version == directory.version)
    #expect(copy.bands.keys.sorted() == ["0", "1", "2"])
    var empty = Directory()
    empty.apply(Self.delta(9, [Self.entry(1)]))
    for piece in Directory().deltas(of: count) { empty.apply(piece) }
    #expect(empty == Directory())
  }
}
