import Placement

/// `nearfind admin users nodes`: the nodes that a user registered.
public struct NodeListView: AdministrationView {
  public struct Node: Codable, Hashable, Sendable {
    public var node: String
    public var userSerialID: Int64
    /// Milliseconds since 1970, as all times here.
    public var created: Int64
    public var revoked: Int64?
    /// When the last of its certificates expires; nil if it has none.
    public var certificateExpires: Int64?

    enum CodingKeys: String, CodingKey {
      case node, created, revoked
      case userSerialID = "user_serial_id"
      case certificateExpires = "certificate_expires"
    }
  }

  public var nodes: [Node]

  public init(_ nodes: [NodeCredential]) {
    self.nodes = nodes.map { node in
      Node(
        node: node.node.name, userSerialID: node.user.number, created: node.created.milliseconds,
        revoked: node.revoked?.milliseconds,
        certificateExpires: node.certificates.last?.expires.milliseconds)
    }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["node", "registered", "certificate until", "state"],
      rows: nodes.map { node in
        [
          node.node, AdministrationTime.text(node.created),
          node.certificateExpires.map(AdministrationTime.text) ?? "",
          node.revoked == nil ? "trusted" : "revoked",
        ]
      })
  }
}
