import Protocol

/// The ways to a node that cannot be connected to, in the order to try them: it calls back, unless it
/// could not a short time ago; else through a relay. Pure: times are milliseconds of one steady clock.
struct WayMemory: Sendable {
  enum Way: Hashable, Sendable {
    /// The node connects to this one.
    case callBack
    /// Both connect to the node's virtual server.
    case relay
  }

  private let age: Int64
  private let capacity: Int
  /// When a node last could not call back.
  private var failures: [NodeIdentity: Int64] = [:]

  /// - Parameters:
  ///   - age: how long what failed is not tried first.
  ///   - capacity: how many nodes are kept.
  init(age: Int64 = 600_000, capacity: Int = 1_000) {
    self.age = age
    self.capacity = capacity
  }

  func order(for node: NodeIdentity, now: Int64) -> [Way] {
    guard let failure = failures[node], now - failure < age else { return [.callBack, .relay] }
    return [.relay, .callBack]
  }

  mutating func note(_ way: Way, worked: Bool, for node: NodeIdentity, now: Int64) {
    guard way == .callBack else { return }
    guard !worked else {
      failures[node] = nil
      return
    }
    failures = failures.filter { now - $0.value < age }
    if failures.count >= capacity, failures[node] == nil { return }
    failures[node] = now
  }
}
