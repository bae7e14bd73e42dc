import SearchModel
import TestSupport

/// Queries over all operators, fields and filters, of words that ``RandomCollection`` uses and some
/// that it does not.
struct RandomQuery {
  static func query(depth: Int = 3, using generator: inout SeededGenerator) -> Query {
    if depth > 0, generator.chance(55) {
      let width = generator.chance(5) ? 0 : generator.number(in: 1...3)
      let parts = (0..<width).map { _ in query(depth: depth - 1, using: &generator) }
      switch generator.number(in: 0...6) {
      case 0, 1, 2: return .all(parts)
      case 3, 4: return .any(parts)
      case 5: return .all(parts + [.not(query(depth: depth - 1, using: &generator))])
      default: return .not(query(depth: depth - 1, using: &generator))
      }
    }
    return leaf(using: &generator)
  }

  private static func leaf(using generator: inout SeededGenerator) -> Query {
    let field = generator.chance(60) ? nil : generator.one(of: Field.allCases)
    let typed = word(using: &generator)
    switch generator.number(in: 0...13) {
    case 0, 1, 2, 3: return .word(typed, field: field)
    case 4: return .word(typed, field: nil)
    case 5:
      return .phrase(RandomCollection.phrase(1...3, using: &generator), field: field)
    case 6: return .phrase("\(typed) \(word(using: &generator))", field: field)
    case 7: return .prefix(String(typed.prefix(generator.number(in: 1...6))), field: field)
    case 8:
      let part = typed.dropFirst().prefix(generator.number(in: 1...5))
      return .infix(String(part), field: field)
    case 9: return .resembling(RandomCollection.phrase(1...3, using: &generator))
    case 10: return generator.chance(80) ? .everything : .nothing
    default: return .filter(filter(using: &generator))
    }
  }

  private static func word(using generator: inout SeededGenerator) -> String {
    switch generator.number(in: 0...9) {
    case 0: generator.one(of: ["absent", "없음", "reprot", "", "-", "…"])
    case 1: generator.zipfian(RandomCollection.words).uppercased()
    default: generator.zipfian(RandomCollection.words)
    }
  }

  private static func filter(using generator: inout SeededGenerator) -> Filter {
    func bounds(_ low: Int, _ high: Int, _ unit: Int64) -> (Int64?, Int64?) {
      let first = Int64(generator.number(in: low...high)) * unit
      let second = Int64(generator.number(in: low...high)) * unit
      return (generator.chance(30) ? nil : first, generator.chance(30) ? nil : max(first, second))
    }
    switch generator.number(in: 0...6) {
    case 0: return .fileExtension(generator.one(of: RandomCollection.extensions + ["zip"]))
    case 1: return .type(generator.one(of: FileType.allCases))
    case 2:
      return .folder(generator.one(of: ["work", "WORK/2024", "2024", "사진", "b/c", "main", "x"]))
    case 3: return .owner(generator.one(of: ["kim", "JEON", "정", "anna", "nobody"]))
    case 4:
      let (minimum, maximum) = bounds(0, 20, 1_000)
      return .size(minimum: minimum, maximum: maximum)
    case 5:
      let (earliest, latest) = bounds(-10, 60, 40_000_000)
      return .modified(earliest: earliest, latest: latest)
    default:
      return RandomCollection.hash(generator.number(in: 0...15)).map(Filter.contentHash)
        ?? .owner("kim")
    }
  }

  static func request(using generator: inout SeededGenerator) -> SearchRequest {
    SearchRequest(
      query: query(using: &generator),
      limit: generator.one(of: [0, 1, 5, 10, 1_000]),
      offset: generator.one(of: [0, 0, 0, 1, 7, 500]),
      sort: generator.one(of: [
        .relevance, .relevance, .relevance, .name(ascending: generator.chance(50)),
        .size(ascending: generator.chance(50)), .modified(ascending: generator.chance(50)),
      ]),
      collapsesDuplicates: generator.chance(50),
      facets: generator.chance(20) ? Set(Facet.allCases) : [],
      explains: generator.chance(30))
  }
}
