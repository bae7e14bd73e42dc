/// The number of a leadership. Every one has a greater number than all before it, and every commit
/// is checked against it, so that a deposed leader can write nothing.
public struct Term: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  public let number: Int64

  public init(_ number: Int64) {
    self.number = number
  }

  public var description: String { "\(number)" }

  public static func < (left: Term, right: Term) -> Bool { left.number < right.number }
}

/// The central server that places nodes, of several on one database.
public struct Leader: Hashable, Sendable, Codable {
  public var address: String
  public var term: Term

  public init(address: String, term: Term) {
    self.address = address
    self.term = term
  }
}

/// The answer to who asked to lead.
public enum Leadership: Hashable, Sendable {
  /// The asker leads, in this term. Load the tables now: those of an earlier term are old.
  case leading(Term)
  /// Another leads. Send whoever wants a place there, and ask again later.
  case following(Leader)
}
