/// Who may send how much when several peers fetch at once: in all no more than so many bytes a second,
/// and among the peers that wait the one that had least is next. Pure: the time comes in, in seconds
/// from any fixed moment.
public struct BandwidthShares<Peer: Hashable & Sendable>: Sendable {
  /// One piece that waits to be sent.
  public typealias Ticket = UInt64

  private struct Waiting {
    let ticket: Ticket
    let byteCount: Int
  }

  /// Nil for no limit: then nobody waits.
  public let bytesPerSecond: Double?
  private var queues: [Peer: [Waiting]] = [:]
  /// What each peer that waits has had, from where all stood when it came.
  private var served: [Peer: Double] = [:]
  private var level = 0.0
  /// When the next bytes may go.
  private var free = -Double.infinity
  private var lastTicket: Ticket = 0

  /// Seconds of sending that may go at once after a pause.
  private static var burst: Double { 0.1 }

  public init(bytesPerSecond: Double?) {
    self.bytesPerSecond = bytesPerSecond
  }

  /// A peer wants to send. Its turn comes with ``grants(at:)``.
  public mutating func ask(_ peer: Peer, byteCount: Int) -> Ticket {
    lastTicket += 1
    if queues[peer] == nil { served[peer] = max(level, served[peer] ?? level) }
    queues[peer, default: []].append(Waiting(ticket: lastTicket, byteCount: byteCount))
    return lastTicket
  }

  /// Nobody waits for this one any more.
  public mutating func withdraw(_ ticket: Ticket, of peer: Peer) {
    queues[peer]?.removeAll { $0.ticket == ticket }
    if queues[peer]?.isEmpty == true { queues[peer] = nil }
  }

  /// Those whose turn it is.
  public mutating func grants(at time: Double) -> [Ticket] {
    var granted: [Ticket] = []
    while let (peer, first) = next() {
      if let bytesPerSecond {
        guard free <= time else { break }
        free = max(free, time - Self.burst) + Double(first.byteCount) / bytesPerSecond
      }
      level = max(level, served[peer] ?? level)
      served[peer] = level + Double(first.byteCount)
      queues[peer]?.removeFirst()
      if queues[peer]?.isEmpty == true { queues[peer] = nil }
      granted.append(first.ticket)
      // Who had no more than the others is like one who never came.
      if served.count > 2 * queues.count + 16 {
        served = served.filter { queues[$0.key] != nil || $0.value > level }
      }
    }
    if queues.isEmpty, bytesPerSecond == nil {
      served = [:]
      level = 0
    }
    return granted
  }

  /// When ``grants(at:)`` has something to give; nil while nobody waits.
  public var nextGrant: Double? { queues.isEmpty ? nil : free }

  private func next() -> (Peer, Waiting)? {
    let first = queues.min { left, right in
      let (one, other) = (served[left.key] ?? 0, served[right.key] ?? 0)
      // Among those who had the same, who came first.
      return (one, left.value[0].ticket) < (other, right.value[0].ticket)
    }
    return first.map { ($0.key, $0.value[0]) }
  }
}
