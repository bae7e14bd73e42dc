/// Which parts become one at a commit. Parts are sorted into tiers by the power of eight of their
/// size; a full tier moves up (the logarithmic method of Bentley and Saxe, 1980). A record is
/// rewritten about once a tier, in the lowest up to 73 times when commits are of one record each,
/// and a search visits at most seven parts a tier.
enum MergePolicy {
  static let partsPerTier = 8

  /// Parts up to this size are in the lowest tier.
  static let smallestTier = 512

  /// A part with more removed records than this share is rewritten.
  static let removedShare = 0.25

  /// - Parameter recordCounts: of each part, removed records included.
  /// - Returns: indices of the parts to merge into one, ascending; empty when none should be.
  static func merge(recordCounts: [Int], removedCounts: [Int]) -> [Int] {
    let tiers = recordCounts.map(tier)
    for tier in Set(tiers).sorted() where tiers.count(where: { $0 == tier }) >= partsPerTier {
      // What is smaller goes along: it costs little and leaves fewer parts.
      return recordCounts.indices.filter { tiers[$0] <= tier }
    }
    let worn = recordCounts.indices.first {
      Double(removedCounts[$0]) > removedShare * Double(recordCounts[$0])
    }
    return worn.map { [$0] } ?? []
  }

  static func tier(_ recordCount: Int) -> Int {
    var tier = 0
    var size = smallestTier
    while recordCount > size {
      size *= partsPerTier
      tier += 1
    }
    return tier
  }
}
