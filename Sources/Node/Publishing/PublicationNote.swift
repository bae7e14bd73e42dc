import SearchModel

/// What an index holds of a catalog, as the note that is committed with its records:
/// `IDENTITY SEQUENCE BASE USER-SERIAL USERID`.
struct PublicationNote: Hashable, Sendable {
  /// The note's name.
  static let name = "catalog"

  var catalog: String
  /// Changes up to this number are in the index.
  var sequence: Int64
  /// Records that were removed up to this number are not in the index, even where `sequence` is
  /// lower: so it is after everything foreign was taken out and before all records are in.
  var base: Int64
  /// Whose the records up to `sequence` are; nil where an earlier version did not say.
  var owner: Owner?

  var text: String {
    let start = "\(catalog) \(sequence) \(base)"
    return owner.map { "\(start) \($0.userSerialID) \($0.userID)" } ?? start
  }

  init(catalog: String, sequence: Int64, base: Int64, owner: Owner?) {
    self.catalog = catalog
    self.sequence = sequence
    self.base = base
    self.owner = owner
  }

  init?(text: String) {
    // The name of a user comes last, and is all that is left.
    let parts = text.split(separator: " ", maxSplits: 4)
    guard parts.count == 3 || parts.count == 5, let sequence = Int64(parts[1]),
      let base = Int64(parts[2]), sequence >= 0, base >= sequence
    else { return nil }
    var owner: Owner?
    if parts.count == 5 {
      guard let serial = Int64(parts[3]) else { return nil }
      owner = Owner(userSerialID: serial, userID: String(parts[4]))
    }
    self.init(catalog: String(parts[0]), sequence: sequence, base: base, owner: owner)
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

  /// The same index once all its records are to go in again, as another user's. Their keys stay, so
  /// each replaces the one before.
  func beginningAnew(for owner: Owner) -> PublicationNote {
    PublicationNote(catalog: catalog, sequence: 0, base: max(sequence, base), owner: owner)
  }
}
