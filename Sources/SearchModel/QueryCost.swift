/// How large a query is, in what makes it dear to carry out.
public struct QueryCost: Hashable, Sendable {
  /// All nodes of the tree.
  public private(set) var nodeCount = 0

  /// Levels of the tree; 1 for a single word.
  public private(set) var depth = 0

  /// Leaves that stand for every word with a beginning or a part. Each is a walk over the vocabulary
  /// and the union of what it finds.
  public private(set) var wildcardCount = 0

  /// UTF-8 bytes of all words, phrases and conditions.
  public private(set) var textByteCount = 0

  /// Walks the tree with a list of its own: a stranger's may be too deep for the stack.
  public init(of query: Query) {
    var waiting = [(query: query, level: 1)]
    while let (query, level) = waiting.popLast() {
      nodeCount += 1
      depth = max(depth, level)
      switch query {
      case .nothing, .everything: break
      case .word(let text, _), .phrase(let text, _), .resembling(let text):
        textByteCount += text.utf8.count
      case .prefix(let text, _), .infix(let text, _):
        wildcardCount += 1
        textByteCount += text.utf8.count
      case .filter(let filter): textByteCount += filter.textByteCount
      case .not(let inner): waiting.append((inner, level + 1))
      case .all(let children), .any(let children):
        for child in children { waiting.append((child, level + 1)) }
      }
    }
  }
}

extension Filter {
  fileprivate var textByteCount: Int {
    switch self {
    case .fileExtension(let text), .folder(let text), .owner(let text): text.utf8.count
    case .type, .size, .modified, .contentHash: 0
    }
  }
}

/// How much a query may cost whoever carries it out for others. What people type stays within it,
/// except for more wildcards than anybody means.
public struct QueryCostLimits: Hashable, Sendable {
  public var nodeCount: Int
  public var depth: Int
  public var wildcardCount: Int
  public var textByteCount: Int

  public static let standard = QueryCostLimits(
    nodeCount: 4_096, depth: 64, wildcardCount: 16, textByteCount: 65_536)

  public init(nodeCount: Int, depth: Int, wildcardCount: Int, textByteCount: Int) {
    self.nodeCount = nodeCount
    self.depth = depth
    self.wildcardCount = wildcardCount
    self.textByteCount = textByteCount
  }

  /// - Throws: the first limit that the query exceeds.
  public func check(_ query: Query) throws(QueryCostError) {
    let cost = QueryCost(of: query)
    if cost.nodeCount > nodeCount {
      throw .tooManyNodes(count: cost.nodeCount, limit: nodeCount)
    }
    if cost.depth > depth { throw .tooDeep(depth: cost.depth, limit: depth) }
    if cost.wildcardCount > wildcardCount {
      throw .tooManyWildcards(count: cost.wildcardCount, limit: wildcardCount)
    }
    if cost.textByteCount > textByteCount {
      throw .tooMuchText(byteCount: cost.textByteCount, limit: textByteCount)
    }
  }
}

/// Why a query is not carried out for others.
public enum QueryCostError: Error, Hashable, Sendable {
  case tooManyNodes(count: Int, limit: Int)
  case tooDeep(depth: Int, limit: Int)
  case tooManyWildcards(count: Int, limit: Int)
  case tooMuchText(byteCount: Int, limit: Int)
}

extension QueryCostError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooManyNodes(let count, let limit):
      "The query has \(count) words and operators; at most \(limit) are searched. Use fewer words."
    case .tooDeep(let depth, let limit):
      "The query is nested \(depth) deep; at most \(limit) is searched. Use fewer parentheses."
    case .tooManyWildcards(let count, let limit):
      "The query has \(count) words with *; at most \(limit) are searched. Write some words out."
    case .tooMuchText(let count, let limit):
      "The query has \(count) bytes of text; at most \(limit) are searched. Use fewer words."
    }
  }
}
