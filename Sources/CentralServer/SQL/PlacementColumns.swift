import Foundation
import Placement
import RouterBands

/// The keys of bands that were read already.
struct BandKeys {
  private var known: [String: BandKey] = [:]

  mutating func key(_ text: String) throws -> BandKey {
    if let key = known[text] { return key }
    guard let key = BandKey(text) else { throw Unreadable("band's key", text) }
    known[text] = key
    return key
  }
}

/// The table `nodes`.
enum NodeColumns {
  static let list =
    "node, limit_count, started, band, group_number, presence, incarnation, last_seen"

  static let upsert = SQLUpsert(table: "nodes", key: "node", columns: list)

  static func values(_ row: NodeRow) -> [SQLValue] {
    [
      .key(row.node.name), .integer(row.environment.limitCount),
      .integer(row.environment.startedAt.milliseconds), .text(row.band.description),
      .bits(row.group?.number), .text(row.presence.rawValue),
      .bits(row.incarnation), .integer(row.lastSeen.milliseconds),
    ]
  }

  static func read(_ row: any SQLRow, _ keys: inout BandKeys) throws -> NodeRow {
    let text = try row.text(5)
    guard let presence = NodeRow.Presence(rawValue: text) else {
      throw Unreadable("presence", text)
    }
    return NodeRow(
      node: NodeID(try row.text(0)),
      environment: Environment(
        limitCount: Int(try row.integer(1)),
        startedAt: Moment(milliseconds: try row.integer(2))),
      band: try keys.key(try row.text(3)),
      group: try row.optionalInteger(4).map { GroupID(UInt64(bitPattern: $0)) },
      presence: presence, incarnation: try row.bits(6),
      lastSeen: Moment(milliseconds: try row.integer(7)))
  }
}

/// The table `virtual_servers`.
enum ServerColumns {
  static let list =
    "group_number, server_ip, server_port, router_ip, client_count, limit_count, band, host, epoch"

  static let upsert = SQLUpsert(table: "virtual_servers", key: "group_number", columns: list)

  static func values(_ row: VirtualServerRow) -> [SQLValue] {
    [
      .bits(row.group.number), .text(row.endpoint?.address.description),
      .integer(row.endpoint.map { Int64($0.port) }), .text(row.routerAddress),
      .integer(row.clientCount), .integer(row.limitCount), .text(row.band.description),
      .key(row.host.name), .bits(row.epoch.number),
    ]
  }

  static func read(_ row: any SQLRow, _ keys: inout BandKeys) throws -> VirtualServerRow {
    VirtualServerRow(
      group: GroupID(try row.bits(0)), band: try keys.key(try row.text(6)),
      host: NodeID(try row.text(7)), endpoint: try endpoint(row),
      clientCount: Int(try row.integer(4)), limitCount: Int(try row.integer(5)),
      epoch: Epoch(try row.bits(8)))
  }

  private static func endpoint(_ row: any SQLRow) throws -> Endpoint? {
    guard let text = try row.optionalText(1) else { return nil }
    guard let address = IPAddress(text) else { throw Unreadable("address", text) }
    let number = try row.integer(2)
    guard let port = UInt16(exactly: number) else { throw Unreadable("port", number) }
    return Endpoint(address, port: port)
  }
}

/// The table `router_bands`.
enum BandColumns {
  static let list = "band, router_path"

  /// - Parameter rows: at most one of each key.
  static func put(_ rows: [BandRow], _ session: any SQLSession) throws {
    guard !rows.isEmpty else { return }
    // Looked for once: it takes a walk through all bands.
    let last = try session.first("SELECT coalesce(max(place), 0) FROM router_bands") {
      try $0.integer(0)
    }
    for (offset, row) in rows.enumerated() {
      try put(row, place: (last ?? 0) + Int64(offset) + 1, session)
    }
  }

  private static func put(_ row: BandRow, place: Int64, _ session: any SQLSession) throws {
    let path = String(decoding: try JSONEncoder().encode(row.path), as: UTF8.self)
    // A band keeps its place: what was learned first settles the tree of routers.
    try session.execute(
      """
      INSERT INTO router_bands (band, router_ip, router_path, place)
      VALUES (?, ?, ?, ?)
      ON CONFLICT (band) DO UPDATE
      SET router_ip = excluded.router_ip, router_path = excluded.router_path
      """,
      [
        .key(row.key.description), .text(row.key.routerAddress), .text(path), .integer(place),
      ])
  }

  static func read(_ row: any SQLRow) throws -> BandRow {
    let text = try row.text(0)
    guard let key = BandKey(text) else { throw Unreadable("band's key", text) }
    let path = try row.text(1)
    guard let hops = try? JSONDecoder().decode(RouterPath.self, from: Data(path.utf8)) else {
      throw Unreadable("router path", path)
    }
    return BandRow(key: key, path: hops)
  }
}

/// Puts rows into a table, in the place of those with the same key.
struct SQLUpsert: Sendable {
  private let head: String
  private let row: String
  private let tail: String

  init(table: String, key: String, columns list: String) {
    let columns = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    head = "INSERT INTO \(table) (\(list)) VALUES "
    row = "(" + columns.map { _ in "?" }.joined(separator: ", ") + ")"
    tail =
      " ON CONFLICT (\(key)) DO UPDATE SET "
      + columns.filter { $0 != key }.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
  }

  /// - Parameter rows: at most one of each key.
  func run(_ rows: [[SQLValue]], _ session: any SQLSession) throws {
    var rest = rows[...]
    // Few different statements, so that each stays prepared; many rows in one, so that a large
    // commit is few ways to the database and back.
    for count in [64, 8, 1] {
      let sql = head + Array(repeating: row, count: count).joined(separator: ", ") + tail
      while rest.count >= count {
        try session.execute(sql, rest.prefix(count).flatMap { $0 })
        rest = rest.dropFirst(count)
      }
    }
  }
}
