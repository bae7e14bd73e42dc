import Protocol
import SearchModel

/// Who may see which share of a node, as far as the index may hold records of it.
///
/// A share that the node's table does not name, or names no more, is for its owner alone: its records
/// may stand in the index for a moment before the table, and for a while after it.
struct HeldShares: Hashable, Sendable, Codable {
  /// Of the table that holds; nil for none.
  var version: String?
  /// By the node's own labels.
  private(set) var visibilities: [ShareLabel: Visibility] = [:]

  /// Shares that have ended are kept up to here; then the node publishes all anew.
  static let mostShares = 3 * ShareTable.mostShares

  var isFull: Bool { visibilities.count > Self.mostShares }

  /// - Parameter holdsRecords: whether records of shares that have ended may be left.
  mutating func take(_ table: ShareTable, besideRecords holdsRecords: Bool) {
    version = table.version
    visibilities = holdsRecords ? visibilities.mapValues { _ in .users([]) } : [:]
    visibilities.merge(table.shares) { _, new in new }
  }

  /// Records of these shares are going to be in the index.
  mutating func cover(_ labels: Set<ShareLabel>) {
    for label in labels where visibilities[label] == nil { visibilities[label] = .users([]) }
  }
}
