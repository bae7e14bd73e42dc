import RouterBands

/// A node by the name in its certificate; never by what a message says.
public struct NodeID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) {
    self.name = name
  }

  public var description: String { name }

  public static func < (left: NodeID, right: NodeID) -> Bool { left.name < right.name }

  public init(from decoder: any Decoder) throws {
    name = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// A group through all its virtual servers: who is promoted takes over the group's number.
public struct GroupID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  public let number: UInt64

  public init(_ number: UInt64) {
    self.number = number
  }

  public var description: String { "g\(number)" }

  public static func < (left: GroupID, right: GroupID) -> Bool { left.number < right.number }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

/// The number of a grant of a lease. Every grant has a greater one than all before it, in whatever
/// group, so that two holders of one group's lease are never in doubt who is the later.
public struct Epoch: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  public let number: UInt64

  public init(_ number: UInt64) {
    self.number = number
  }

  public var description: String { "e\(number)" }

  public static func < (left: Epoch, right: Epoch) -> Bool { left.number < right.number }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

/// Where a virtual server listens.
public struct Endpoint: Hashable, Sendable, Codable, CustomStringConvertible {
  public var address: IPAddress
  public var port: UInt16

  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  public var description: String {
    switch address {
    case .ipv4: "\(address):\(port)"
    case .ipv6: "[\(address)]:\(port)"
    }
  }
}
