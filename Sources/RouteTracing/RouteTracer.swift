import RouterBands
import Synchronization

/// Traces routes with UDP probes of growing TTL, whose fate the kernel tells the sending socket.
/// Needs no privilege.
///
/// All TTLs of a trace are probed at once, each from a socket of its own. A hop that stays silent
/// costs 150 ms once the destination has answered; a destination that stays silent ends the trace
/// after 900 ms. One thread serves all traces; no task's thread is blocked.
///
/// Routers answer about one probe a second to one asker. Where many routes are wanted, ask a
/// ``PacedTracer``, which remembers.
public final class RouteTracer: Sendable {
  /// The largest TTL that is probed where the caller names none.
  public static let usualReach = 30

  /// The largest TTL at all: no path is longer.
  public static let greatestReach = 64

  private let loop: TraceLoop
  private let nextNumber = Atomic<UInt64>(0)

  /// - Parameter limit: how many traces run at once; others wait. Each needs as many open files as
  ///   it probes TTLs.
  /// - Throws: ``RouteTracingError/outOfDescriptors`` or ``RouteTracingError/system(call:code:)``.
  public init(concurrentTraces limit: Int = 16) throws(RouteTracingError) {
    loop = try TraceLoop(limit: max(1, limit))
    try loop.start()
  }

  deinit { loop.stop() }

  /// Traces the route to a destination.
  ///
  /// - Parameter positions: the TTLs to probe; those outside 1 to 64 are left out. Hops whose TTL
  ///   is not probed are silent in the answer.
  /// - Returns: what answered; a route without any hop where nobody did.
  /// - Throws: ``RouteTracingError``; ``RouteTracingError/cancelled`` soon after the task is.
  public func trace(
    _ destination: IPAddress, positions: some Sequence<Int> = 1...RouteTracer.usualReach
  ) async throws(RouteTracingError) -> TracedRoute {
    if Task.isCancelled { throw .cancelled }
    let positions = Set(positions).filter { (1...Self.greatestReach).contains($0) }.sorted()
    guard !positions.isEmpty else { return TracedRoute(destination: destination) }
    let number = nextNumber.add(1, ordering: .relaxed).newValue
    let progress = TraceProgress(destination: destination, positions: positions)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(
          TraceRequest(number: number, progress: progress) { continuation.resume(returning: $0) })
        // The handler below was called before there was anything to cancel.
        if Task.isCancelled { loop.cancel(number) }
      }
    } onCancel: {
      loop.cancel(number)
    }
    return try outcome.get()
  }
}

extension RouteTracer {
  /// Traces the route to a destination, and asks hops that were silent again: networks lose
  /// packets, and routers leave probes unanswered when they have other things to do.
  ///
  /// - Parameter rounds: how often at most, the first time included.
  /// - Throws: ``RouteTracingError``.
  public func trace(
    _ destination: IPAddress, rounds: Int, reach: Int = RouteTracer.usualReach
  ) async throws(RouteTracingError) -> TracedRoute {
    let reach = max(1, min(reach, Self.greatestReach))
    var route = try await trace(destination, positions: 1...reach)
    for _ in 1..<max(1, rounds) {
      let silent = route.silentPositions
      // A silent destination was asked by every probe behind the last router.
      guard let first = silent.first, let last = silent.last else { break }
      let more = try await trace(destination, positions: silent)
      guard let extended = route.extended(by: more, probed: first...last) else { break }
      route = extended
    }
    return route
  }
}

/// A trace to be made, and whom to tell.
struct TraceRequest: Sendable {
  typealias Outcome = Result<TracedRoute, RouteTracingError>

  var number: UInt64
  var progress: TraceProgress
  var finish: @Sendable (Outcome) -> Void
}
