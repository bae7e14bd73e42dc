import Cascade
import SearchModel

/// Carries one cascade out: a `CascadeMachine` with a clock and peers around it.
struct CascadeRun: Sendable {
  let peers: any CascadePeers
  /// When the search began; the machine's times count from there.
  let start: ContinuousClock.Instant

  /// - Parameter improve: is called for each better answer, in order; it must not wait.
  /// - Returns: the machine at its end, with the last answer.
  /// - Throws: `CancellationError` when nobody waits for the answer. All questions are then
  ///   cancelled.
  func run(
    _ machine: CascadeMachine, improve: @escaping @Sendable (CascadeAnswer) -> Void
  ) async throws -> (machine: CascadeMachine, answer: CascadeAnswer) {
    var machine = machine
    let (events, feed) = AsyncStream.makeStream(of: CascadeEvent.self)
    var course = Course(run: self, query: machine.request.query, feed: feed)
    defer { course.cancelAll() }
    feed.yield(.began)
    for await event in events {
      try Task.checkCancellation()
      for action in machine.handle(event, at: .now - start) {
        switch action {
        case .improve(let answer): improve(answer)
        case .finish(let answer): return (machine, answer)
        default: course.perform(action)
        }
      }
      course.setTimer(machine.nextWake)
    }
    throw CancellationError()
  }

  /// The questions that are under way.
  private struct Course {
    let run: CascadeRun
    let query: Query
    let feed: AsyncStream<CascadeEvent>.Continuation
    private var asks: [AskNumber: Task<Void, Never>] = [:]
    private var timer: Task<Void, Never>?
    private var wake: Duration?

    init(run: CascadeRun, query: Query, feed: AsyncStream<CascadeEvent>.Continuation) {
      self.run = run
      self.query = query
      self.feed = feed
    }

    mutating func perform(_ action: CascadeAction) {
      let (feed, peers, query) = (feed, run.peers, query)
      switch action {
      case .askStatistics(let number, let server):
        asks[number] = Task {
          await Self.report(number, to: feed) {
            .statistics(number, try await peers.statistics(for: query, of: server))
          }
        }
      case .askMatches(let number, let server, let request, let believed):
        asks[number] = Task {
          await Self.report(number, to: feed) {
            .matches(
              number,
              try await peers.matches(for: request, believed: believed, of: server))
          }
        }
      case .cancel(let number): asks.removeValue(forKey: number)?.cancel()
      case .improve, .finish: break
      }
    }

    private static func report(
      _ number: AskNumber, to feed: AsyncStream<CascadeEvent>.Continuation,
      _ ask: () async throws -> CascadeEvent
    ) async {
      do {
        feed.yield(try await ask())
      } catch let failure as ServerFailure {
        feed.yield(.failed(number, failure))
      } catch {
        // Nobody waits for it, or the whole search was cancelled.
        feed.yield(.failed(number, .timedOut))
      }
    }

    mutating func setTimer(_ wake: Duration?) {
      guard wake != self.wake else { return }
      self.wake = wake
      timer?.cancel()
      guard let wake else { return }
      let (feed, time) = (feed, run.start + wake)
      timer = Task {
        // The machine's deadlines; each later one replaces this.
        try? await Task.sleep(until: time, clock: .continuous)
        if !Task.isCancelled { feed.yield(.woke) }
      }
    }

    func cancelAll() {
      feed.finish()
      timer?.cancel()
      for ask in asks.values { ask.cancel() }
    }
  }
}
