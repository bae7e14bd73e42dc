extension TermQuery {
  /// The leaves that can add to a weight, which are those that need statistics.
  public var weightedLeaves: [TermLeaf] {
    switch self {
    case .nothing, .everything, .filter: []
    case .leaf(let leaf): [leaf]
    case .phrase(let phrase): phrase.leaves.flatMap(\.weightedLeaves)
    case .all(let parts), .any(let parts), .best(let parts): parts.flatMap(\.weightedLeaves)
    case .excluding(let wanted, _): wanted.weightedLeaves
    }
  }
}

extension TermLeaf: CustomStringConvertible {
  /// `report`, or with the fields that it is restricted to, `name:report`.
  public var description: String {
    if fields == .everywhere { return statisticsKey }
    return fields.fields.map(\.rawValue).joined(separator: ",") + ":" + statisticsKey
  }
}
