import Exchange
import Foundation
import Protocol
import Synchronization

/// Sees to it that those who fetch files get no more than the limits say, and each its share.
final class UploadTurns: Sendable {
  private let limits: UploadLimits
  private let counts: Mutex<[NodeIdentity: Int]> = Mutex([:])
  private let pacer: UploadPacer?

  init(_ limits: UploadLimits) {
    self.limits = limits
    pacer = limits.bytesPerSecond.map { UploadPacer(bytesPerSecond: $0) }
  }

  /// Bytes that are sent at once: large enough to cost little, small enough to share the line, and
  /// never more than a second's worth, so that nobody takes who waits for his turn for gone.
  var chunkByteCount: Int {
    min(256 * 1024, max(1, limits.bytesPerSecond.map { Int(min($0, 1e9)) } ?? .max))
  }

  /// How many transfers are under way.
  var count: Int { counts.withLock { $0.values.reduce(0, +) } }

  /// Lets a transfer begin. It counts for as long as the value lives.
  ///
  /// - Throws: ``FileRefusal/busy(retryAfter:)``.
  func begin(for peer: NodeIdentity) throws(FileRefusal) -> Turn {
    let isAdmitted = counts.withLock { counts in
      let own = counts[peer, default: 0]
      // The last places are for who has none: one peer's many requests keep nobody else out.
      let isFull = counts.values.reduce(0, +) >= limits.transfers
      guard own < limits.transfersPerPeer, !isFull || own == 0 && counts.count < limits.transfers
      else { return false }
      counts[peer] = own + 1
      return true
    }
    guard isAdmitted else { throw .busy(retryAfter: 2) }
    return Turn(peer: peer, turns: self)
  }

  fileprivate func end(of peer: NodeIdentity) {
    counts.withLock { counts in
      guard let own = counts[peer] else { return }
      counts[peer] = own > 1 ? own - 1 : nil
    }
  }

  /// One transfer.
  final class Turn: Sendable {
    private let peer: NodeIdentity
    private let turns: UploadTurns

    fileprivate init(peer: NodeIdentity, turns: UploadTurns) {
      self.peer = peer
      self.turns = turns
    }

    deinit { turns.end(of: peer) }

    /// Returns when so many bytes may be sent.
    /// - Throws: `CancellationError`.
    func wait(toSend byteCount: Int) async throws {
      try await turns.pacer?.wait(peer, byteCount: byteCount)
    }
  }
}

/// ``BandwidthShares`` with a clock.
private actor UploadPacer {
  private var shares: BandwidthShares<NodeIdentity>
  private var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var timer: Task<Void, Never>?
  private let start = ContinuousClock.now

  init(bytesPerSecond: Double) {
    shares = BandwidthShares(bytesPerSecond: bytesPerSecond)
  }

  func wait(_ peer: NodeIdentity, byteCount: Int) async throws {
    try Task.checkCancellation()
    let ticket = shares.ask(peer, byteCount: byteCount)
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting[ticket] = continuation
        grant()
      }
    } onCancel: {
      Task { await self.withdraw(ticket, of: peer) }
    }
    try Task.checkCancellation()
  }

  private func withdraw(_ ticket: UInt64, of peer: NodeIdentity) {
    shares.withdraw(ticket, of: peer)
    waiting.removeValue(forKey: ticket)?.resume()
    grant()
  }

  private func grant() {
    for ticket in shares.grants(at: (ContinuousClock.now - start) / .seconds(1)) {
      waiting.removeValue(forKey: ticket)?.resume()
    }
    timer?.cancel()
    guard let next = shares.nextGrant else { return }
    timer = Task { [start] in
      // Time is all that it waits for; whoever comes meanwhile sets it anew.
      try? await Task.sleep(until: start + .seconds(next), clock: .continuous)
      if !Task.isCancelled { grant() }
    }
  }
}
