import SearchModel
import TextAnalysis

/// Records on their way into a part, in the form that `cxapian_write_part` describes. Putting a key
/// again replaces what was put before.
struct BatchBuffer {
  private(set) var bytes: [UInt8] = []
  /// Where each record stands in `bytes`, by key.
  private var ranges: [RecordKey: Range<Int>] = [:]
  /// Bytes that a later change made void.
  private var voidRanges: [Range<Int>] = []

  var recordCount: Int { ranges.count }
  var byteCount: Int { bytes.count }
  var isEmpty: Bool { ranges.isEmpty }

  mutating func put(_ record: Record, analyzer: inout RecordAnalyzer) {
    remove(record.key)
    let start = bytes.count
    append(record, analyzer: &analyzer)
    ranges[record.key] = start..<bytes.count
  }

  mutating func remove(_ key: RecordKey) {
    if let range = ranges.removeValue(forKey: key) { voidRanges.append(range) }
  }

  /// The records alone, without what was made void.
  func compacted() -> [UInt8] {
    if voidRanges.isEmpty { return bytes }
    var kept: [UInt8] = []
    var start = 0
    for range in voidRanges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      kept += bytes[start..<range.lowerBound]
      start = range.upperBound
    }
    return kept + bytes[start...]
  }

  private mutating func append(_ record: Record, analyzer: inout RecordAnalyzer) {
    var key = record.key.value
    key.withUTF8 { utf8 in
      bytes.append(number: UInt16(utf8.count))
      bytes.append(contentsOf: utf8)
    }
    bytes.append(number: record.size)
    bytes.append(number: record.modified)
    let hash = record.contentHash?.bytes ?? []
    bytes.append(UInt8(hash.count))
    bytes += hash
    appendCounted { StoredRecord.append(record, to: &$0) }
    let filterTerms = FilterTerms.all(of: record)
    bytes.append(number: UInt16(filterTerms.count))
    for term in filterTerms {
      bytes.append(UInt8(term.utf8.count))
      bytes.append(contentsOf: term.utf8)
    }
    appendCounted { _ = analyzer.append(record, to: &$0) }
  }

  /// Appends what `body` appends, with its u32 byte count before it.
  private mutating func appendCounted(_ body: (inout [UInt8]) -> Void) {
    let start = bytes.count
    bytes.append(number: UInt32(0))
    body(&bytes)
    let count = UInt32(bytes.count - start - 4)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
  }
}
