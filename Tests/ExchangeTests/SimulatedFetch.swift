import TestSupport

@testable import Exchange

/// A ``FetchMachine`` among sources of every kind, with a clock of its own.
struct SimulatedFetch {
  enum Character: Hashable {
    case truthful
    /// Some of its pieces are false.
    case liar
    /// Sends nothing after so many pieces.
    case stalls(after: Int)
    case refuses
    /// Breaks off after so many pieces, each time.
    case breaksOff(after: Int)
    /// Answers no request.
    case dead
  }

  struct Peer {
    var character: Character
    /// Seconds for each piece.
    var pace: Double
    var pieceCount = 0
  }

  enum Ending: Equatable {
    case finished
    case gaveUp
    /// The simulation was cut short.
    case killed
  }

  private struct Delivery {
    var time: Double
    var event: FetchEvent
  }

  var machine: FetchMachine
  var peers: [Peer]
  private(set) var dropped: [SourceNumber: DropReason] = [:]
  private(set) var asked: [SourceNumber: [Range<Int>]] = [:]
  private(set) var violations: [String] = []
  private(set) var time = 0.0
  private var deliveries: [Delivery] = []
  private var generator: SeededGenerator
  /// What the client gives a silent source, in seconds.
  private static let stallTime = 10.0

  init(machine: FetchMachine, peers: [Peer], seed: UInt64) {
    self.machine = machine
    self.peers = peers
    generator = SeededGenerator(seed: seed)
  }

  mutating func run(for limit: Double = 100_000, lossAt loss: Double? = nil) -> Ending {
    var loss = loss
    if let ending = take(.began) { return ending }
    while time < limit {
      let wake = machine.nextWake.map { $0 / .seconds(1) } ?? .infinity
      let next = deliveries.indices.min { deliveries[$0].time < deliveries[$1].time }
      let nextTime = next.map { deliveries[$0].time } ?? .infinity
      if let lossTime = loss, lossTime <= min(wake, nextTime) {
        time = max(time, lossTime)
        loss = nil
        lose(generator.number(0...(peers.count - 1)))
        continue
      }
      guard min(wake, nextTime) < .infinity else {
        violations.append("nothing is ever to happen again")
        return .killed
      }
      let event: FetchEvent
      if let next, nextTime <= wake {
        time = max(time, nextTime)
        event = deliveries.remove(at: next).event
      } else {
        time = max(time, wake) + 1e-9
        event = .woke
      }
      if let ending = take(event) { return ending }
    }
    return .killed
  }

  private mutating func lose(_ peer: SourceNumber) {
    peers[peer].character = .dead
    deliveries = deliveries.map { delivery in
      guard let number = delivery.event.request, sourceOf[number] == peer else { return delivery }
      return Delivery(time: time, event: .failed(number, .unreachable("It died.")))
    }
  }

  private var sourceOf: [RequestNumber: SourceNumber] = [:]

  private mutating func take(_ event: FetchEvent) -> Ending? {
    for action in machine.handle(event, at: .seconds(time)) {
      switch action {
      case .askHashes(let number, let source): begin(number, source, nil)
      case .ask(let number, let source, let run): begin(number, source, run)
      case .cancel(let number):
        deliveries.removeAll { $0.event.request == number }
      case .drop(let source, let reason): dropped[source] = reason
      case .finish: return .finished
      case .giveUp: return .gaveUp
      }
    }
    return nil
  }

  private mutating func begin(_ number: RequestNumber, _ source: SourceNumber, _ run: Range<Int>?) {
    sourceOf[number] = source
    check(source, run)
    let peer = peers[source]
    var at = time + 0.01
    switch peer.character {
    case .refuses:
      return deliveries.append(Delivery(time: at, event: .failed(number, .refused("No."))))
    case .dead:
      return deliveries.append(Delivery(time: at, event: .failed(number, .unreachable("Gone."))))
    default: break
    }
    guard let run else {
      let isFalse = peer.character == .liar && generator.happens(0.5)
      return deliveries.append(
        Delivery(time: at, event: isFalse ? .falsehoodCame(number) : .hashesCame(number)))
    }
    asked[source, default: []].append(run)
    for (place, piece) in run.enumerated() {
      switch peer.character {
      case .stalls(let after) where place >= after:
        return deliveries.append(
          Delivery(time: at + Self.stallTime, event: .failed(number, .stalled)))
      case .breaksOff(let after) where place >= after:
        return deliveries.append(
          Delivery(time: at, event: .failed(number, .unreachable("It broke off."))))
      default: break
      }
      if generator.happens(0.2) {
        let total = Int64(place * machine.layout.pieceByteCount + 1)
        deliveries.append(
          Delivery(time: at + peer.pace / 2, event: .bytesCame(number, total: total)))
      }
      at += peer.pace
      if peer.character == .liar, generator.happens(0.3) {
        return deliveries.append(Delivery(time: at, event: .falsehoodCame(number)))
      }
      deliveries.append(Delivery(time: at, event: .pieceCame(number, piece: piece)))
    }
    deliveries.append(Delivery(time: at, event: .ended(number)))
  }

  /// What holds for every request, whatever happened before.
  private mutating func check(_ source: SourceNumber, _ run: Range<Int>?) {
    if let reason = dropped[source] { violations.append("\(source) was dropped: \(reason)") }
    guard let run else { return }
    if run.isEmpty || run.lowerBound < 0 || run.upperBound > machine.layout.pieceCount {
      violations.append("\(run) are no pieces")
    }
    if let first = run.first, machine.have.contains(first) {
      violations.append("\(first) is there already")
    }
    if machine.needsHashes { violations.append("\(run) cannot be verified yet") }
    if let window = machine.limits.window, let missing = machine.have.firstMissing(from: 0),
      run.upperBound > missing + window
    {
      violations.append("\(run) lies beyond the window from \(missing)")
    }
    if machine.activeSources.count > machine.limits.activeSources {
      violations.append("too many are asked at once")
    }
    if Set(machine.activeSources).count != machine.activeSources.count {
      violations.append("one is asked twice at once")
    }
  }
}

extension FetchEvent {
  var request: RequestNumber? {
    switch self {
    case .hashesCame(let number), .pieceCame(let number, _), .falsehoodCame(let number),
      .bytesCame(let number, _), .ended(let number), .failed(let number, _):
      number
    case .began, .woke: nil
    }
  }
}
