import Placement

/// `nearfind admin virtual-servers`: the groups and who serves them.
public struct VirtualServerListView: AdministrationView {
  public struct VirtualServer: Codable, Hashable, Sendable {
    public var group: UInt64
    public var band: String
    public var routerIP: String
    public var host: String
    /// Nil until its process has reported.
    public var serverIP: String?
    public var serverPort: UInt16?
    public var clientCount: Int
    public var limitCount: Int
    public var epoch: UInt64

    enum CodingKeys: String, CodingKey {
      case group, band, host, epoch
      case routerIP = "router_ip"
      case serverIP = "server_ip"
      case serverPort = "server_port"
      case clientCount = "client_count"
      case limitCount = "limit_count"
    }
  }

  /// By band, then by group.
  public var virtualServers: [VirtualServer]

  enum CodingKeys: String, CodingKey {
    case virtualServers = "virtual_servers"
  }

  public init(_ tables: Tables) {
    virtualServers = tables.virtualServers.values.map { row in
      VirtualServer(
        group: row.group.number, band: row.band.description, routerIP: row.routerAddress,
        host: row.host.name, serverIP: row.endpoint?.address.description,
        serverPort: row.endpoint?.port, clientCount: row.clientCount,
        limitCount: row.limitCount, epoch: row.epoch.number)
    }.sorted { ($0.band, $0.group) < ($1.band, $1.group) }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["group", "band", "host", "address", "clients", "limit", "epoch"],
      rows: virtualServers.map { server in
        [
          "g\(server.group)", server.band, server.host, Self.address(of: server),
          "\(server.clientCount)", "\(server.limitCount)", "e\(server.epoch)",
        ]
      })
  }

  private static func address(of server: VirtualServer) -> String {
    guard let address = server.serverIP, let port = server.serverPort else { return "starting" }
    return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
