import Protocol
import SearchModel

/// Why a virtual server process does not start or go on.
public enum VirtualServerError: Error, Hashable, Sendable {
  /// There is no identity in the folder. Register the machine first.
  case notRegistered(folder: String)
  /// The identity is not a node's.
  case notANode(folder: String)
  case identity(folder: String, reason: String)
  case folder(path: String, reason: String)
  /// Nothing can listen where it should.
  case address(ServerStartError)
  case engine(EngineError)
  /// The index was found damaged while it was in use. The next start throws it away, and the nodes
  /// publish anew.
  case damaged(EngineError)
}

extension VirtualServerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notRegistered(let folder):
      "There is no identity in \(folder). Register this machine first: nearfind register"
    case .notANode(let folder): "The identity in \(folder) is not that of a node."
    case .identity(let folder, let reason): "The identity in \(folder) cannot be used: \(reason)"
    case .folder(let path, let reason):
      "The folder \(path) cannot be used: \(reason). Choose another with --data."
    case .address(let error): "\(error)"
    case .engine(let error): "\(error)"
    case .damaged(let error):
      "The group's index is damaged: \(error) It is thrown away and filled again by the group's nodes."
    }
  }
}
