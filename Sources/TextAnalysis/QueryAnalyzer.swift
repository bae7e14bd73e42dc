import SearchModel

/// Turns a query into what engines carry out.
public struct QueryAnalyzer: Sendable {
  public init() {}

  public func analyze(_ query: Query) -> TermQuery { .nothing }
}
