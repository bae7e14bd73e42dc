import Glibc
import RouteTracing
import RouterBands
import Testing

/// Real sockets on this machine's loopback; what is further away is in the tests over real networks.
@Suite struct RouteTracerTests {
  @Test(arguments: ["127.0.0.1", "127.1.2.3", "::1"])
  func loopbackAnswersAtOnce(_ text: String) async throws {
    let address = try #require(IPAddress(text))
    let route = try await RouteTracer().trace(address)
    #expect(route.answeredAt == 1)
    #expect(route.path.hops.isEmpty)
    let time = try #require(route.roundTrip)
    #expect(time > .zero && time < .seconds(1))
  }

  @Test func manyTracesShareTheirThread() async throws {
    let tracer = try RouteTracer(concurrentTraces: 4)
    let address = try #require(IPAddress("127.0.0.1"))
    let answers = try await withThrowingTaskGroup { group in
      for _ in 0..<100 { group.addTask { try await tracer.trace(address, positions: 1...3) } }
      return try await group.reduce(into: [Int?]()) { $0.append($1.answeredAt) }
    }
    #expect(answers.count == 100)
    // The kernel answers itself as rarely as others; whoever got an answer got the right one.
    #expect(answers.contains(1))
    #expect(answers.allSatisfy { $0.map((1...3).contains) ?? true })
  }

  @Test(arguments: ["255.255.255.255", "224.0.0.1"])
  func whatIsNoMachineIsAnError(_ text: String) async throws {
    let address = try #require(IPAddress(text))
    let tracer = try RouteTracer()
    do {
      let route = try await tracer.trace(address, positions: 1...1)
      // Multicast may be sent, and nobody answers for it.
      #expect(route.answeredAt == nil)
    } catch {
      #expect(error == .notOneMachine(address) || error == .noRoute(to: address))
    }
  }

  @Test func nothingToProbeIsAnEmptyRoute() async throws {
    let address = try #require(IPAddress("127.0.0.1"))
    let route = try await RouteTracer().trace(address, positions: [0, -1, 65])
    #expect(route == TracedRoute(destination: address))
  }

  @Test func aCancelledTaskTracesNothing() async throws {
    let tracer = try RouteTracer(concurrentTraces: 1)
    let address = try #require(IPAddress("127.0.0.1"))
    let task = Task {
      // Cancelled before it begins.
      while !Task.isCancelled { await Task.yield() }
      return try await tracer.trace(address)
    }
    task.cancel()
    await #expect(throws: RouteTracingError.self) { _ = try await task.value }
    // The tracer works on.
    #expect(try await tracer.trace(address).destination == address)
  }

  @Test func descriptorsAreGivenBack() async throws {
    let address = try #require(IPAddress("127.0.0.1"))
    let tracer = try RouteTracer()
    // Far more sockets than a process may have open.
    for _ in 0..<60 { _ = try await tracer.trace(address, positions: 1...30) }
  }

  @Test func errorsSayWhatToDo() {
    let address = IPAddress("198.18.0.1")!
    let errors: [RouteTracingError] = [
      .noRoute(to: address), .refusedByFirewall(to: address), .notOneMachine(address),
      .outOfDescriptors, .tooManyTraces, .cancelled, .system(call: "socket", code: ENOMEM),
    ]
    for error in errors { #expect(error.description.hasSuffix(".")) }
  }
}
