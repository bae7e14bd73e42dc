import Foundation

/// Whose certificates count no more, although they have not expired.
///
/// An entry covers the certificates issued up to its time, so that who is admitted again needs only
/// a new one. Entries older than a certificate lives say nothing and are dropped: the list is bounded
/// by the revocations of one day.
public struct RevocationList: Hashable, Sendable, Codable {
  /// Grows with every change. Of two lists the one with the greater revision is the newer.
  public private(set) var revision: UInt64
  private var users: [String: Date]
  private var nodes: [String: [String: Date]]
  /// Nodes by their own names, whoever's they are.
  private var namedNodes: [String: Date]

  /// A list with nobody on it.
  public init(revision: UInt64 = 0) {
    self.revision = revision
    users = [:]
    nodes = [:]
    namedNodes = [:]
  }

  init(revision: UInt64, users: [String: Date], namedNodes: [String: Date]) {
    self.revision = revision
    self.users = users
    nodes = [:]
    self.namedNodes = namedNodes
  }

  public var count: Int {
    users.count + namedNodes.count + nodes.values.reduce(0) { $0 + $1.count }
  }

  /// Revokes what the user's nodes hold, all of it issued at `time` or before.
  public mutating func revoke(user: PeerName, at time: Date) {
    users[user.text] = max(time, users[user.text] ?? time)
    revision += 1
  }

  /// Revokes what the node holds, issued at `time` or before.
  public mutating func revoke(node: NodeIdentity, at time: Date) {
    let former = nodes[node.user.text]?[node.node.text] ?? time
    nodes[node.user.text, default: [:]][node.node.text] = max(time, former)
    revision += 1
  }

  /// Drops what covers only certificates that have expired at `time` anyway.
  public mutating func prune(at time: Date) {
    let oldest = time.addingTimeInterval(-CertificateLifetime.whole)
    let before = count
    users = users.filter { $0.value >= oldest }
    namedNodes = namedNodes.filter { $0.value >= oldest }
    nodes = nodes.compactMapValues { entries in
      let kept = entries.filter { $0.value >= oldest }
      return kept.isEmpty ? nil : kept
    }
    if count != before { revision += 1 }
  }

  public func covers(_ certificate: PeerCertificate) -> Bool {
    guard case .node(let identity) = certificate.identity else { return false }
    // A certificate carries whole seconds; a revocation within the same second covers it.
    let issued = certificate.issued
    if let time = users[identity.user.text], issued <= time { return true }
    if let time = namedNodes[identity.node.text], issued <= time { return true }
    if let time = nodes[identity.user.text]?[identity.node.text], issued <= time { return true }
    return false
  }
}
