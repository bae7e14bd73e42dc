import Placement

/// A user's number, the paper's `user_serial_id`. Never given twice.
public struct UserSerial: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  public let number: Int64

  public init(_ number: Int64) {
    self.number = number
  }

  public var description: String { "\(number)" }

  public static func < (left: UserSerial, right: UserSerial) -> Bool { left.number < right.number }

  public init(from decoder: any Decoder) throws {
    number = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(number)
  }
}

/// What a user says of themselves.
public struct UserProfile: Hashable, Sendable, Codable {
  public var displayName: String

  public init(displayName: String = "") {
    self.displayName = displayName
  }
}

/// A registered user, without what proves the password.
public struct User: Hashable, Sendable {
  public var serial: UserSerial
  public var identifier: UserIdentifier
  public var profile: UserProfile
  public var created: Moment
  /// Since when the user's right is taken back; nil while it holds.
  public var disabled: Moment?
}

/// A user and what proves the password. Never leaves the central server.
public struct UserCredentials: Hashable, Sendable {
  public var user: User
  public var verifier: PasswordVerifier
}

/// A user to be added.
public struct NewUser: Hashable, Sendable {
  public var identifier: UserIdentifier
  public var verifier: PasswordVerifier
  public var profile: UserProfile

  public init(
    identifier: UserIdentifier, verifier: PasswordVerifier, profile: UserProfile = UserProfile()
  ) {
    self.identifier = identifier
    self.verifier = verifier
    self.profile = profile
  }
}

/// What came of adding a user.
public enum UserAddition: Hashable, Sendable {
  case added(User)
  /// Somebody has the id, in this or another spelling of it. No use of the invitation was taken.
  case taken
  /// There is no such invitation, or it is used up or expired.
  case invitationUnusable
}
