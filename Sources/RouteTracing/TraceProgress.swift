import RouterBands

/// One trace while it runs: takes the answers in, says when to stop and what came of it. Times are
/// counted from when its probes were sent.
struct TraceProgress: Sendable {
  /// How long to wait.
  struct Patience: Hashable, Sendable {
    /// For silent hops, once the destination has answered.
    var forSilentHops = Duration.milliseconds(150)
    /// For a destination that does not answer.
    var forDestination = Duration.milliseconds(900)
  }

  let destination: IPAddress
  let positions: [Int]
  private let patience: Patience

  private var hops: [Int: Hop] = [:]
  private var answers: [Int: Duration] = [:]
  private var refusals: [Int: IPAddress] = [:]
  private var firstAnswer: Duration?

  /// - Parameter positions: the TTLs of the probes.
  init(destination: IPAddress, positions: [Int], patience: Patience = Patience()) {
    self.destination = destination
    self.positions = positions
    self.patience = patience
  }

  /// - Parameter roundTrip: from the probe to its answer.
  mutating func note(
    _ kind: ProbeAnswer.Kind, from sender: IPAddress, at position: Int, roundTrip: Duration,
    elapsed: Duration
  ) {
    if sender == destination {
      answers[position] = min(answers[position] ?? roundTrip, roundTrip)
      firstAnswer = firstAnswer ?? elapsed
    } else if kind == .timeExceeded {
      // The first answer stands; a second one is a packet that the network doubled.
      hops[position] = hops[position] ?? Hop(sender, roundTrip: roundTrip)
    } else {
      // It stands before this position: where it stands its own probe ended.
      refusals[position] = refusals[position] ?? sender
    }
  }

  /// When the trace ends at the latest, as things are now.
  var deadline: Duration {
    let limit = patience.forDestination
    guard let firstAnswer else { return limit }
    return isWhole ? firstAnswer : min(limit, firstAnswer + patience.forSilentHops)
  }

  func isDone(elapsed: Duration) -> Bool {
    elapsed >= deadline || isWhole || settled == positions.count
  }

  /// Whether every probe got some answer.
  private var settled: Int {
    positions.count { hops[$0] != nil || answers[$0] != nil || refusals[$0] != nil }
  }

  /// Whether the destination answered, and everybody before it.
  private var isWhole: Bool {
    guard let nearest = answers.keys.min() else { return false }
    return positions.allSatisfy { $0 >= nearest || hops[$0] != nil }
  }

  var route: TracedRoute {
    let nearest = answers.keys.min()
    let end = nearest.map { $0 - 1 } ?? hops.keys.max() ?? 0
    let path = RouterPath((0..<end).map { hops[$0 + 1] ?? .silent })
    let refusal = refusals.min { $0.key < $1.key }
    return TracedRoute(
      destination: destination, path: path, answeredAt: nearest, roundTrip: answers.values.min(),
      refusedBy: nearest == nil ? refusal?.value : nil)
  }
}
