/// What an index holds of a catalog, as the note that is committed with its records:
/// `IDENTITY SEQUENCE BASE`.
struct PublicationNote: Hashable, Sendable {
  /// The note's name.
  static let name = "catalog"

  var catalog: String
  /// Changes up to this number are in the index.
  var sequence: Int64
  /// Records that were removed up to this number are not in the index, even where `sequence` is
  /// lower: so it is after everything foreign was taken out and before all records are in.
  var base: Int64

  var text: String { "\(catalog) \(sequence) \(base)" }

  init(catalog: String, sequence: Int64, base: Int64) {
    self.catalog = catalog
    self.sequence = sequence
    self.base = base
  }

  init?(text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 3, let sequence = Int64(parts[1]), let base = Int64(parts[2]),
      sequence >= 0, base >= sequence
    else { return nil }
    self.init(catalog: String(parts[0]), sequence: sequence, base: base)
  }

  /// Whether a catalog can bring the index up to date by its changes alone.
  ///
  /// - Parameters:
  ///   - acknowledged: the number up to which the catalog has forgotten removals.
  ///   - last: the catalog's last number; an index beyond it knows another past.
  func canFollow(catalog: String, acknowledged: Int64, last: Int64) -> Bool {
    self.catalog == catalog && max(sequence, base) >= acknowledged
      && max(sequence, base) <= last
  }
}
