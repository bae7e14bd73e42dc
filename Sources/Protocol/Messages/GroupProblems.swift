/// The refusals of a virtual server, told apart by what the node does next.
extension ProblemCode {
  /// The node is not a client of this virtual server: it asks the central server where it belongs.
  public static let notAttached = Self(rawValue: "not-attached")
  /// The request is for another group or epoch than is served here: the node asks the central server.
  public static let otherEpoch = Self(rawValue: "other-epoch")
  /// No records are taken now, because the virtual server has no lease or is about to end. Searches
  /// are answered. The node tries again after a while.
  public static let takesNoRecords = Self(rawValue: "takes-no-records")
  /// The changes do not follow what is held: the node goes on from
  /// ``ProblemDocument/position``.
  public static let otherPosition = Self(rawValue: "other-position")
}
