import SearchModel

/// The boolean terms that make conditions cheap, each in the namespace of its first letter. An engine
/// that keeps none says by them what its records have.
public enum FilterTerms {
  /// The first letters of these terms.
  static let namespaces = [UInt8(ascii: "E"), UInt8(ascii: "O"), UInt8(ascii: "D")]

  public static func fileExtension(_ folded: String) -> String { "E" + folded }
  public static func owner(_ folded: String) -> String { "O" + folded }

  /// The first bytes of a content hash, in hexadecimal: enough to tell files apart, short enough
  /// to be cheap. Whoever must be certain compares the whole hash.
  public static func contentHash(_ hash: ContentHash) -> String {
    "D" + hash.hexadecimal.prefix(16)
  }

  /// By which an index knows the records of a share. No query names it, so it is not among
  /// ``namespaces``.
  public static func share(_ label: ShareLabel) -> String { "S" + label.value }

  /// All boolean terms of a record that a query can name.
  public static func all(of record: Record) -> [String] {
    var terms: [String] = []
    let fileExtension = FilterValues.fileExtension(ofName: record.filename)
    if fits(fileExtension) { terms.append(Self.fileExtension(fileExtension)) }
    let owner = FilterValues.folded(record.owner.userID)
    if fits(owner) { terms.append(Self.owner(owner)) }
    if let hash = record.contentHash { terms.append(contentHash(hash)) }
    return terms
  }

  /// Whether a value has a term. A term holds 245 bytes, a NUL counting twice; records with longer
  /// values, and with none, are looked at one by one.
  public static func fits(_ folded: String) -> Bool {
    1...200 ~= folded.utf8.reduce(0) { $0 + ($1 == 0 ? 2 : 1) }
  }
}
