/// How far an answer covers its scope: for each virtual server asked, what became of it.
public struct Completeness: Hashable, Sendable, Codable {
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case answered
    /// Proven to hold no match without being asked.
    case pruned
    /// The cascade stopped before it.
    case notNeeded
    case timedOut
    case unreachable
    case refused
  }

  /// By the virtual server's identifier.
  public var outcomes: [String: Outcome]

  public init(outcomes: [String: Outcome] = [:]) {
    self.outcomes = outcomes
  }

  /// Whether no match of the scope can be missing: every server answered or was proven empty.
  public var isComplete: Bool {
    outcomes.values.allSatisfy { $0 == .answered || $0 == .pruned }
  }
}
