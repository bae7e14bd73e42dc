public import SearchModel

/// Who may see which of a node's shares: all of them, each by its label. It is published beside the
/// records, so that a change is one small message however many files a share has.
public struct ShareTable: Hashable, Sendable, Codable {
  public static let mostShares = 1_000
  /// Of all shares together.
  public static let mostUsers = 10_000
  /// The longest label in bytes: in an index the node stands before it.
  public static let longestLabel = 48

  /// Names what the table says: another table has another.
  public var version: String
  public var shares: [ShareLabel: Visibility]

  public init(_ shares: [ShareLabel: Visibility]) {
    self.shares = shares
    let text = shares.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value.description)\n" }.joined()
    version =
      String(StableHash.value(of: text), radix: 16) + "-"
      + String(StableHash.value(of: text, seed: 1), radix: 16)
  }

  /// Whether there is a share that not everyone may see.
  public var restricts: Bool { shares.values.contains { $0 != .everyone } }

  /// What keeps this from being a node's table; nil for one that may be.
  public var problemOfShape: String? {
    guard 1...100 ~= version.utf8.count else { return "A table of shares has no proper version." }
    guard shares.count <= Self.mostShares else { return "A node has too many shares." }
    var userCount = 0
    for (label, visibility) in shares {
      guard label.value.utf8.count <= Self.longestLabel else {
        return "The label of a share is too long."
      }
      if let problem = visibility.problemOfShape { return problem }
      if case .users(let names) = visibility { userCount += names.count }
    }
    return userCount <= Self.mostUsers ? nil : "The shares of a node name too many users."
  }
}
