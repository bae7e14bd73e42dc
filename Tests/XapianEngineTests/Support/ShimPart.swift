internal import CXapian
import SearchModel

@testable import XapianEngine

/// A part, opened at the border itself.
final class ShimPart {
  let handle: OpaquePointer

  init(_ path: String) throws(EngineError) {
    var opened: OpaquePointer?
    try calling(about: path) { cxapian_part_open(path, nil, 0, &opened, $0) }
    guard let opened else { throw .missing(path: path) }
    handle = opened
  }

  deinit { cxapian_part_close(handle) }

  /// All matches of a plan by number. A weight is n / (n + 1) for n occurrences of a term.
  func matches(of plan: [UInt8]) throws(EngineError) -> (documents: [UInt32], weights: [Double]) {
    var callbacks = cxapian_callbacks()
    var result = cxapian_match_result()
    let frequencies = (0..<128).map(Double.init)
    try frequencies.withUnsafeBufferPointer { (frequencies) throws(EngineError) in
      var options = cxapian_match_options(
        limit: .max, order: .weight, ascending: true, collapse: false,
        frequencies: frequencies.baseAddress, k1: 1, b: 0, average_length: 1)
      try calling(about: "part") { error in
        plan.withCXapianBytes {
          cxapian_part_match(handle, $0, &options, &callbacks, &result, error)
        }
      }
    }
    let hits = UnsafeBufferPointer(start: result.hits, count: result.hit_count)
      .sorted { $0.document < $1.document }
    return (hits.map(\.document), hits.map(\.weight))
  }
}
