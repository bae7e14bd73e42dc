import Placement
import Protocol
import RouterBands
import TestSupport
import Testing

@testable import CentralServer

/// The list of virtual servers in differences: whatever a node had, what it is told makes it the list.
@Suite("The list of virtual servers") struct DirectoryLogTests {
  private static func endpoint(_ port: UInt16) -> Placement.Endpoint {
    Placement.Endpoint(IPAddress("192.0.2.1")!, port: port)
  }

  private static func row(
    _ group: UInt64, epoch: UInt64 = 1, band: Int = 1, port: UInt16? = 1, clients: Int = 0
  ) -> VirtualServerRow {
    VirtualServerRow(
      group: GroupID(group), band: Samples.band(band).key, host: NodeID("node\(group)"),
      endpoint: port.map(endpoint), clientCount: clients, limitCount: 10, epoch: Epoch(epoch))
  }

  private static func band(_ number: Int, way: Int) -> BandRow {
    var row = Samples.band(number)
    row.path.hops.insert(Hop(.ipv4(IPv4Address(bits: 0x0A00_0000 + UInt32(way)))), at: 0)
    return row
  }

  /// What any node must come to have: the groups that listen, from the tables alone.
  private struct Oracle {
    var tables = Tables()

    mutating func apply(_ rows: [RowChange]) { for row in rows { tables.apply(row) } }

