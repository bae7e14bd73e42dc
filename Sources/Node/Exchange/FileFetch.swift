import Exchange
import Foundation
import NIOCore
import SearchModel
import Synchronization

/// Fetches one content from several sources: a `FetchMachine` with a clock, sources and a place to put
/// the pieces around it.
struct FileFetch: Sendable {
  /// How far it is.
  struct Progress: Sendable, Hashable {
    /// Bytes that are verified and kept, those of earlier times among them.
    var byteCount: Int64
    /// Bytes that came this time.
    var receivedCount: Int64
    /// Sources that are asked for something now.
    var activeCount: Int
  }

  /// What came of it.
  struct Summary: Sendable, Hashable {
    /// Bytes that were used of each source, by its place in the list.
    var byteCounts: [SourceNumber: Int64] = [:]
    var dropped: [SourceNumber: DropReason] = [:]
  }

  /// Why it ended without the file.
  struct GivenUp: Error, Hashable {
    var reasons: [SourceNumber: DropReason]
  }

  let hash: ContentHash
  let layout: PieceLayout
  /// Nearest first.
  let sources: [any PieceSource]
  let sink: any PieceSink
  var limits = FetchLimits()
  /// Is called with each piece, from any thread.
  var progress: @Sendable (Progress) -> Void = { _ in }
  /// Is told of a source that is asked no more, at once.
  var dropped: @Sendable (SourceNumber, DropReason) -> Void = { _, _ in }

  /// - Parameter found: is called once the hashes of the pieces are known; returns the pieces that
  ///   are there and true.
  /// - Throws: ``GivenUp``, ``FetchStorageError``, `CancellationError`.
  func run(
    found: @escaping @Sendable (PieceVerifier) async throws -> PieceSet
  ) async throws -> Summary {
    var verifier = PieceVerifier(hash: hash, layout: layout, hashes: nil)
    var summary = Summary()
    if verifier.needsHashes {
      let pieces = Mutex<PieceHashes?>(nil)
      // What is there counts only when it can be verified, so the hashes come in a fetch before it.
      let machine = FetchMachine(
        layout, have: PieceSet(pieceCount: layout.pieceCount), needsHashes: true,
        sourceCount: sources.count, limits: limits)
      let course = Course(fetch: self, verifier: verifier) { hashes in
        pieces.withLock { $0 = hashes }
      }
      try await course.run(machine, until: { !$0.needsHashes }, &summary)
      verifier = PieceVerifier(hash: hash, layout: layout, hashes: pieces.withLock { $0 })
    }
    let present = try await found(verifier)
    try Task.checkCancellation()
    let machine = FetchMachine(
      layout, have: present, needsHashes: false, sourceCount: sources.count,
      dropped: Set(summary.dropped.keys), limits: limits)
    let course = Course(fetch: self, verifier: verifier) { _ in }
    do {
      try await course.run(machine, until: { _ in false }, &summary)
    } catch let error as GivenUp {
      // Who gave false hashes was not asked for pieces.
      throw GivenUp(reasons: error.reasons.merging(summary.dropped) { present, _ in present })
    }
    return summary
  }
}

/// One machine at work.
private final class Course: Sendable {
  private let fetch: FileFetch
  private let verifier: PieceVerifier
  private let keep: @Sendable (PieceHashes) -> Void
  private let events: AsyncStream<FetchEvent>
  private let feed: AsyncStream<FetchEvent>.Continuation
  private let received = Atomic<Int64>(0)
  private let storageFailure = Mutex<FetchStorageError?>(nil)
  private let start = ContinuousClock.now

  init(
    fetch: FileFetch, verifier: PieceVerifier, keep: @escaping @Sendable (PieceHashes) -> Void
  ) {
    self.fetch = fetch
    self.verifier = verifier
    self.keep = keep
    (events, feed) = AsyncStream.makeStream(of: FetchEvent.self)
  }

