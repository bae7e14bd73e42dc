/// What an index must hold so that a query can match anything in it. An index that does not meet it
/// holds no match; one that meets it may or may not.
public indirect enum TermRequirement: Hashable, Sendable {
  /// Nothing is known of the query: every index may hold a match.
  case anything
  /// No index holds a match.
  case nothing
  case term(TermFingerprint)
  case all([TermRequirement])
  case any([TermRequirement])

  /// All of them, without needless nodes; ``anything`` when there are none.
  public static func simplifiedAll(_ parts: [TermRequirement]) -> TermRequirement {
    var flat: [TermRequirement] = []
    for part in parts {
      switch part {
      case .nothing: return .nothing
      case .anything: continue
      case .all(let inner): flat += inner
      case .term, .any: flat.append(part)
      }
    }
    flat = distinct(flat)
    return flat.count > 1 ? .all(flat) : flat.first ?? .anything
  }

  /// At least one of them, without needless nodes; ``nothing`` when there are none.
  public static func simplifiedAny(_ parts: [TermRequirement]) -> TermRequirement {
    var flat: [TermRequirement] = []
    for part in parts {
      switch part {
      case .anything: return .anything
      case .nothing: continue
      case .any(let inner): flat += inner
      case .term, .all: flat.append(part)
      }
    }
    flat = distinct(flat)
    return flat.count > 1 ? .any(flat) : flat.first ?? .nothing
  }

  private static func distinct(_ parts: [TermRequirement]) -> [TermRequirement] {
    var seen: Set<TermRequirement> = []
    return parts.filter { seen.insert($0).inserted }
  }

  /// Whether an index may hold a match.
  ///
  /// - Parameter holds: whether the index may hold a term with this fingerprint; it may err towards
  ///   yes, and then so does the answer.
  public func mayHold(_ holds: (TermFingerprint) -> Bool) -> Bool {
    switch self {
    case .anything: true
    case .nothing: false
    case .term(let fingerprint): holds(fingerprint)
    case .all(let parts): parts.allSatisfy { $0.mayHold(holds) }
    case .any(let parts): parts.contains { $0.mayHold(holds) }
    }
  }
}
