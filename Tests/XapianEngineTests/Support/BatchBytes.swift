import EngineConformance

@testable import XapianEngine

/// Documents in the form that `cxapian_run_make` reads, of any content.
struct BatchBytes {
  private(set) var bytes: [UInt8] = []
  private(set) var documentCount = 0

  /// - Parameters:
  ///   - terms: each text once.
  ///   - positions: of terms that have any, ascending.
  mutating func add(
    key: [UInt8], size: Int64, modified: Int64, hash: [UInt8], data: [UInt8],
    booleanTerms: [[UInt8]], terms: [(text: [UInt8], occurrences: UInt8)],
    positions: [[UInt8]: [UInt32]] = [:]
  ) {
    documentCount += 1
    bytes.append(number: UInt16(key.count))
    bytes += key
    bytes.append(number: size)
    bytes.append(number: modified)
    bytes.append(UInt8(hash.count))
    bytes += hash
    bytes.append(number: UInt32(data.count))
    bytes += data
    bytes.append(number: UInt16(booleanTerms.count))
    for term in booleanTerms {
      bytes.append(UInt8(term.count))
      bytes += term
    }
    var packed: [UInt8] = []
    for (text, occurrences) in terms {
      packed.append(UInt8(text.count))
      packed += text
      packed.append(occurrences)
      let places = positions[text] ?? []
      packed.append(number: UInt16(places.count))
      for place in places { packed.append(number: place) }
    }
    bytes.append(number: UInt32(packed.count))
    bytes += packed
  }
}
