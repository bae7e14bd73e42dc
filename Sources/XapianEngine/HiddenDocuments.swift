internal import CXapian
import SearchModel
import TextAnalysis

/// The documents of a part that a view leaves out: for whoever reads the part they are gone, and every
/// statistic is without them. Used by the part's thread.
final class HiddenDocuments {
  let count: Int
  let totalLength: UInt64

  /// By the term's bytes: to count takes a walk over its postings, and the words of searches come again.
  private var frequencies: [[UInt8]: Int] = [:]
  private static let mostFrequencies = 10_000

  /// Hides the shares' documents from the part, which was just opened.
  init(
    of shares: Set<ShareLabel>, in handle: OpaquePointer, path: String
  ) throws(EngineError) {
    var count: UInt32 = 0
    var length: UInt64 = 0
    if !shares.isEmpty {
      // One after the other in memory, for the shim to point into.
      let terms = shares.sorted().map { Array(FilterTerms.share($0).utf8) }
      let bytes = terms.flatMap { $0 }
      try calling(about: path) { error in
        bytes.withUnsafeBufferPointer { buffer in
          var offset = 0
          let places = terms.map { term in
            defer { offset += term.count }
            return cxapian_bytes(data: buffer.baseAddress.map { $0 + offset }, count: term.count)
          }
          return cxapian_part_hide(handle, places, places.count, &count, &length, error)
        }
      }
    }
    self.count = Int(count)
    totalLength = length
  }

  /// How many of the term's documents are hidden.
  func frequency(
    of term: String, in handle: OpaquePointer, path: String
  ) throws(EngineError) -> Int {
    let bytes = Array(term.utf8)
    if let known = frequencies[bytes] { return known }
    var frequency: UInt32 = 0
    try calling(about: path) { error in
      bytes.withCXapianBytes {
        cxapian_part_hidden_frequency(handle, $0, &frequency, error)
      }
    }
    if frequencies.count >= Self.mostFrequencies { frequencies.removeAll() }
    frequencies[bytes] = Int(frequency)
    return Int(frequency)
  }
}
