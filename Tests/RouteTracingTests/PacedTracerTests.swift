import RouterBands
import Synchronization
import Testing

@testable import RouteTracing

/// Many askers at once over a network that is played by a function.
@Suite struct PacedTracerTests {
  private final class Network: Sendable {
    let probes = Mutex<[IPAddress: [ClosedRange<Int>]]>([:])

    func trace(_ address: IPAddress, _ positions: ClosedRange<Int>) async -> TracedRoute {
      probes.withLock { $0[address, default: []].append(positions) }
      await Task.yield()
      var hops = [Hop](repeating: .silent, count: 2)
      if positions.contains(1) { hops[0] = Hop(IPAddress("198.18.0.1")) }
      if positions.contains(2) { hops[1] = Hop(IPAddress("198.18.101.2")) }
      return TracedRoute(destination: address, path: RouterPath(hops), answeredAt: 3)
    }
  }

  @Test func oneWholeTraceForANetwork() async throws {
    let network = Network()
    let tracer = PacedTracer { address, positions in await network.trace(address, positions) }
    let addresses = (1...40).compactMap { IPAddress("198.18.1.\($0)") }
    try await withThrowingTaskGroup { group in
      for address in addresses + addresses {
        group.addTask { try await tracer.route(to: address) }
      }
      for try await route in group {
        #expect(route.path.description == "198.18.0.1 198.18.101.2")
        #expect(route.answeredAt == 3)
      }
    }
    let probes = network.probes.withLock { $0 }
    #expect(probes.count == 40)
    // Nobody was probed twice, and one of them whole.
    #expect(probes.values.allSatisfy { $0.count == 1 })
    #expect(probes.values.count { $0 == [1...30] } == 1)
  }

  @Test func whoWaitsForAFailedTraceMakesItsOwn() async throws {
    let network = Network()
    let isFirst = Atomic(true)
    let tracer = PacedTracer { address, positions throws(RouteTracingError) in
      if isFirst.exchange(false, ordering: .relaxed) {
        await Task.yield()
        throw .outOfDescriptors
      }
      return await network.trace(address, positions)
    }
    let outcomes = await withTaskGroup { group in
      for number in 1...10 {
        group.addTask { try? await tracer.route(to: IPAddress("198.18.1.\(number)")!) }
      }
      return await group.reduce(into: [TracedRoute?]()) { $0.append($1) }
    }
    #expect(outcomes.count { $0 == nil } == 1)
    #expect(outcomes.count { $0?.answeredAt == 3 } == 9)
  }

  @Test func callsBeyondTheCapacityAreRefused() async throws {
    var pacing = TracePacing()
    pacing.callCapacity = 1
    let (started, start) = AsyncStream<Void>.makeStream()
    let (released, release) = AsyncStream<Void>.makeStream()
    let tracer = PacedTracer(pacing: pacing) { address, _ in
      start.finish()
      for await _ in released {}
      return TracedRoute(destination: address, answeredAt: 1)
    }
    let address = try #require(IPAddress("198.18.1.1"))
    async let first = tracer.route(to: address)
    for await _ in started {}
    await #expect(throws: RouteTracingError.tooManyTraces) {
      try await tracer.route(to: address)
    }
    release.finish()
    #expect(try await first.answeredAt == 1)
    #expect(try await tracer.route(to: address).answeredAt == 1)
  }
}
