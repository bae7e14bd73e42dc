import SearchModel

/// How the revisions of an index are named to others, who keep statistics, filters and news by them.
///
/// An index that was thrown away and made anew counts from the beginning, and so does that of another
/// node that takes a group over: the same number would mean other records. So every process names its
/// revisions from a number of its own, drawn by chance.
struct RevisionNaming: Hashable, Sendable {
  private let base: UInt64

  /// - Parameter base: below 2^52, so that JSON holds the names exactly.
  init(base: UInt64 = .random(in: 1..<1 << 52)) {
    self.base = base
  }

  /// - Parameter hidden: the shares that a view of the revision leaves out: another view has other
  ///   names, so that nothing that is kept by them passes from one to the other.
  func name(of revision: Revision, without hidden: Set<ShareLabel> = []) -> Revision {
    if hidden.isEmpty { return Revision(base &+ revision.number) }
    let labels = hidden.sorted().map(\.value).joined(separator: " ")
    let offset = StableHash.value(of: labels, seed: base)
    return Revision((base &+ offset &+ revision.number) & Self.largestExact)
  }

  private static let largestExact: UInt64 = 1 << 53 - 1
}
