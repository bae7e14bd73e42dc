/// Which pieces are asked of whom.
extension FetchMachine {
  mutating func askMore() {
    if needsHashes { return askForHashes() }
    for source in idleSources() {
      guard requests.count < limits.activeSources else { return }
      guard let run = nextRun(for: source) ?? runToTakeOver(by: source) else { return }
      ask(source, .pieces(run))
    }
  }

  /// One source has all hashes to give; a second one is asked only where the first is slow.
  private mutating func askForHashes() {
    let isSlow = requests.values.allSatisfy { now - $0.moved >= limits.suspicion }
    guard isSlow, requests.count < 2, let source = idleSources().first else { return }
    ask(source, .hashes)
  }

  private mutating func ask(_ source: SourceNumber, _ kind: Request.Kind) {
    lastRequest += 1
    requests[lastRequest] = Request(source: source, kind: kind, moved: now)
    sources[source].request = lastRequest
    sources[source].wasAsked = true
    switch kind {
    case .hashes: actions.append(.askHashes(lastRequest, source))
    case .pieces(let run): actions.append(.ask(lastRequest, source, run))
    }
  }

  /// The fastest first; among those of unknown speed, and of the same, the nearest.
  private func idleSources() -> [SourceNumber] {
    let idle = sources.indices.filter { number in
      let source = sources[number]
      return !source.isDropped && source.request == nil && (source.restUntil ?? now) <= now
    }
    return idle.sorted { left, right in
      // One that failed last is tried behind those that did not.
      let (first, second) = (sources[left], sources[right])
      if (first.failureCount == 0) != (second.failureCount == 0) { return first.failureCount == 0 }
      let (one, other) = (first.rate ?? 0, second.rate ?? 0)
      return one == other ? left < right : one > other
    }
  }

  /// The pieces beyond this one wait until those before it are there.
  private var end: Int {
    guard let window = limits.window, let first = have.firstMissing(from: 0) else {
      return layout.pieceCount
    }
    return min(layout.pieceCount, first + max(1, window))
  }

  /// The first pieces that nobody is asked for, as many as the source sends in some seconds and no
  /// more than its share of what is left.
  private func nextRun(for source: SourceNumber) -> Range<Int>? {
    let end = end
    guard let start = firstUnasked(before: end) else { return nil }
    var limit = limits.firstRun
    if let rate = sources[source].rate {
      limit = Int(min(rate * limits.requestTime / Double(layout.pieceByteCount), 1e6).rounded(.up))
      let others = requests.values.compactMap { sources[$0.source].rate }.reduce(0, +)
      let left = Double(layout.pieceCount - have.count)
      if others > 0 { limit = min(limit, Int((left * rate / (rate + others)).rounded(.up))) }
    }
    limit = min(max(1, limit), limits.longestRun)
    var stop = min(start + limit, end, have.firstPresent(from: start))
    for case .pieces(let run) in requests.values.map(\.kind) where run.lowerBound > start {
      stop = min(stop, run.lowerBound)
    }
    return start..<stop
  }

  private func firstUnasked(before end: Int) -> Int? {
    var piece = have.firstMissing(from: 0)
    while let candidate = piece, candidate < end {
      guard
        let asked = requests.values.compactMap({ $0.remaining }).first(where: {
          $0.contains(candidate)
        })
      else { return candidate }
      piece = have.firstMissing(from: asked.upperBound)
    }
    return nil
  }

  /// All pieces are asked for: the last ones of whoever would be last, where they come sooner this
  /// way, are asked for a second time.
  private func runToTakeOver(by source: SourceNumber) -> Range<Int>? {
    let open = requests.values.compactMap { request -> (Request, Range<Int>)? in
      guard let rest = request.remaining, let first = have.firstMissing(from: rest.lowerBound),
        first < rest.upperBound
      else { return nil }
      let last = (first..<rest.upperBound).last { !have.contains($0) } ?? first
      return (request, first..<(last + 1))
    }
    // Nobody is asked for a piece by more than two.
    let single = open.filter { request, rest in
      !open.contains { $0.0.source != request.source && $0.1.overlaps(rest) }
    }
    let slowest = single.max { left, right in
      let (first, second) = (expectedEnd(of: left), expectedEnd(of: right))
      return first == second ? left.0.source > right.0.source : first < second
    }
    guard let (request, rest) = slowest else { return nil }
    if now - request.moved >= limits.suspicion { return rest }
    guard let rate = sources[source].rate, rate > 0 else { return nil }
    // The last of the rest is missing.
    let start = have.firstMissing(from: rest.lowerBound + rest.count / 2) ?? rest.lowerBound
    let run = start..<rest.upperBound
    let own = Double(layout.bytes(of: run).count) / rate
    return own * 2 < expectedEnd(of: (request, rest)) ? run : nil
  }

  /// Seconds until the rest of a request is there, as far as can be foreseen.
  private func expectedEnd(of open: (request: Request, rest: Range<Int>)) -> Double {
    let bytes = Double(layout.bytes(of: open.rest).count)
    let silence = (now - open.request.moved) / .seconds(1)
    guard let rate = sources[open.request.source].rate, rate > 0 else {
      // Nothing came of it yet: it will take at least as long again.
      return silence
    }
    return max(bytes / rate, silence)
  }
}
