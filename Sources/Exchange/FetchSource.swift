/// What is known of one source.
struct Source: Hashable, Sendable {
  /// Bytes a second; nil before anything came.
  private(set) var rate: Double?
  var request: RequestNumber?
  /// Whether it was ever asked for anything.
  var wasAsked = false
  /// Left alone until then; nil for not.
  var restUntil: Duration?
  /// Failures in a row.
  var failureCount = 0
  var isDropped = false
  var lastFailure: DropReason?

  /// So many bytes came in this time. What was a moment ago counts more than what was before.
  mutating func note(byteCount: Int, in time: Duration) {
    let seconds = max(time / .seconds(1), 1e-6)
    let present = Double(byteCount) / seconds
    let weight = seconds / (seconds + 1)
    rate = rate.map { $0 * (1 - weight) + present * weight } ?? present
  }
}

/// One request that is under way.
struct Request: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case hashes
    case pieces(Range<Int>)
  }

  let source: SourceNumber
  let kind: Kind
  /// When a piece last came, or when it was sent.
  var moved: Duration
  /// The piece that comes next.
  var next: Int
  /// What came of it, verified or not, when its speed was last measured.
  var byteCount: Int64 = 0
  var measured: Duration

  init(source: SourceNumber, kind: Kind, moved: Duration) {
    self.source = source
    self.kind = kind
    self.moved = moved
    measured = moved
    next = if case .pieces(let run) = kind { run.lowerBound } else { 0 }
  }

  /// What has not come yet; nil where nothing is to come.
  var remaining: Range<Int>? {
    guard case .pieces(let run) = kind, next < run.upperBound else { return nil }
    return next..<run.upperBound
  }

  /// Whether it has something to send that is not there.
  func isOpenEnded(_ have: PieceSet) -> Bool {
    guard let remaining, let missing = have.firstMissing(from: remaining.lowerBound) else {
      return kind == .hashes
    }
    return missing < remaining.upperBound
  }
}
