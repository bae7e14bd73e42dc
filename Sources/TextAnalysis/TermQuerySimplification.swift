import SearchModel

/// Making trees without needless nodes. Weights add up in `all` and `any`, so flattening either
/// changes no weight.
extension TermQuery {
  static func simplifiedAll(_ children: [TermQuery]) -> TermQuery {
    var flat: [TermQuery] = []
    for child in children {
      switch child {
      case .nothing: return .nothing
      case .everything: continue
      case .all(let inner): flat += inner
      default: flat.append(child)
      }
    }
    flat = flat.withoutRepetitions()
    return flat.count > 1 ? .all(flat) : flat.first ?? .everything
  }

  static func simplifiedAny(_ children: [TermQuery]) -> TermQuery {
    var flat: [TermQuery] = []
    for child in children {
      switch child {
      case .nothing: continue
      case .any(let inner): flat += inner
      default: flat.append(child)
      }
    }
    flat = flat.withoutRepetitions()
    return flat.count > 1 ? .any(flat) : flat.first ?? .nothing
  }

  static func simplifiedBest(_ children: [TermQuery]) -> TermQuery {
    var flat: [TermQuery] = []
    for child in children {
      switch child {
      case .nothing: continue
      case .best(let inner): flat += inner
      default: flat.append(child)
      }
    }
    flat = flat.withoutRepetitions()
    return flat.count > 1 ? .best(flat) : flat.first ?? .nothing
  }

  /// The number of leaves, phrases counted by their words.
  public var leafCount: Int {
    switch self {
    case .nothing, .everything, .filter: 0
    case .leaf: 1
    case .phrase(let phrase): phrase.leaves.reduce(0) { $0 + $1.leafCount }
    case .all(let children), .any(let children), .best(let children):
      children.reduce(0) { $0 + $1.leafCount }
    case .excluding(let positive, let negative): positive.leafCount + negative.leafCount
    }
  }
}

extension [TermQuery] {
  /// A word that was typed twice counts once.
  fileprivate func withoutRepetitions() -> [TermQuery] {
    var seen: Set<TermQuery> = []
    return filter { seen.insert($0).inserted }
  }
}
