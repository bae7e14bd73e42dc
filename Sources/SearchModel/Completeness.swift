/// How far an answer covers its scope: for each virtual server, what became of it.
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

  /// Those that the search came to, by the virtual server's identifier.
  public var outcomes: [String: Outcome]

  /// How many more virtual servers the scope has, that the search did not come to. They are not
  /// named one by one, so that what a near answer costs does not grow with the network.
  public var restCount: Int

  /// What became of all of those: ``Outcome/notNeeded``, or ``Outcome/timedOut`` where the deadline
  /// came first.
  public var restOutcome: Outcome

  public init(
    outcomes: [String: Outcome] = [:], restCount: Int = 0, restOutcome: Outcome = .notNeeded
  ) {
    self.outcomes = outcomes
    self.restCount = restCount
    self.restOutcome = restOutcome
  }

  /// How many virtual servers the scope has; `Int.max` where they cannot be counted.
  public var count: Int { Self.sum(outcomes.count, restCount) }

  /// How many came to this end; `Int.max` where they cannot be counted.
  public func count(of outcome: Outcome) -> Int {
    let named = outcomes.values.count { $0 == outcome }
    return restOutcome == outcome ? Self.sum(named, restCount) : named
  }

  /// Whoever sent the rest may have sent any number, and a sum that overflows would end the process.
  private static func sum(_ named: Int, _ rest: Int) -> Int {
    let (sum, overflows) = named.addingReportingOverflow(rest)
    return overflows ? .max : sum
  }

  /// Whether no match of the scope can be missing: every server answered or was proven empty.
  public var isComplete: Bool {
    restCount == 0 && outcomes.values.allSatisfy { $0 == .answered || $0 == .pruned }
  }
}
