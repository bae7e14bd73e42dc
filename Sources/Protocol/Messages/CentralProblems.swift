/// The refusals of a central server, beside those that every server makes.
extension ProblemCode {
  public static let badUserIdentifier = Self(rawValue: "bad-user-identifier")
  public static let badPassword = Self(rawValue: "bad-password")
  public static let registrationClosed = Self(rawValue: "registration-closed")
  public static let invitationUnusable = Self(rawValue: "invitation-unusable")
  public static let identifierTaken = Self(rawValue: "identifier-taken")
  public static let wrongCredentials = Self(rawValue: "wrong-credentials")
  public static let userDisabled = Self(rawValue: "user-disabled")
  /// The node's key cannot be used any more, or not by this user: make a new one and log in.
  public static let keyUnusable = Self(rawValue: "key-unusable")
  /// Another central server places nodes; ``ProblemDocument/location`` says which.
  public static let notLeading = Self(rawValue: "not-leading")
}
