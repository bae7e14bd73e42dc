import Placement
import RouterBands

/// `nearfind admin bands`: the router bands, the way to each and who is in it.
public struct BandListView: AdministrationView {
  public struct Band: Codable, Hashable, Sendable {
    public var band: String
    public var routerIP: String
    /// The routers on the way, the central server's neighbour first; `*` for a silent one.
    public var routerPath: [String]
    public var groupCount: Int
    /// The present nodes.
    public var nodeCount: Int

    enum CodingKeys: String, CodingKey {
      case band
      case routerIP = "router_ip"
      case routerPath = "router_path"
      case groupCount = "group_count"
      case nodeCount = "node_count"
    }
  }

  /// By key.
  public var bands: [Band]

  public init(_ tables: Tables) {
    var groups: [BandKey: Int] = [:]
    for server in tables.virtualServers.values { groups[server.band, default: 0] += 1 }
    var nodes: [BandKey: Int] = [:]
    for node in tables.nodes.values where node.presence == .present {
      nodes[node.band, default: 0] += 1
    }
    bands = tables.bands.values.map { row in
      Band(
        band: row.key.description, routerIP: row.key.routerAddress,
        routerPath: row.path.hops.map(\.description), groupCount: groups[row.key] ?? 0,
        nodeCount: nodes[row.key] ?? 0)
    }.sorted { $0.band < $1.band }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["band", "groups", "nodes", "path"],
      rows: bands.map { band in
        [
          band.band, "\(band.groupCount)", "\(band.nodeCount)",
          band.routerPath.joined(separator: " "),
        ]
      })
  }
}
