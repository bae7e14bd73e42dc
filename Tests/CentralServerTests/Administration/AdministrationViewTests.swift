import Foundation
import Placement
import RouterBands
import Testing

@testable import CentralServer

@Suite("The operator's views") struct AdministrationViewTests {
  @Test func usersWithTheirNodes() throws {
    let identifier = try UserIdentifier("Alice")
    let users = [
      User(
        serial: UserSerial(1), identifier: identifier, profile: UserProfile(displayName: "A"),
        created: Samples.now),
      User(
        serial: UserSerial(2), identifier: try UserIdentifier("bob"), profile: UserProfile(),
        created: Samples.now, disabled: Samples.now),
    ]
    let nodes = [nil, Samples.now].map { revoked in
      NodeCredential(
        node: NodeID("n"), user: UserSerial(1), created: Samples.now, revoked: revoked,
        certificates: [])
    }
    let view = UserListView(users: users, nodes: nodes)
    #expect(
      view.table.rows == [
        ["1", "Alice", "A", "1", "enabled"], ["2", "bob", "", "0", "disabled"],
      ])
    let text = try Self.json(view)
    #expect(text.contains("\"user_serial_id\":1") && text.contains("\"userid\":\"Alice\""))
    #expect(!text.contains("verifier") && !text.contains("scrypt"))
  }

  @Test func bandsAndVirtualServers() throws {
    var tables = Tables()
    var starting = Samples.server(9, host: "z")
    starting.endpoint = nil
    for change: RowChange in [
      .putBand(Samples.band(1)), .putBand(BandRow(key: .named("lab"))),
      .putVirtualServer(Samples.server(7, host: "a", clients: 1)), .putVirtualServer(starting),
      .putNode(Samples.node("a", group: 7)), .putNode(Samples.node("b", group: 7)),
    ] {
      tables.apply(change)
    }
    #expect(
      BandListView(tables).table.rows == [
        ["m:lab", "0", "0", ""],
        ["r:198.18.0.1", "2", "2", "198.17.0.1 * 198.18.0.1"],
      ])
    let servers = VirtualServerListView(tables)
    #expect(
      servers.table.rows == [
        ["g7", "r:198.18.0.1", "a", "[2001:db8::1]:65535", "1", "10", "e7"],
        ["g9", "r:198.18.0.1", "z", "starting", "0", "10", "e9"],
      ])
    let text = try Self.json(servers)
    for column in ["server_ip", "server_port", "router_ip", "client_count", "limit_count"] {
      #expect(text.contains("\"\(column)\":"), "\(column)")
    }
    #expect(
      try JSONDecoder().decode(VirtualServerListView.self, from: Data(text.utf8)) == servers)
    #expect(servers.table.rows.allSatisfy { $0.count == servers.table.headings.count })
  }

  @Test func overridesInTheOrderOfTheirRanges() throws {
    let names = ["10.0.0.0/8": "wide", "10.0.0.0/16": "narrow", "9.0.0.0/8": "first"]
    let view = OverrideListView(
      Dictionary(uniqueKeysWithValues: names.map { (IPPrefix($0.key)!, $0.value) }))
    #expect(
      view.table.rows == [
        ["9.0.0.0/8", "m:first"], ["10.0.0.0/8", "m:wide"], ["10.0.0.0/16", "m:narrow"],
      ])
  }

  private static func json(_ view: some AdministrationView) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(view), as: UTF8.self)
  }
}
