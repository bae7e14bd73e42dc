import Foundation
import RouterBands
import TestSupport
import Testing

@Suite struct DistanceTests {
  static func randomPath(using chance: inout SeededGenerator) -> RouterPath {
    RouterPath(
      (0..<chance.number(0...6)).map { _ in
        Hop(
          chance.happens(0.2) ? nil : SyntheticNetwork.address(198, 18, 0, chance.number(1...9)),
          roundTrip: chance.happens(0.2) ? nil : .microseconds(chance.number(0...50)))
      })
  }

  /// All pairs of places, the central server's among them.
  static func dumbHops(_ first: RouterPath, _ second: RouterPath) -> Int {
    var least = first.hops.count + second.hops.count
    for (i, one) in first.hops.enumerated() {
      for (j, other) in second.hops.enumerated()
      where one.address != nil && one.address == other.address {
        least = min(least, first.hops.count - 1 - i + second.hops.count - 1 - j)
      }
    }
    return least
  }

  @Test func distanceIsSymmetricAndTheShortestWay() {
    for seed in UInt64(1)...5_000 {
      var chance = SeededGenerator(seed: seed)
      let first = Self.randomPath(using: &chance)
      let second = Self.randomPath(using: &chance)
      let there = BandDistance(from: first, to: second)
      #expect(there == BandDistance(from: second, to: first), "seed \(seed): \(first), \(second)")
      #expect(there.hops == Self.dumbHops(first, second), "seed \(seed): \(first), \(second)")
      #expect(there.latency ?? .zero >= .zero)
    }
  }

  @Test func anExampleByHand() {
    func path(_ hops: (String, Int)...) -> RouterPath {
      RouterPath(hops.map { Hop(IPAddress($0.0), roundTrip: .milliseconds($0.1)) })
    }
    let first = path(("198.18.0.1", 1), ("198.18.105.2", 3), ("198.18.151.2", 7))
    let second = path(("198.18.0.1", 2), ("198.18.105.2", 4), ("198.18.152.2", 9))
    #expect(
      BandDistance(from: first, to: second) == BandDistance(hops: 2, latency: .milliseconds(10)))
    let third = path(("198.18.0.1", 2), ("*", 4), ("198.18.152.3", 9))
    let fourth = path(("198.18.0.1", 1), ("*", 4), ("198.18.152.4", 9))
    // Silent hops are no common router.
    #expect(
      BandDistance(from: third, to: fourth) == BandDistance(hops: 4, latency: .milliseconds(16)))
    let key = BandKey("r:198.18.151.2")!
    #expect(BandDistance(from: (key, first), to: (key, second)) == .sameBand)
  }

  @Test func nearnessIsAStrictWeakOrder() {
    for seed in UInt64(1)...400 {
      var chance = SeededGenerator(seed: seed)
      let ranks = (0..<12).map { _ in
        Nearness(
          relation: [.ownGroup, .sameBand, .otherBand].randomElement(using: &chance)!,
          measured: chance.happens(0.5) ? nil : .microseconds(chance.number(90...130)),
          distance: BandDistance(
            hops: chance.number(0...2),
            latency: chance.happens(0.5) ? nil : .microseconds(chance.number(90...130))),
          key: ["a", "b"].randomElement(using: &chance)!)
      }
      for a in ranks {
        #expect(!(a < a))
        for b in ranks {
          #expect(!(a < b && b < a), "seed \(seed)")
          for c in ranks {
            if a < b, b < c { #expect(a < c, "seed \(seed)") }
            let areAlike = !(a < b) && !(b < a) && !(b < c) && !(c < b)
            if areAlike { #expect(!(a < c) && !(c < a), "seed \(seed)") }
          }
        }
      }
    }
  }

  @Test func nearnessGoesByGroupThenTimeThenHopsThenKey() {
    func rank(
      _ relation: Nearness.Relation, _ measured: Int?, _ estimate: Int?, _ hops: Int, _ key: String
    ) -> Nearness {
      Nearness(
        relation: relation, measured: measured.map { .milliseconds($0) },
        distance: BandDistance(hops: hops, latency: estimate.map { .milliseconds($0) }), key: key)
    }
    let ordered = [
      rank(.ownGroup, 500, nil, 9, "z"), rank(.sameBand, 90, nil, 0, "z"),
      rank(.otherBand, 1, 80, 9, "z"), rank(.otherBand, nil, 2, 9, "z"),
      rank(.otherBand, 40, nil, 3, "b"), rank(.otherBand, 40, nil, 3, "c"),
      rank(.otherBand, 40, nil, 4, "a"), rank(.otherBand, nil, nil, 1, "a"),
    ]
    #expect(ordered.reversed().sorted() == ordered)
  }

  @Test func bucketsAreTenPercentSteps() {
    for microseconds in [1, 2, 10, 99, 1_000, 54_321, 999_999, 60_000_000] {
      let expected = Int((log(Double(microseconds)) / log(1.1)).rounded(.up))
      #expect(abs(Nearness.bucket(of: .microseconds(microseconds)) - expected) <= 1)
    }
    #expect(Nearness.bucket(of: .zero) == 0)
    #expect(Nearness.bucket(of: .microseconds(-5)) == 0)
    #expect(Nearness.bucket(of: .seconds(4_000)) == Nearness.bucket(of: .seconds(1 << 50)))
  }

  @Test func tracesMergeToTheirBest() {
    func hop(_ text: String, _ time: Int?) -> Hop {
      Hop(IPAddress(text), roundTrip: time.map { .milliseconds($0) })
    }
    let first = RouterPath([hop("198.18.0.1", 3), hop("*", nil)])
    let second = RouterPath([hop("198.18.0.1", 2), hop("198.18.1.2", 9)])
    #expect(first.merged(with: second) == second)
    #expect(second.merged(with: first) == second)
    let other = RouterPath([hop("198.18.0.9", 1)])
    #expect(second.merged(with: other) == second)
    #expect(other.merged(with: second) == second)
  }
}
