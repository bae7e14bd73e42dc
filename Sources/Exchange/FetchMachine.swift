/// How a file is fetched from several sources at once, as a state machine: events come in with their
/// time, and what to do goes out. It knows no socket, clock or file.
///
/// Each source has one request open, for pieces that follow each other, as many as it sends in some
/// seconds. Who is done gets the next ones; when all are asked for, who is done takes over from who
/// would be last. What fails puts its pieces back. A source whose piece is false is asked no more.
///
/// ```swift
/// var fetch = FetchMachine(layout, have: verified, needsHashes: true, sourceCount: 2)
/// for action in fetch.handle(.began, at: .zero) { perform(action) }
/// ```
public struct FetchMachine: Sendable {
  public let layout: PieceLayout
  public let limits: FetchLimits
  /// The pieces that are verified and kept.
  public private(set) var have: PieceSet
  /// Whether the hashes of the pieces are still to come.
  public private(set) var needsHashes: Bool
  public private(set) var isFinished = false

  var now: Duration = .zero
  var actions: [FetchAction] = []
  var sources: [Source]
  var requests: [RequestNumber: Request] = [:]
  var lastRequest = 0
  /// When something last came, or the beginning.
  var lastProgress: Duration = .zero
  /// When a verified piece last came, or the beginning.
  var lastPiece: Duration = .zero

  /// - Parameters:
  ///   - have: the pieces that are verified already.
  ///   - needsHashes: whether the hashes of the pieces are not known; pieces are asked for after them.
  ///   - sourceCount: how many sources there are; their numbers go from 0, the nearest, upward.
  ///   - dropped: those of them that are not to be asked.
  public init(
    _ layout: PieceLayout, have: PieceSet, needsHashes: Bool, sourceCount: Int,
    dropped: Set<SourceNumber> = [], limits: FetchLimits = FetchLimits()
  ) {
    self.layout = layout
    self.limits = limits
    self.have = have
    self.needsHashes = needsHashes && !have.isWhole
    sources = (0..<sourceCount).map { Source(isDropped: dropped.contains($0)) }
  }

  /// Takes one event. Events of requests that are over change nothing.
  ///
  /// - Parameter time: since the beginning; never less than before.
  /// - Returns: what to do, in order.
  public mutating func handle(_ event: FetchEvent, at time: Duration) -> [FetchAction] {
    now = max(now, time)
    actions = []
    guard !isFinished else { return [] }
    switch event {
    case .began: beginWaiting()
    case .woke: break
    case .bytesCame(let number, let total): note(total, of: number)
    case .hashesCame(let number):
      guard requests[number]?.kind == .hashes else { break }
      close(number)
      needsHashes = false
      beginWaiting()
      cancelAll { $0.kind == .hashes }
    case .pieceCame(let number, let piece): take(piece, of: number)
    case .falsehoodCame(let number):
      guard let request = close(number) else { break }
      drop(request.source, .lied)
    case .ended(let number):
      guard let request = close(number) else { break }
      // It was paid for in full; one that ends early did not send what it was asked for.
      if request.isOpenEnded(have) { rest(request.source, .unreachable("It ended early.")) }
    case .failed(let number, let failure):
      guard let request = close(number) else { break }
      take(failure, of: request.source)
    }
    advance()
    return actions
  }

  /// When ``FetchEvent/woke`` is wanted at the latest; nil for never.
  public var nextWake: Duration? {
    guard !isFinished else { return nil }
    let rests = sources.compactMap(\.restUntil).filter { $0 > now }
    let suspicions = requests.values.map { $0.moved + limits.suspicion }.filter { $0 > now }
    return
      (rests + suspicions + [lastProgress + limits.patience, lastPiece + limits.piecePatience])
      .min()
  }

  /// The bytes of the pieces that are there.
  public var keptByteCount: Int64 {
    let last = layout.pieceCount - 1
    guard last >= 0 else { return 0 }
    let whole = Int64(have.count) * Int64(layout.pieceByteCount)
    return have.contains(last)
      ? whole - Int64(layout.pieceByteCount - layout.byteCount(of: last)) : whole
  }

  /// Bytes a second of a source; nil while it is not known.
  public func rate(of source: SourceNumber) -> Double? { sources[source].rate }

