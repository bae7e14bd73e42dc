internal import CXapian
import SearchModel
import TextAnalysis

/// What the shim asks back during one match of one part.
final class MatchContext {
  private let plan: Plan
  private let facets: Set<Facet>
  private(set) var facetCounting: FacetCounting
  private var sortKey: [UInt8] = []

  init(_ plan: Plan, facets: Set<Facet>) {
    self.plan = plan
    self.facets = facets
    facetCounting = FacetCounting(facets)
  }

  /// The callbacks, valid during `body`.
  func withCallbacks<Result>(
    _ body: (UnsafePointer<cxapian_callbacks>) throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    // The context lives as long as this call, and the shim calls back only within it.
    var callbacks = cxapian_callbacks(
      context: Unmanaged.passUnretained(self).toOpaque(),
      predicate: { MatchContext.of($0).holds($1, $2) },
      sort_key: { MatchContext.of($0).sortKey(of: $1) },
      visit: facets.isEmpty ? nil : { MatchContext.of($0).count($1!.pointee) })
    defer { withExtendedLifetime(self) {} }
    return try withUnsafePointer(to: &callbacks) { (pointer) throws(EngineError) in
      try body(pointer)
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> MatchContext {
    Unmanaged<MatchContext>.fromOpaque(context!).takeUnretainedValue()
  }

  private func holds(_ predicate: UInt32, _ data: cxapian_bytes) -> Bool {
    guard let record = StoredRecord.words(of: data.buffer) else { return false }
    return plan.predicates[Int(predicate)](record)
  }

  private func sortKey(of data: cxapian_bytes) -> cxapian_bytes {
    let name = StoredRecord.words(of: data.buffer)?.filename ?? ""
    sortKey = Array(FilterValues.folded(name).utf8)
    // The array is not touched before the next call, so the pointer stays good as promised.
    return sortKey.withUnsafeBufferPointer { cxapian_bytes(data: $0.baseAddress, count: $0.count) }
  }

  private func count(_ document: cxapian_document) {
    if let record = StoredRecord.record(of: document) { facetCounting.add(record) }
  }
}
