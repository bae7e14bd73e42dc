internal import CXapian
import SearchModel

/// A record as a part keeps it: the words in the document's data, and key, size, time and hash in
/// values, where matching needs them. The text is not kept.
enum StoredRecord {
  /// The document's data.
  static func append(_ record: Record, to bytes: inout [UInt8]) {
    bytes.append(shortString: record.filename)
    bytes.append(shortString: record.directory)
    bytes.append(shortString: record.title)
    bytes.append(shortString: record.owner.userID)
    bytes.append(variable: UInt64(bitPattern: record.owner.userSerialID))
    bytes.append(variable: UInt64(record.keywords.count))
    for keyword in record.keywords { bytes.append(shortString: keyword) }
  }

  /// A record without what is kept in values: its key stands for any.
  static func words(of data: UnsafeBufferPointer<UInt8>) -> Record? {
    var reader = ByteStreamReader(data)
    guard let filename = reader.shortString(), let directory = reader.shortString(),
      let title = reader.shortString(), let userID = reader.shortString(),
      let serial = reader.variable(), let keywordCount = reader.variable()
    else { return nil }
    var keywords: [String] = []
    for _ in 0..<keywordCount {
      guard let keyword = reader.shortString() else { return nil }
      keywords.append(keyword)
    }
    return Record(
      key: placeholderKey, filename: filename, directory: directory, title: title,
      keywords: keywords,
      owner: Owner(userSerialID: Int64(bitPattern: serial), userID: userID))
  }

  /// - Returns: nil when the stored bytes make no sense: the part is damaged.
  static func record(of document: cxapian_document) -> Record? {
    guard var record = words(of: document.data.buffer), let key = RecordKey(document.key.text)
    else { return nil }
    record.key = key
    record.size = document.size
    record.modified = document.modified
    record.contentHash = ContentHash(bytes: Array(document.hash.buffer))
    return record
  }

  /// The record of a hit, whose values the match has read already.
  static func record(of hit: SnapshotSearch.Candidate, data: cxapian_bytes) -> Record? {
    guard var record = words(of: data.buffer),
      let key = RecordKey(String(decoding: hit.key, as: UTF8.self))
    else { return nil }
    record.key = key
    record.size = hit.size
    record.modified = hit.modified
    record.contentHash = ContentHash(bytes: hit.hash)
    return record
  }

  // One character is a valid key.
  private static let placeholderKey = RecordKey("-")!
}
