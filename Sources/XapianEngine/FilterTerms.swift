import SearchModel
import TextAnalysis

/// The boolean terms that make conditions cheap, each in the namespace of its first letter.
enum FilterTerms {
  static func fileExtension(_ folded: String) -> String { capped("E", folded.utf8) }
  static func owner(_ folded: String) -> String { capped("O", folded.utf8) }

  /// The first bytes of a content hash, in hexadecimal: enough to tell files apart, short enough
  /// to be cheap. Whoever must be certain compares the whole hash.
  static func contentHash(_ hash: ContentHash) -> String { "D" + hash.hexadecimal.prefix(16) }

  /// All boolean terms of a record except its key.
  static func all(of record: Record) -> [String] {
    var terms: [String] = []
    let fileExtension = FilterValues.fileExtension(ofName: record.filename)
    if !fileExtension.isEmpty { terms.append(Self.fileExtension(fileExtension)) }
    let owner = FilterValues.folded(record.owner.userID)
    if !owner.isEmpty { terms.append(Self.owner(owner)) }
    if let hash = record.contentHash { terms.append(contentHash(hash)) }
    return terms
  }

  /// A term holds 245 bytes; what is longer is compared by its beginning and decided by looking at
  /// the record.
  static let maximumByteCount = 200

  private static func capped(_ letter: String, _ bytes: String.UTF8View) -> String {
    letter + String(decoding: bytes.prefix(maximumByteCount), as: UTF8.self)
  }
}
