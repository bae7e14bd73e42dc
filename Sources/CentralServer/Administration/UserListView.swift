import Placement

/// `nearfind admin users`: who is registered.
public struct UserListView: AdministrationView {
  public struct User: Codable, Hashable, Sendable {
    public var userSerialID: Int64
    public var userid: String
    public var displayName: String
    /// Milliseconds since 1970.
    public var created: Int64
    public var disabled: Int64?
    /// How many nodes that are not revoked.
    public var nodeCount: Int

    enum CodingKeys: String, CodingKey {
      case userSerialID = "user_serial_id"
      case userid, created, disabled
      case displayName = "display_name"
      case nodeCount = "node_count"
    }
  }

  public var users: [User]

  /// - Parameter nodes: of all these users.
  public init(users: [CentralServer.User], nodes: [NodeCredential]) {
    let counts = nodes.reduce(into: [UserSerial: Int]()) { counts, node in
      if node.revoked == nil { counts[node.user, default: 0] += 1 }
    }
    self.users = users.map { user in
      User(
        userSerialID: user.serial.number, userid: user.identifier.name,
        displayName: user.profile.displayName, created: user.created.milliseconds,
        disabled: user.disabled?.milliseconds, nodeCount: counts[user.serial] ?? 0)
    }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["number", "user", "name", "nodes", "state"],
      rows: users.map { user in
        [
          "\(user.userSerialID)", user.userid, user.displayName, "\(user.nodeCount)",
          user.disabled == nil ? "enabled" : "disabled",
        ]
      })
  }
}
