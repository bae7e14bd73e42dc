public import Protocol

/// What a virtual server allows in calling its nodes.
public struct CallLimits: Hashable, Sendable {
  /// Calls of one caller.
  public var rate = TokenBuckets<String>.Rate(perSecond: 1, burst: 20)
  /// Calls that one node has not answered yet, and all nodes together.
  public var pendingPerNode = 8
  public var pending = 256
  /// How long a call waits for the node to connect, in milliseconds.
  public var age: Int64 = 8_000
  /// How often a node that waits for calls hears that it still does.
  public var signOfLife: Duration = .seconds(10)

  public init() {}
}

/// Who waits for calls, and which calls are not answered yet. Pure: times are milliseconds of one
/// steady clock.
struct CallBook: Sendable {
  /// Why a node is not called.
  enum Refusal: Error, Hashable, Sendable {
    /// It does not wait for calls: its daemon is not there, or of an older version.
    case notListening(NodeIdentity)
    case tooOften(retryAfter: Double)
    /// So many calls to the node, or to all nodes, are not answered yet.
    case tooMany(limit: Int)
  }

  private struct Pending {
    var owner: NodeIdentity
    var listener: UInt64
  }

  private let limits: CallLimits
  /// The newest one of each node; an older one is of a connection that is lost.
  private var listeners: [NodeIdentity: UInt64] = [:]
  private var pending: [UInt64: Pending] = [:]
  private var rates: TokenBuckets<String>
  private var lastNumber: UInt64 = 0

  init(limits: CallLimits) {
    self.limits = limits
    rates = TokenBuckets(rate: limits.rate, capacity: 10_000)
  }

  var pendingCount: Int { pending.count }
  var listenerCount: Int { listeners.count }

  func isPending(_ number: UInt64) -> Bool { pending[number] != nil }

  /// - Returns: the listener's number, and that of the one it takes the place of.
  mutating func listen(_ node: NodeIdentity) -> (listener: UInt64, former: UInt64?) {
    lastNumber += 1
    let former = listeners.updateValue(lastNumber, forKey: node)
    return (lastNumber, former)
  }

  /// - Returns: the calls that it will not answer any more.
  mutating func leave(_ node: NodeIdentity, listener: UInt64) -> [UInt64] {
    if listeners[node] == listener { listeners[node] = nil }
    let lost = pending.filter { $0.value.listener == listener }.map(\.key).sorted()
    for number in lost { pending[number] = nil }
    return lost
  }

  /// - Returns: the call's number, and whom to tell of it.
  mutating func call(
    _ owner: NodeIdentity, by caller: NodeIdentity, now: Int64
  ) throws(Refusal) -> (number: UInt64, listener: UInt64) {
    if let wait = rates.take("\(caller)", at: Double(now) / 1000) {
      throw .tooOften(retryAfter: wait)
    }
    guard let listener = listeners[owner] else { throw .notListening(owner) }
    guard pending.values.count(where: { $0.owner == owner }) < limits.pendingPerNode else {
      throw .tooMany(limit: limits.pendingPerNode)
    }
    guard pending.count < limits.pending else { throw .tooMany(limit: limits.pending) }
    lastNumber += 1
    pending[lastNumber] = Pending(owner: owner, listener: listener)
    return (lastNumber, listener)
  }

  /// The call is over, answered by its owner or given up.
  ///
  /// - Parameter node: who says so; nil for the virtual server itself.
  /// - Returns: whether it was pending, and his to answer.
  mutating func finish(_ number: UInt64, by node: NodeIdentity?) -> Bool {
    guard let call = pending[number], node == nil || call.owner == node else { return false }
    pending[number] = nil
    return true
  }
}

extension ProblemCode {
  /// The node that is to be called does not wait for calls.
  static let notListening = Self(rawValue: "not-listening")
}

extension ProblemDocument {
  init(_ refusal: CallBook.Refusal) {
    switch refusal {
    case .notListening(let node):
      self.init(
        .notListening, status: 404, title: "The node cannot be called",
        detail: "\(node) belongs to this group and does not wait for calls at the moment.",
        remedy: "Try again when nearfind up runs there.", retryAfter: 10)
    case .tooOften(let wait):
      let seconds = max(1, Int(min(wait, 3600).rounded(.up)))
      self.init(
        .rateLimited, status: 429, title: "Too many calls",
        detail: "This node has had others called as often as is allowed in this time.",
        remedy: "Try again in \(seconds) s.", retryAfter: seconds)
    case .tooMany(let limit):
      self.init(
        .overloaded, status: 503, title: "Too many calls",
        detail: "\(limit) calls are not answered yet, and no more are taken.",
        remedy: "Try again shortly.", retryAfter: 2)
    }
  }
}
