import Protocol
import Synchronization

/// Joins the tunnels of two nodes that cannot reach each other, within ``RelayLimits``. The bytes are
/// those of a mutual TLS between the two, and are not looked at.
final class RelayDesk: Sendable {
  private let book: Mutex<RelayBook>
  private let limits: RelayLimits
  private let calls: CallDesk
  private let patience: Duration
  /// Where the nodes that were called come.
  let rendezvous: TunnelRendezvous
  private let clock: @Sendable () -> Int64

  /// - Parameter patience: from the call to the tunnel of who was called.
  init(
    limits: RelayLimits, calls: CallDesk, patience: Duration,
    clock: @escaping @Sendable () -> Int64
  ) {
    self.limits = limits
    self.calls = calls
    self.patience = patience
    self.clock = clock
    book = Mutex(RelayBook(limits: limits, now: clock()))
    rendezvous = TunnelRendezvous(capacity: max(1, limits.count))
  }

  var count: Int { book.withLock { $0.count } }

  /// Has `owner` come for a relay.
  ///
  /// - Throws: ``Protocol/ProblemDocument``; `CancellationError` when the caller is gone.
  func relay(_ caller: NodeIdentity, to owner: NodeIdentity) async throws -> Relay {
    let number = try book.withLock { book in
      do throws(RelayBook.Refusal) {
        return try book.open(.init(caller: caller, owner: owner), now: clock())
      } catch {
        throw ProblemDocument(error)
      }
    }
    let place = Place { [self] in book.withLock { $0.close(number) } }
    let far = try await rendezvous.tunnel(from: owner, within: patience) { [calls] token in
      try await calls.call(owner, by: caller, at: .relay, token: token)
    }
    return Relay(far: far, idle: limits.idle, place: place) { [self] byteCount in
      switch book.withLock({ $0.passed(byteCount, through: number, now: clock()) }) {
      case .goOn(let wait): .goOn(after: .milliseconds(wait))
      case .end: .end
      }
    }
  }

  /// A relay's place among those at once, given up with the value.
  fileprivate final class Place: Sendable {
    private let leave: @Sendable () -> Void

    init(_ leave: @escaping @Sendable () -> Void) { self.leave = leave }

    deinit { leave() }
  }

  /// A relay to whom who was called has come.
  struct Relay: Sendable {
    fileprivate let far: TunnelPipe
    fileprivate let idle: Duration
    /// Held for as long as the relay is.
    fileprivate let place: Place
    fileprivate let judge: @Sendable (_ byteCount: Int) -> TunnelSplice.Verdict

    /// Passes on what comes from the caller and what comes back, until it has ended.
    func run(_ near: TunnelPipe) async -> TunnelSplice.Ending {
      await TunnelSplice(near, far, idle: idle, judge: judge).run()
    }
  }
}
