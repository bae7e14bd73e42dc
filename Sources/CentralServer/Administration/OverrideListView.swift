import RouterBands

/// `nearfind admin override`: the ranges whose band an administrator named.
public struct OverrideListView: AdministrationView {
  public struct Override: Codable, Hashable, Sendable {
    public var range: String
    public var name: String
    /// The band's key.
    public var band: String
  }

  /// By address, the widest range first.
  public var overrides: [Override]

  public init(_ overrides: [IPPrefix: String]) {
    self.overrides = overrides.sorted {
      ($0.key.address, $0.key.length) < ($1.key.address, $1.key.length)
    }.map { range, name in
      Override(
        range: range.description, name: name, band: BandKey.named(name).description)
    }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["range", "band"], rows: overrides.map { [$0.range, $0.band] })
  }
}
