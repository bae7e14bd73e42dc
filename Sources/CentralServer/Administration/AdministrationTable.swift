/// What a command shows of the central store: rows of text under headings. The documents beside it
/// are the same for programs, as JSON.
public struct AdministrationTable: Hashable, Sendable {
  public var headings: [String]
  public var rows: [[String]]

  public init(headings: [String], rows: [[String]]) {
    self.headings = headings
    self.rows = rows
  }
}

/// What an administration command answers.
public protocol AdministrationView: Codable, Hashable, Sendable {
  var table: AdministrationTable { get }
}
