/// Why the central server does not place a node now, told apart by what the node can do.
public enum PlacementRefusal: Error, Hashable, Sendable {
  /// Ask the one that leads; nil while nobody is known to: ask again in a moment.
  case notLeading(Leader?)
  /// The message says what no node of this version says.
  case malformed(String)
  /// Too many nodes ask for a place at once: ask again in some seconds.
  case overloaded
  /// Nothing could be stored, and so nothing was promised. The operator can do something.
  case store(CentralStoreError)
}

extension PlacementRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notLeading(let leader?): "Nodes are placed by the central server at \(leader.address)."
    case .notLeading(nil): "No central server places nodes just now."
    case .malformed(let reason): reason
    case .overloaded: "More nodes ask for a place at once than can be answered."
    case .store(let error): error.description
    }
  }
}
