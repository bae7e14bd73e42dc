import Foundation
import Protocol
public import SearchModel

/// Which network this machine's node has joined and as whom: what the certificate does not say, kept
/// beside it.
public struct NetworkMembership: Hashable, Sendable, Codable {
  /// Not empty; in the order to try them.
  public var centralServers: [CentralAddress]
  public var userSerialID: Int64
  public var userid: String
  /// The node's name, as its certificate says it.
  public var node: String

  public init(
    centralServers: [CentralAddress], userSerialID: Int64, userid: String, node: String
  ) {
    self.centralServers = centralServers
    self.userSerialID = userSerialID
    self.userid = userid
    self.node = node
  }

  /// Whose the records are that the node publishes.
  public var owner: Owner { Owner(userSerialID: userSerialID, userID: userid) }

  /// - Returns: nil where the machine has joined no network.
  /// - Throws: ``NetworkMembershipError``.
  public static func load(
    from folder: NetworkFolder
  ) throws(NetworkMembershipError) -> NetworkMembership? {
    guard let data = FileManager.default.contents(atPath: folder.membershipPath) else {
      guard access(folder.membershipPath, F_OK) == 0 else { return nil }
      throw .unreadable(path: folder.membershipPath)
    }
    let membership: NetworkMembership
    do {
      membership = try BoundedJSON.decode(from: data)
    } catch {
      throw .damaged(path: folder.membershipPath, reason: "\(error)")
    }
    guard !membership.centralServers.isEmpty else {
      throw .damaged(path: folder.membershipPath, reason: "it names no central server")
    }
    return membership
  }

  /// Replaces what was there, whole or not at all.
  public func store(in folder: NetworkFolder) throws(NetworkMembershipError) {
    do {
      let text = try BoundedJSON.encode(self)
      try Data(text).write(to: URL(fileURLWithPath: folder.membershipPath), options: .atomic)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: folder.membershipPath)
    } catch {
      throw .unwritable(path: folder.membershipPath, reason: error.localizedDescription)
    }
  }
}

/// Where a node keeps what it needs in a network, below its data directory.
public struct NetworkFolder: Hashable, Sendable {
  /// The data directory, readable by nobody but its owner.
  public let path: String

  public init(dataDirectory path: String) {
    self.path = path
  }

  /// For ``Protocol/IdentityFolder``.
  public var identityPath: String { path + "/identity" }
  /// The index of the group that this machine serves, if it does.
  public var groupPath: String { path + "/group" }
  var membershipPath: String { path + "/network.json" }
  var incarnationPath: String { path + "/incarnation" }
}

/// Why it cannot be said which network the machine belongs to.
public enum NetworkMembershipError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String)
  /// Remove the file and log in again.
  case damaged(path: String, reason: String)
  case unwritable(path: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path) cannot be read. See that this user may read it."
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason) Remove it and log in again: nearfind login CENTRAL"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}