  /// The sources that have a request open.
  public var activeSources: [SourceNumber] { requests.values.map(\.source).sorted() }

  // MARK: What came

  private mutating func beginWaiting() {
    lastProgress = now
    lastPiece = now
  }

  /// Learns the speed of a source from bytes that have not been learnt from before.
  private mutating func note(_ total: Int64, of number: RequestNumber) {
    guard var request = requests[number], total > request.byteCount else { return }
    sources[request.source].note(
      byteCount: Int(total - request.byteCount), in: now - request.measured)
    request.byteCount = total
    request.measured = now
    requests[number] = request
    lastProgress = now
  }

  private mutating func take(_ piece: Int, of number: RequestNumber) {
    guard case .pieces(let run)? = requests[number]?.kind, run.contains(piece) else { return }
    note(Int64(layout.bytes(of: run.lowerBound..<(piece + 1)).count), of: number)
    guard var request = requests[number] else { return }
    let source = request.source
    sources[source].failureCount = 0
    request.moved = now
    request.next = max(request.next, piece + 1)
    requests[number] = request
    beginWaiting()
    have.insert(piece)
    let have = have
    // Who has nothing else to send that is wanted need not go on.
    cancelAll { other in
      guard let rest = other.remaining, rest.contains(piece) || other.source == source else {
        return false
      }
      return !other.isOpenEnded(have)
    }
  }

  private mutating func take(_ failure: FetchFailure, of source: SourceNumber) {
    switch failure {
    case .refused(let reason): drop(source, .refused(reason))
    case .unreachable(let reason): rest(source, .unreachable(reason))
    case .stalled: rest(source, .stalled)
    case .busy(let seconds):
      let wait = min(max(.milliseconds(100), .seconds(seconds)), limits.longestRest)
      sources[source].lastFailure = .busy
      sources[source].restUntil = now + wait
    }
  }

  private mutating func drop(_ source: SourceNumber, _ reason: DropReason) {
    guard !sources[source].isDropped else { return }
    sources[source].isDropped = true
    sources[source].lastFailure = reason
    actions.append(.drop(source, reason))
  }

  private mutating func rest(_ source: SourceNumber, _ reason: DropReason) {
    sources[source].lastFailure = reason
    sources[source].failureCount += 1
    let doublings = min(sources[source].failureCount - 1, 10)
    let wait = min(limits.firstRest * (1 << doublings), limits.longestRest)
    sources[source].restUntil = now + wait
  }

  // MARK: Requests

  @discardableResult
  private mutating func close(_ number: RequestNumber) -> Request? {
    guard let request = requests.removeValue(forKey: number) else { return nil }
    sources[request.source].request = nil
    return request
  }

  mutating func cancelAll(where isMeant: (Request) -> Bool) {
    for (number, request) in requests.sorted(by: { $0.key < $1.key }) where isMeant(request) {
      close(number)
      actions.append(.cancel(number))
    }
  }

  /// Goes on for as long as nothing need be waited for.
  private mutating func advance() {
    if have.isWhole {
      cancelAll { _ in true }
      isFinished = true
      actions.append(.finish)
      return
    }
    let isOverdue =
      now - lastProgress >= limits.patience || now - lastPiece >= limits.piecePatience
    let hasUntried = sources.contains { !$0.isDropped && !$0.wasAsked }
    if isOverdue, hasUntried {
      makeRoom()
      beginWaiting()
    } else if isOverdue || sources.allSatisfy(\.isDropped) {
      cancelAll { _ in true }
      isFinished = true
      var reasons: [SourceNumber: DropReason] = [:]
      for (number, source) in sources.enumerated() {
        reasons[number] = source.lastFailure ?? (source.wasAsked ? .stalled : nil)
      }
      actions.append(.giveUp(reasons))
      return
    }
    askMore()
  }

  /// Those who kept the others from being asked, and sent no piece for long, are left for later.
  private mutating func makeRoom() {
    let stale = requests.values.filter { now - $0.moved >= limits.patience }.map(\.source)
    cancelAll { stale.contains($0.source) }
    for source in stale.sorted() { rest(source, .stalled) }
  }
}
