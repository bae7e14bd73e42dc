/// Who stands at the other end of a connection, as its certificate says.
///
/// Written into certificates as a URI: `nearfind://central-server`, or
/// `nearfind://node/<user>/<node>` with every byte outside `A-Z a-z 0-9 - . _ ~` as `%` and two
/// upper-case digits. There is exactly one way to write an identity, and only that one is read.
public enum PeerIdentity: Hashable, Sendable {
  case centralServer
  case node(NodeIdentity)

  /// The URI of the certificate's subject alternative name.
  public var uri: String {
    switch self {
    case .centralServer: Self.centralURI
    case .node(let node):
      Self.nodePrefix + Self.escaped(node.user.text) + "/" + Self.escaped(node.node.text)
    }
  }

  /// - Returns: nil unless `uri` is what ``uri`` of some identity is, byte for byte.
  public init?(uri: String) {
    // Nothing longer can be an identity: both names, every byte escaped.
    guard uri.utf8.count <= Self.nodePrefix.utf8.count + 6 * PeerName.longestByteCount + 1 else {
      return nil
    }
    if uri.utf8.elementsEqual(Self.centralURI.utf8) {
      self = .centralServer
      return
    }
    guard uri.utf8.starts(with: Self.nodePrefix.utf8) else { return nil }
    let parts = uri.utf8.dropFirst(Self.nodePrefix.utf8.count)
      .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2,
      let userText = Self.unescaped(parts[0]), let nodeText = Self.unescaped(parts[1]),
      let user = try? PeerName(userText), let node = try? PeerName(nodeText)
    else { return nil }
    let identity = PeerIdentity.node(NodeIdentity(user: user, node: node))
    guard identity.uri.utf8.elementsEqual(uri.utf8) else { return nil }
    self = identity
  }

  private static let centralURI = "nearfind://central-server"
  private static let nodePrefix = "nearfind://node/"
  private static let plain = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if plain.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func unescaped(_ text: some Collection<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digits.firstIndex(of:)),
        let low = rest.popFirst().flatMap(digits.firstIndex(of:))
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension PeerIdentity: CustomStringConvertible {
  public var description: String {
    switch self {
    case .centralServer: "the central server"
    case .node(let node): node.description
    }
  }
}

/// A node by its user's name and its own.
public struct NodeIdentity: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let user: PeerName
  public let node: PeerName

  public init(user: PeerName, node: PeerName) {
    self.user = user
    self.node = node
  }

  public var description: String { "\(user)/\(node)" }

  public static func < (left: NodeIdentity, right: NodeIdentity) -> Bool {
    (left.user, left.node) < (right.user, right.node)
  }
}

/// Whom one means to talk to.
public enum ExpectedPeer: Hashable, Sendable, CustomStringConvertible {
  case centralServer
  case node(NodeIdentity)
  /// A node by its own name, whoever's it is: the central server gives no name twice.
  case nodeNamed(PeerName)
  case anyNode
  /// Whoever the authority vouches for.
  case anyone

  public func includes(_ identity: PeerIdentity) -> Bool {
    switch (self, identity) {
    case (.anyone, _), (.centralServer, .centralServer), (.anyNode, .node): true
    case (.node(let expected), .node(let found)): expected == found
    case (.nodeNamed(let name), .node(let found)): name == found.node
    default: false
    }
  }

  public var description: String {
    switch self {
    case .centralServer: "the central server"
    case .node(let node): "the node \(node)"
    case .nodeNamed(let name): "the node \(name)"
    case .anyNode: "a node"
    case .anyone: "any peer"
    }
  }
}
