import SearchModel
import TextAnalysis

/// Records in the form that `cxapian_run_make` describes.
struct PackedBatch {
  private(set) var bytes: [UInt8] = []
  private var analyzer = RecordAnalyzer()

  init(_ records: [Record]) {
    for record in records { append(record) }
  }

  private mutating func append(_ record: Record) {
    var key = record.key.value
    key.withUTF8 { utf8 in
      bytes.append(number: UInt16(utf8.count))
      bytes.append(contentsOf: utf8)
    }
    bytes.append(number: record.size)
    bytes.append(number: record.modified)
    if let hash = record.contentHash?.bytes {
      bytes.append(UInt8(hash.count))
      bytes += hash
    } else {
      bytes.append(0)
    }
    appendCounted { batch in StoredRecord.append(record, to: &batch.bytes) }
    let filterTerms =
      FilterTerms.all(of: record) + (record.share.map { [FilterTerms.share($0)] } ?? [])
    bytes.append(number: UInt16(filterTerms.count))
    for term in filterTerms {
      bytes.append(UInt8(term.utf8.count))
      bytes.append(contentsOf: term.utf8)
    }
    appendCounted { batch in _ = batch.analyzer.append(record, to: &batch.bytes) }
  }

  /// Appends what `body` appends, with its u32 byte count before it.
  private mutating func appendCounted(_ body: (inout PackedBatch) -> Void) {
    let start = bytes.count
    bytes.append(number: UInt32(0))
    body(&self)
    let count = UInt32(bytes.count - start - 4)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
  }
}
