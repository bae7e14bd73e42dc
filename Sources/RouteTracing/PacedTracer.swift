import RouterBands

/// Routes to many addresses, within what routers answer: traces what is not known yet, remembers,
/// and lets addresses of one network wait for each other.
public actor PacedTracer {
  /// Makes one trace; ``RouteTracer/trace(_:positions:)`` outside of tests.
  public typealias Trace =
    @Sendable (IPAddress, ClosedRange<Int>) async throws(RouteTracingError) -> TracedRoute

  private let trace: Trace
  private let callCapacity: Int
  private let start = ContinuousClock.now
  private var planner: TracePlanner
  private var callCount = 0
  private var waiting: [IPPrefix: [CheckedContinuation<Void, Never>]] = [:]

  public init(pacing: TracePacing = TracePacing(), trace: @escaping Trace) {
    self.trace = trace
    callCapacity = pacing.callCapacity
    planner = TracePlanner(pacing: pacing)
  }

  /// - Throws: ``RouteTracingError`` when no thread or file is left for it.
  public init(pacing: TracePacing = TracePacing()) throws(RouteTracingError) {
    let tracer = try RouteTracer()
    self.init(pacing: pacing) { address, positions throws(RouteTracingError) in
      try await tracer.trace(address, positions: positions)
    }
  }

  /// The route to an address as far as it can be seen, perhaps from an earlier trace.
  ///
  /// Takes no time for a known address, under a second for a new one, and some seconds where
  /// routers are asked too much.
  ///
  /// - Throws: ``RouteTracingError``; ``RouteTracingError/tooManyTraces`` when more calls wait than
  ///   ``TracePacing/callCapacity`` allows.
  public func route(to address: IPAddress) async throws(RouteTracingError) -> TracedRoute {
    guard callCount < callCapacity else { throw .tooManyTraces }
    callCount += 1
    defer { callCount -= 1 }
    while true {
      if Task.isCancelled { throw .cancelled }
      switch planner.step(for: address, at: now) {
      case .answer(let route): return route
      // Whoever traces the network is done within seconds, cancelled or not.
      case .wait(let network): await turn(of: network)
      case .probe(let positions, let delay):
        return try await probe(address, positions, after: delay)
      }
    }
  }

  /// Traces an address whole when it is asked for next.
  public func forget(_ address: IPAddress) {
    planner.forget(address)
  }

  private var now: Duration { ContinuousClock.now - start }

  private func probe(
    _ address: IPAddress, _ first: ClosedRange<Int>, after delay: Duration
  ) async throws(RouteTracingError) -> TracedRoute {
    defer { resumeWaiting(for: TracePlanner.network(of: address)) }
    var positions = first
    var delay = delay
    while true {
      let route: TracedRoute
      do throws(RouteTracingError) {
        // Ends early only when the task is cancelled, which the trace then says.
        if delay > .zero { try? await Task.sleep(for: delay) }
        if Task.isCancelled { throw .cancelled }
        route = try await trace(address, positions)
      } catch {
        planner.failed(address)
        throw error
      }
      let step = planner.probed(address, positions: positions, route: route, at: now)
      guard case .probe(let more, let pause) = step else { return answer(of: step) ?? route }
      (positions, delay) = (more, pause)
    }
  }

  private func answer(of step: TracePlanner.Step) -> TracedRoute? {
    if case .answer(let route) = step { route } else { nil }
  }

  private func turn(of network: IPPrefix) async {
    await withCheckedContinuation { waiting[network, default: []].append($0) }
  }

  private func resumeWaiting(for network: IPPrefix) {
    for continuation in waiting.removeValue(forKey: network) ?? [] { continuation.resume() }
  }
}