    func expectSame(_ directory: Directory, _ context: String) {
      let listening = tables.virtualServers.values.filter { $0.endpoint != nil }
      #expect(
        directory.entries.keys.sorted() == listening.map(\.group.number).sorted(), "\(context)")
      for row in listening {
        let entry = directory.entries[row.group.number]
        #expect(entry?.epoch == row.epoch.number, "\(context)")
        #expect(entry?.host == row.host.name, "\(context)")
        #expect(entry?.endpoint.port == row.endpoint?.port, "\(context)")
        #expect(entry?.band == row.band.description, "\(context)")
        let way = tables.bands[row.band]?.path.hops.map(\.address?.description) ?? []
        #expect(
          directory.bands[row.band.description]?.hops.map(\.address) == way, "\(context)")
      }
    }
  }

  private static func change(using generator: inout SeededGenerator) -> RowChange {
    let group = UInt64(generator.number(1...12))
    switch generator.number(0...9) {
    case 0...4:
      return .putVirtualServer(
        row(
          group, epoch: UInt64(generator.number(1...4)), band: generator.number(1...3),
          port: generator.happens(0.15) ? nil : UInt16(generator.number(1...3)),
          clients: generator.number(0...5)))
    case 5, 6: return .removeVirtualServer(GroupID(group))
    case 7: return .putNode(Samples.node("a"))
    case 8: return .putLastNumber(7)
    default:
      return .putBand(band(generator.number(1...3), way: generator.number(1...3)))
    }
  }

  /// Takes what there is, piece by piece.
  ///
  /// - Returns: how many pieces came.
  @discardableResult
  private func update(_ directory: inout Directory, from log: DirectoryLog, limit: Int) -> Int {
    var count = 0
    while let delta = log.delta(after: directory.version, limit: limit) {
      #expect(delta.entries.count + delta.removed.count <= limit)
      directory.apply(delta)
      count += 1
      #expect(count < 10_000)
      if !delta.hasMore { break }
    }
    #expect(log.delta(after: directory.version, limit: limit) == nil, "nothing is left to tell")
    return count
  }

  @Test(arguments: 0..<40)
  func anyNodeComesToTheSameList(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var oracle = Oracle()
    // Every band is known before a virtual server of it.
    let bands = (1...3).map { RowChange.putBand(Samples.band($0)) }
    oracle.apply(bands)
    for _ in 0..<generator.number(0...20) { oracle.apply([Self.change(using: &generator)]) }
    var log = DirectoryLog(term: 5, tables: oracle.tables)
    var nodes = [Directory](repeating: Directory(), count: 6)
    for step in 0..<300 {
      let rows = (0..<generator.number(1...4)).map { _ in Self.change(using: &generator) }
      log.apply(rows)
      oracle.apply(rows)
      // Some ask often, others after many changes.
      for (number, node) in nodes.enumerated() where generator.happens(1 / Double(1 << number)) {
        var node = node
        update(&node, from: log, limit: generator.number(1...7))
        oracle.expectSame(node, "seed \(seed), step \(step), node \(number)")
        nodes[number] = node
      }
      if generator.happens(0.02) { nodes[generator.number(0...5)] = Directory() }
    }
    #expect(log.count == oracle.tables.virtualServers.values.count { $0.endpoint != nil })
  }

  @Test func piecesSayThatThereIsMore() throws {
    var tables = Tables()
    for group in 1...7 { tables.apply(.putVirtualServer(Self.row(UInt64(group)))) }
    let log = DirectoryLog(term: 1, tables: tables)
    var directory = Directory()
    #expect(update(&directory, from: log, limit: 3) == 3)
    #expect(directory.entries.count == 7)
    let first = try #require(log.delta(after: .nothing, limit: 3))
    #expect(first.hasMore && first.startsAnew && first.entries.map(\.group) == [1, 2, 3])
    let second = try #require(log.delta(after: first.version, limit: 3))
    #expect(second.hasMore && !second.startsAnew && second.entries.map(\.group) == [4, 5, 6])
  }

  @Test func anotherTermBeginsAnew() throws {
    var tables = Tables()
    tables.apply(.putVirtualServer(Self.row(1)))
    let old = DirectoryLog(term: 1, tables: tables)
    var directory = Directory()
    update(&directory, from: old, limit: 10)
    tables.apply(.removeVirtualServer(GroupID(1)))
    tables.apply(.putVirtualServer(Self.row(2)))
    let new = DirectoryLog(term: 2, tables: tables)
    let delta = try #require(new.delta(after: directory.version, limit: 10))
    #expect(delta.startsAnew)
    directory.apply(delta)
    #expect(directory.entries.keys.sorted() == [2])
    // A number that was never given out is of who knows what.
    let impossible = DirectoryVersion(term: 2, number: 900)
    #expect(new.delta(after: impossible, limit: 10)?.startsAnew == true)
  }

  @Test func whatOthersCannotSeeIsNoChange() {
    var tables = Tables()
    tables.apply(.putBand(Samples.band(1)))
    tables.apply(.putVirtualServer(Self.row(1, clients: 1)))
    var log = DirectoryLog(term: 1, tables: tables)
    var directory = Directory()
    update(&directory, from: log, limit: 10)
    log.apply([.putVirtualServer(Self.row(1, clients: 9)), .putNode(Samples.node("b"))])
    // The same way, a little slower.
    var slower = Samples.band(1)
    slower.path.hops[0].roundTrip = .milliseconds(90)
    log.apply([.putBand(slower)])
    #expect(log.delta(after: directory.version, limit: 10) == nil)
    log.apply([.putBand(Self.band(1, way: 9))])
    #expect(log.delta(after: directory.version, limit: 10)?.bands.count == 1)
  }

  /// Who was away for longer than removals are remembered takes the whole list.
  @Test func removalsAreForgottenInTheEnd() throws {
    let kept: UInt64 = 100
    var log = DirectoryLog(term: 1, tables: Tables(), removalsKept: Int(kept))
    log.apply([.putVirtualServer(Self.row(1)), .putVirtualServer(Self.row(2))])
    var away = Directory()
    update(&away, from: log, limit: 10)
    log.apply([.removeVirtualServer(GroupID(2))])
    var recent = Directory()
    for number in 10...(10 + kept) {
      log.apply([.putVirtualServer(Self.row(number))])
      if number == 10 + kept { break }
      log.apply([.removeVirtualServer(GroupID(number))])
    }
    update(&recent, from: log, limit: 100_000)
    let delta = try #require(log.delta(after: away.version, limit: 100_000))
    #expect(delta.startsAnew)
    away.apply(delta)
    #expect(away.entries == recent.entries)
    #expect(away.entries[2] == nil)
  }
}
