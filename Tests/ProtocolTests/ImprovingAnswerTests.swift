import Foundation
import Hummingbird
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Protocol

/// Answers that improve: the latest counts, and the last is never late.
@Suite struct ImprovingAnswerTests {
  @Test func theLatestReplacesThoseNotTaken() async throws {
    let answers = LatestAnswer<Int>()
    for number in 1...5 { answers.put(number) }
    #expect(try await answers.next() == 5)
    answers.put(6)
    answers.finish(.success(()))
    answers.finish(.failure(CancellationError()))
    #expect(try await answers.next() == 6)
    #expect(try await answers.next() == nil)
    #expect(try await answers.next() == nil)
  }

  @Test func aFailureComesAfterWhatWasFound() async throws {
    struct Broken: Error {}
    let answers = LatestAnswer<Int>()
    answers.put(1)
    answers.finish(.failure(Broken()))
    #expect(try await answers.next() == 1)
    await #expect(throws: Broken.self) { try await answers.next() }
  }

  @Test func whoWaitsIsWokenByAnAnswerAnEndAndACancellation() async throws {
    for ending in 0..<3 {
      let answers = LatestAnswer<Int>()
      let waiter = Task { try await answers.next() }
      await Task.yield()
      switch ending {
      case 0:
        answers.put(7)
        #expect(try await waiter.value == 7)
      case 1:
        answers.finish(.success(()))
        #expect(try await waiter.value == nil)
      default:
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
      }
    }
  }

  /// Whatever the order in which both sides run, the last one arrives, and none goes backwards.
  @Test func nothingIsLostUnderHaste() async throws {
    for _ in 0..<200 {
      let answers = LatestAnswer<Int>()
      let writer = Task {
        for number in 1...20 { answers.put(number) }
        answers.finish(.success(()))
      }
      var seen: [Int] = []
      while let answer = try await answers.next() { seen.append(answer) }
      await writer.value
      #expect(seen.last == 20)
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  // MARK: Over the network

  /// What the server's search does, and whether it was cancelled.
  private final class Search: Sendable {
    let isCancelled = Mutex(false)
    let shown = Mutex(0)
  }

  private static func server(
    _ world: World, _ search: Search,
    _ body: @escaping @Sendable (@Sendable (Echo) -> Void) async throws -> Echo
  ) async throws -> PeerServer {
    let router = PeerServer.makeRouter()
    router.post("/v1/improving") { _, _ -> Response in
      try await Response.improving { improve in
        do {
          return try await body {
            search.shown.withLock { $0 += 1 }
            improve($0)
          }
        } catch is CancellationError {
          search.isCancelled.withLock { $0 = true }
          throw CancellationError()
        }
      }
    }
    var setup = ServerSetup.network(
      host: "127.0.0.1", port: 0, credentials: try world.store(user: "bob", node: "server"))
    setup.limits = .generous
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try await PeerServer.start(setup, router: router, logger: logger)
  }

  private static func ask(
    _ server: PeerServer, _ client: PeerClient,
    improve: @escaping @Sendable (Echo) -> Void = { _ in }
  ) async throws -> Echo {
    try await client.sendImproving(
      .post("/v1/improving", Echo(text: "?")),
      to: .network(host: "127.0.0.1", port: server.port), expecting: .anyone, improve: improve)
  }

  /// Each answer is read before the search goes on.
  @Test func eachAnswerComesWhenItIsThere() async throws {
    let (world, search) = (try World(), Search())
    let taken = Mutex<[String]>([])
    let server = try await Self.server(world, search) { improve in
      for number in 1...3 {
        improve(Echo(text: "\(number)"))
        try await wait(until: "it to be taken") { taken.withLock { $0.count } == number }
      }
      return Echo(text: "last")
    }
    let client = try world.client()
    let last = try await Self.ask(server, client) { answer in
      taken.withLock { $0.append(answer.text) }
    }
    #expect(last.text == "last")
    #expect(taken.withLock { $0 } == ["1", "2", "3", "last"])
    await server.shutDown(within: .seconds(10))
  }

  @Test func aRefusalBeforeAnyAnswerIsARefusal() async throws {
    let (world, search) = (try World(), Search())
    let server = try await Self.server(world, search) { _ in
      throw ProblemDocument(.unavailable, status: 503, title: "No", detail: "No.", remedy: "")
    }
    await #expect(throws: ProblemDocument.self) {
      try await Self.ask(server, try world.client())
    }
    await server.shutDown(within: .seconds(10))
  }

  /// Who has seen an answer and loses the rest knows that it is not the last one.
  @Test func aFailureAfterAnAnswerIsNoEnd() async throws {
    struct Broken: Error {}
    let (world, search) = (try World(), Search())
    let taken = Mutex<[String]>([])
    let server = try await Self.server(world, search) { improve in
      improve(Echo(text: "first"))
      try await wait(until: "it to be taken") { taken.withLock { !$0.isEmpty } }
      throw Broken()
    }
    let client = try world.client()
    await #expect(throws: PeerClientError.self) {
      try await Self.ask(server, client) { answer in taken.withLock { $0.append(answer.text) } }
    }
    #expect(taken.withLock { $0 } == ["first"])
    await server.shutDown(within: .seconds(10))
  }

  @Test(arguments: [false, true])
  func whoGoesAwayCancelsTheSearch(afterAnAnswer: Bool) async throws {
    let (world, search) = (try World(), Search())
    let isAsked = Mutex(false)
    let server = try await Self.server(world, search) { improve in
      isAsked.withLock { $0 = true }
      if afterAnAnswer { improve(Echo(text: "first")) }
      try await Task.sleep(for: .seconds(600))
      return Echo(text: "never")
    }
    let client = try world.client()
    let taken = Mutex(0)
    let task = Task {
      try await Self.ask(server, client) { _ in taken.withLock { $0 += 1 } }
    }
    try await wait(until: "the search to run") {
      isAsked.withLock { $0 } && (!afterAnAnswer || taken.withLock { $0 } == 1)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await wait(until: "the search to be cancelled") { search.isCancelled.withLock { $0 } }
    await server.shutDown(within: .seconds(10))
  }
}
