import TestSupport

/// What is on its way in both directions. Pure: times come in.
struct Cable {
  struct Crossing {
    var due: ContinuousClock.Instant
    var end: Int
    var frame: [UInt8]
  }

  let delay: Duration
  let loss: Double
  var chance: SeededGenerator
  /// In the order of their arrival, because all take equally long.
  private var crossings: [Crossing] = []

  init(delay: Duration, loss: Double, chance: SeededGenerator) {
    (self.delay, self.loss, self.chance) = (delay, loss, chance)
  }

  var nextArrival: ContinuousClock.Instant? { crossings.first?.due }

  mutating func send(_ frame: [UInt8], toEnd end: Int, at time: ContinuousClock.Instant) {
    if chance.happens(loss) { return }
    crossings.append(Crossing(due: time + delay, end: end, frame: frame))
  }

  mutating func arrivals(at time: ContinuousClock.Instant) -> [Crossing] {
    let count = crossings.prefix { $0.due <= time }.count
    defer { crossings.removeFirst(count) }
    return Array(crossings.prefix(count))
  }
}
