import Foundation
import SearchModel
import TestSupport
import Testing

@testable import EngineConformance
@testable import XapianEngine

@Suite("The merge policy") struct MergePolicyTests {
  /// Parts as the policy sees them, merged as a commit does.
  private struct Parts {
    var counts: [Int] = []
    var removed: [Int] = []
    var rewritten = 0

    mutating func commit(_ size: Int) {
      if size > 0 {
        counts.append(size)
        removed.append(0)
      }
      for index in counts.indices.reversed() where counts[index] == removed[index] { drop(index) }
      while true {
        let chosen = MergePolicy.merge(recordCounts: counts, removedCounts: removed)
        if chosen.isEmpty { return }
        let left = chosen.reduce(0) { $0 + counts[$1] - removed[$1] }
        rewritten += left
        for index in chosen.reversed() { drop(index) }
        if left > 0 {
          counts.append(left)
          removed.append(0)
        }
      }
    }

    private mutating func drop(_ index: Int) {
      counts.remove(at: index)
      removed.remove(at: index)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64], [1, 40, 700, 20_000])
  func partsStayFewAndRecordsRest(seed: UInt64, largest: Int) {
    var generator = SeededGenerator(seed: seed)
    var parts = Parts()
    var written = 0
    for step in 0..<3_000 {
      let size = generator.number(in: 1...largest)
      written += size
      parts.commit(size)
      let tiers = MergePolicy.tier(max(1, parts.counts.max() ?? 1)) + 1
      #expect(
        parts.counts.count <= (MergePolicy.partsPerTier - 1) * tiers, "seed \(seed), step \(step)")
      #expect(parts.counts.reduce(0, +) == written)
    }
    // Once a tier; in the lowest, where parts of one record may be, as often as it takes to fill it.
    let tiers = Double(MergePolicy.tier(written) + 1)
    let withinLowest = Double(MergePolicy.smallestTier) / Double(MergePolicy.partsPerTier - 1)
    #expect(Double(parts.rewritten) / Double(written) <= tiers + withinLowest / Double(largest) + 1)
  }

  @Test(arguments: [5, 6, 7] as [UInt64])
  func removedRecordsAreGivenUp(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var parts = Parts()
    for step in 0..<2_000 {
      for index in parts.counts.indices where generator.chance(30) {
        parts.removed[index] = generator.number(in: parts.removed[index]...parts.counts[index])
      }
      parts.commit(generator.chance(50) ? generator.number(in: 1...900) : 0)
      for (count, removed) in zip(parts.counts, parts.removed) {
        #expect(
          Double(removed) <= MergePolicy.removedShare * Double(count), "seed \(seed), step \(step)")
      }
    }
  }

  @Test func nothingIsMergedWithoutNeed() {
    #expect(MergePolicy.merge(recordCounts: [], removedCounts: []).isEmpty)
    #expect(MergePolicy.merge(recordCounts: [1_000_000], removedCounts: [250_000]).isEmpty)
    #expect(MergePolicy.merge(recordCounts: [1_000_000], removedCounts: [250_001]) == [0])
    let sevenSmall = Array(repeating: 10, count: 7)
    #expect(
      MergePolicy.merge(recordCounts: sevenSmall, removedCounts: [0, 0, 0, 0, 0, 0, 0]).isEmpty)
    // The eighth fills the tier; the large part rests.
    #expect(
      MergePolicy.merge(
        recordCounts: [100_000] + sevenSmall + [512], removedCounts: Array(repeating: 0, count: 9))
        == Array(1...8))
  }
}
