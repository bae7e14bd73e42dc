/// How far a search goes.
public enum SearchScope: String, Hashable, Sendable, Codable, CaseIterable {
  /// The asker's own group alone.
  case group
  /// All groups of the asker's band.
  case band
  /// Ring by ring outward, until the page is full.
  case nearest
  /// Every virtual server that is known.
  case everywhere
}
