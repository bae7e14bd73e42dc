import Placement
import RouterBands

/// A node as it is to behave, without anything around it.
struct SimulatedNode {
  let id: NodeID
  var isAlive = false
  var incarnation: UInt64 = 0
  var sequence: UInt64 = 0
  var hasJoined = false
  var band: Int
  var limitCount: Int
  /// How fast its clock runs.
  let clockRate: Double
  var isCutOff = false
  /// Milliseconds on the central server's clock.
  var startedAt: Int64 = 0

  enum Role: Equatable {
    case seeking
    case serving(GroupID, Epoch)
    case attached(GroupID, Epoch, host: NodeID)
  }
  var role = Role.seeking
  /// Until when it takes records, in real time.
  var leaseEnd = 0.0
  /// The real time at which each report was sent.
  var sent: [UInt64: Double] = [:]
  var clients: [NodeID: UInt64] = [:]
  var membership: UInt64 = 0
  /// Whom it names as having all of its index too; perhaps somebody who is no client any more.
  var standby: NodeID?

  init(name: String, band: Int, limitCount: Int, clockRate: Double = 1) {
    id = NodeID(name)
    self.band = band
    self.limitCount = limitCount
    self.clockRate = clockRate
  }

  var bandRow: BandRow {
    let router = IPv4Address(bits: 0xC612_0000 + UInt32(band) * 256 + 1)
    return BandRow(key: .router(router), path: RouterPath([Hop(.ipv4(router))]))
  }

  var environment: Environment {
    Environment(limitCount: limitCount, startedAt: Moment(milliseconds: startedAt))
  }

  mutating func start() {
    isAlive = true
    incarnation += 1
    hasJoined = false
    forgetRole()
  }

  mutating func crash() {
    isAlive = false
    forgetRole()
  }

  private mutating func forgetRole() {
    role = .seeking
    leaseEnd = 0
    clients = [:]
    membership = 0
    standby = nil
    sent = [:]
  }

  /// The next report; `missing` are the clients of its list that are gone.
  mutating func report(at time: Double, missing: [NodeID]) -> NodeReport {
    sequence += 1
    sent[sequence] = time
    let standing: NodeReport.Standing =
      switch role {
      case .seeking: .seeking
      case .serving(let group, let epoch):
        .serving(
          group: group, epoch: epoch, endpoint: Self.endpoint, membership: membership,
          missing: missing.compactMap { node in
            clients[node].map { ClientSighting(node: node, incarnation: $0) }
          }, standby: standby)
      case .attached(let group, let epoch, _): .attached(group: group, epoch: epoch)
      }
    return NodeReport(
      node: id, incarnation: incarnation, sequence: sequence, environment: environment,
      standing: standing)
  }

  static let endpoint = Endpoint(.ipv4(IPv4Address(bits: 0x7F00_0001)), port: 4711)

  /// Follows an instruction.
  ///
  /// - Returns: whether it wants to report at once.
  mutating func follow(_ instruction: Instruction) -> Bool {
    let before = role
    switch instruction {
    case .becomeVirtualServer(let group, let epoch, _, let list, let version):
      hasJoined = true
      if case .serving(_, let current) = role, current >= epoch { return false }
      forgetRole()
      role = .serving(group, epoch)
      clients = Dictionary(uniqueKeysWithValues: list.map { ($0.node, $0.incarnation) })
      membership = version
    case .renewed(let group, let epoch, let sequence, let duration, _):
      guard role == .serving(group, epoch), let time = sent[sequence] else { return false }
      // By its own clock, less what that may be slow.
      leaseEnd = max(leaseEnd, time + Double(duration) * 0.9 / clockRate)
    case .attach(let group, let epoch, let host, _):
      hasJoined = true
      if case .serving(_, let current) = role, current > epoch { return false }
      guard role != .attached(group, epoch, host: host) else { return false }
      forgetRole()
      role = .attached(group, epoch, host: host)
    case .wait: hasJoined = true
    case .confirmed: break
    case .detach(let group):
      if case .attached(group, _, _) = role { forgetRole() }
    case .drain(let group, let epoch):
      if role == .serving(group, epoch) { forgetRole() }
    case .admit(let client, let version):
      guard version == membership + 1 else { return false }
      clients[client.node] = client.incarnation
      membership = version
    case .release(let client, let version):
      guard version == membership + 1 else { return false }
      clients[client] = nil
      membership = version
    case .members(let list, let version):
      clients = Dictionary(uniqueKeysWithValues: list.map { ($0.node, $0.incarnation) })
      membership = version
    case .refused(.oldIncarnation(let known)):
      guard known >= incarnation else { return false }
      incarnation = known
      start()
      return true
    case .refused(.joinFirst):
      start()
      return true
    }
    return role != before
  }
}
