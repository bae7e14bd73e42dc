import Placement
import RouterBands

/// The changes of one commit with the last word on each row only, in a fixed order, so that central
/// servers never wait for each other's rows in a circle.
struct ChangeSet: Sendable {
  private(set) var nodes: [NodeRow] = []
  private(set) var virtualServers: [VirtualServerRow] = []
  private(set) var removedGroups: [GroupID] = []
  private(set) var bands: [BandRow] = []
  private(set) var lastNumber: UInt64?

  init(_ changes: [RowChange]) {
    var nodes: [NodeID: NodeRow] = [:]
    var servers: [GroupID: VirtualServerRow?] = [:]
    var bands: [BandKey: BandRow] = [:]
    for change in changes {
      switch change {
      case .putNode(let row): nodes[row.node] = row
      case .putVirtualServer(let row): servers[row.group] = .some(row)
      case .removeVirtualServer(let group): servers[group] = .some(nil)
      case .putBand(let row): bands[row.key] = row
      case .putLastNumber(let number): lastNumber = max(lastNumber ?? 0, number)
      }
    }
    self.nodes = nodes.values.sorted { $0.node < $1.node }
    virtualServers = servers.values.compactMap { $0 }.sorted { $0.group < $1.group }
    removedGroups = servers.filter { $0.value == nil }.map(\.key).sorted()
    self.bands = bands.values.sorted { $0.key < $1.key }
  }
}
