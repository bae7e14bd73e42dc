import SearchModel

/// The records of a part that are gone, and what they took with them: parts never change, so a
/// removal is written beside, and every statistic is the part's less this.
struct Removals: Equatable {
  /// Document numbers in the part, ascending.
  private(set) var documents: [UInt32] = []
  private(set) var totalLength: UInt64 = 0
  private(set) var documentFrequencies: [String: UInt32] = [:]

  func contains(_ document: UInt32) -> Bool {
    let index = insertionIndex(of: document)
    return index < documents.count && documents[index] == document
  }

  /// Adds a document that was not removed before, with its terms.
  mutating func insert(_ document: UInt32, length: UInt32, terms: [String]) {
    documents.insert(document, at: insertionIndex(of: document))
    totalLength += UInt64(length)
    for term in terms { documentFrequencies[term, default: 0] += 1 }
  }

  private func insertionIndex(of document: UInt32) -> Int {
    var low = 0
    var high = documents.count
    while low < high {
      let middle = (low + high) / 2
      if documents[middle] < document { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // The file: counts and numbers in LEB128, documents as differences; then the checksum of it all.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(variable: UInt64(documents.count))
    var last: UInt32 = 0
    for document in documents {
      bytes.append(variable: UInt64(document - last))
      last = document
    }
    bytes.append(variable: totalLength)
    bytes.append(variable: UInt64(documentFrequencies.count))
    for (term, count) in documentFrequencies {
      bytes.append(shortString: term)
      bytes.append(variable: UInt64(count))
    }
    bytes.append(number: Checksum.of(bytes))
    return bytes
  }

  init() {}

  /// Those of a part, from the file that the manifest names.
  static func load(
    for part: Manifest.Part, in index: IndexFiles
  ) throws(EngineError) -> Removals {
    guard let file = part.removals else { return Removals() }
    let path = index.part(file)
    do {
      let data = try FileAccess.contents(of: path, missing: path)
      if let removals = Removals(Array(data)) { return removals }
    } catch .missing {
      throw .corrupted(path: index.path, reason: "\(path) is gone")
    }
    throw .corrupted(path: index.path, reason: "\(path) has changed since it was written")
  }

  /// - Returns: nil when the bytes are damaged.
  init?(_ bytes: [UInt8]) {
    let body = Array(bytes.dropLast(8))
    var seal: [UInt8] = []
    seal.append(number: Checksum.of(body))
    guard bytes.suffix(8) == seal[...],
      let decoded = body.withUnsafeBufferPointer({ Self.decode(ByteStreamReader($0)) })
    else { return nil }
    self = decoded
  }

  private static func decode(_ stream: ByteStreamReader) -> Removals? {
    var reader = stream
    var removals = Removals()
    guard let documentCount = reader.variable() else { return nil }
    var last: UInt64 = 0
    for _ in 0..<documentCount {
      guard let step = reader.variable(), let document = UInt32(exactly: last &+ step) else {
        return nil
      }
      removals.documents.append(document)
      last = UInt64(document)
    }
    guard let length = reader.variable(), let termCount = reader.variable() else { return nil }
    removals.totalLength = length
    for _ in 0..<termCount {
      guard let term = reader.shortString(), let count = reader.variable(),
        let frequency = UInt32(exactly: count)
      else { return nil }
      removals.documentFrequencies[term] = frequency
    }
    return reader.isAtEnd ? removals : nil
  }
}
