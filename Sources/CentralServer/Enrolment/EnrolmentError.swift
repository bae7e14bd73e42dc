/// Why somebody was not registered or let in, told apart by what they can do.
public enum EnrolmentError: Error, Hashable, Sendable {
  case badIdentifier(UserIdentifierError)
  case badPassword(PasswordError)
  /// The profile's name is too long or has control characters.
  case badProfile
  /// Ask the operator.
  case registrationClosed
  /// The token is unknown, used up or expired, or there is none: ask for an invitation.
  case invitationUnusable
  /// Choose another user id.
  case identifierTaken
  /// No such user, or another password; not said which.
  case wrongCredentials
  /// The password is right, the user's right was taken back: ask the operator.
  case disabled
  /// Wait so many milliseconds.
  case tooManyAttempts(wait: Int64)
  /// Too many register or log in just now: try again soon.
  case busy
  /// The user has as many nodes as may be: revoke one.
  case tooManyNodes
  /// The node's key belongs to another user, or was revoked: make a new key.
  case keyUnusable
  /// The node is not this user's, or was revoked: enrol it anew.
  case nodeUnusable
  /// The central store failed; the operator can do something.
  case store(CentralStoreError)
}

extension EnrolmentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badIdentifier(let error): error.description
    case .badPassword(let error): error.description
    case .badProfile: "A name can have 200 bytes at most, and no control characters."
    case .registrationClosed:
      "This central server registers nobody by itself. Ask its operator."
    case .invitationUnusable:
      "That invitation does not hold: mistyped, used up or expired. Ask for one."
    case .identifierTaken: "That user id is taken. Choose another."
    case .wrongCredentials: "There is no user with that id and password."
    case .disabled: "This user may not log in any more. Ask the operator of the central server."
    case .tooManyAttempts(let wait):
      "Too many attempts. Try again in \((wait + 999) / 1000) seconds."
    case .busy: "The central server is busy. Try again in some seconds."
    case .tooManyNodes: "You have as many machines as may be. Give one up first."
    case .keyUnusable:
      "This machine's key belongs to another user or was revoked. Remove it and log in anew."
    case .nodeUnusable: "This machine may not use that name any more. Log in again."
    case .store(let error): error.description
    }
  }
}