  func run(
    _ machine: FetchMachine, until isEnough: (FetchMachine) -> Bool,
    _ summary: inout FileFetch.Summary
  ) async throws {
    var machine = machine
    var requests: [RequestNumber: (task: Task<Void, Never>, source: SourceNumber)] = [:]
    var cancelled: [Task<Void, Never>] = []
    var timer: Task<Void, Never>?
    defer {
      feed.finish()
      timer?.cancel()
      for request in requests.values { request.task.cancel() }
    }
    feed.yield(.began)
    for await event in events {
      try Task.checkCancellation()
      if let failure = storageFailure.withLock({ $0 }) { throw failure }
      if case .pieceCame(let number, let piece) = event, !machine.have.contains(piece),
        let source = requests[number]?.source
      {
        summary.byteCounts[source, default: 0] += Int64(fetch.layout.byteCount(of: piece))
      }
      let actions = machine.handle(event, at: .now - start)
      if isEnough(machine) { return }
      for action in actions {
        switch action {
        case .askHashes(let number, let source):
          requests[number] = (askHashes(number, source), source)
        case .ask(let number, let source, let run):
          requests[number] = (ask(number, source, run), source)
        case .cancel(let number):
          guard let task = requests.removeValue(forKey: number)?.task else { continue }
          task.cancel()
          cancelled.append(task)
        case .drop(let source, let reason):
          summary.dropped[source] = reason
          fetch.dropped(source, reason)
        case .finish: return tell(machine)
        case .giveUp(let reasons):
          // Another attempt may follow, which wants the place for itself.
          for task in cancelled { await task.value }
          throw FileFetch.GivenUp(reasons: reasons)
        }
      }
      tell(machine)
      timer?.cancel()
      timer = machine.nextWake.map { wake in
        Task { [feed, start] in
          // The machine's own deadlines; every event sets this anew.
          try? await Task.sleep(until: start + wake, clock: .continuous)
          if !Task.isCancelled { feed.yield(.woke) }
        }
      }
    }
    throw CancellationError()
  }

  private func tell(_ machine: FetchMachine) {
    fetch.progress(
      FileFetch.Progress(
        byteCount: machine.keptByteCount,
        receivedCount: received.load(ordering: .relaxed),
        activeCount: machine.activeSources.count))
  }

  // MARK: Requests

  private func askHashes(_ number: RequestNumber, _ source: SourceNumber) -> Task<Void, Never> {
    reporting(number) { [fetch, verifier, keep, feed] in
      let expected = fetch.layout.pieceCount * ContentHash.byteCount
      let meter = ByteMeter { [feed] in feed.yield(.bytesCame(number, total: $0)) }
      let bytes = try await fetch.sources[source].pieceHashes(limit: expected) { meter.add($0) }
      let hashes = await BlockingWork.run {
        PieceHashes(bytes: bytes, of: verifier.hash, layout: verifier.layout)
      }
      guard let hashes else {
        feed.yield(.falsehoodCame(number))
        return
      }
      keep(hashes)
      feed.yield(.hashesCame(number))
    }
  }

  private func ask(
    _ number: RequestNumber, _ source: SourceNumber, _ run: Range<Int>
  ) -> Task<Void, Never> {
    reporting(number) { [self] in
      let assembly = PieceAssembly(run: run, layout: fetch.layout) { [self] piece, bytes in
        try await settle(piece, bytes, of: number)
      }
      let meter = ByteMeter { [feed] in feed.yield(.bytesCame(number, total: $0)) }
      try await fetch.sources[source].bytes(fetch.layout.bytes(of: run)) { [self] buffer in
        received.wrappingAdd(Int64(buffer.readableBytes), ordering: .relaxed)
        meter.add(buffer.readableBytes)
        try await assembly.take(buffer)
      }
      try await assembly.finish()
      feed.yield(.ended(number))
    }
  }

  /// Verifies a piece and keeps it, away from the task's own threads.
  private func settle(
    _ piece: Int, _ bytes: PieceMemory, of number: RequestNumber
  ) async throws {
    let isTrue: Bool
    do {
      isTrue = try await BlockingWork.run {
        [verifier, sink = fetch.sink] () throws(FetchStorageError) in
        guard verifier.isTrue(bytes.filled, piece: piece) else { return false }
        try sink.put(bytes.filled, piece: piece)
        return true
      }
    } catch {
      storageFailure.withLock { $0 = $0 ?? error }
      feed.yield(.woke)
      throw error
    }
    guard isTrue else { throw Falsehood() }
    feed.yield(.pieceCame(number, piece: piece))
  }

  private struct Falsehood: Error {}

  private func reporting(
    _ number: RequestNumber, _ work: @escaping @Sendable () async throws -> Void
  ) -> Task<Void, Never> {
    Task { [feed] in
      do {
        try await work()
      } catch is Falsehood {
        feed.yield(.falsehoodCame(number))
      } catch let failure as PieceSourceFailure {
        feed.yield(.failed(number, failure.failure))
      } catch is CancellationError {
        // Nobody wants it any more.
      } catch {
        feed.yield(.failed(number, .unreachable("\(error)")))
      }
    }
  }
}
