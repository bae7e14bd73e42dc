import Protocol

/// The refusals of the rules, as they travel.
extension ProblemDocument {
  init(_ error: EnrolmentError) {
    func problem(_ code: ProblemCode, _ status: Int, _ title: String, remedy: String) -> Self {
      ProblemDocument(
        code, status: status, title: title, detail: error.description, remedy: remedy)
    }
    switch error {
    case .badIdentifier:
      self = problem(.badUserIdentifier, 422, "Not a user id", remedy: "Choose another user id.")
    case .badPassword:
      self = problem(.badPassword, 422, "Not a password", remedy: "Choose another password.")
    case .badProfile:
      self = problem(.malformed, 422, "Not a name", remedy: "Choose another name.")
    case .registrationClosed:
      self = problem(
        .registrationClosed, 403, "Registration is closed", remedy: "Ask the operator.")
    case .invitationUnusable:
      self = problem(
        .invitationUnusable, 403, "The invitation does not hold",
        remedy: "Ask the operator for an invitation.")
    case .identifierTaken:
      self = problem(.identifierTaken, 409, "The user id is taken", remedy: "Choose another.")
    case .wrongCredentials:
      self = problem(
        .wrongCredentials, 403, "Not let in", remedy: "Check the user id and the password.")
    case .disabled:
      self = problem(.userDisabled, 403, "Not let in", remedy: "Ask the operator.")
    case .keyUnusable:
      self = problem(
        .keyUnusable, 409, "The key cannot be used", remedy: "Make a new key and log in.")
    case .nodeUnusable:
      self = problem(
        .keyUnusable, 403, "The node is not known any more",
        remedy: "Log in again, with a new key if that is refused.")
    case .tooManyNodes:
      self = problem(
        .quotaExceeded, 403, "Too many nodes", remedy: "Have the operator revoke one of yours.")
    case .tooManyAttempts(let wait):
      self = problem(.rateLimited, 429, "Too many attempts", remedy: "Wait, then try again.")
      retryAfter = Int((wait + 999) / 1000)
    case .busy:
      self = problem(.overloaded, 503, "Too busy", remedy: "Try again in some seconds.")
      retryAfter = 3
    case .store(let error): self.init(error)
    }
  }

  init(_ refusal: PlacementRefusal) {
    switch refusal {
    case .notLeading(let leader?):
      self.init(
        .notLeading, status: 421, title: "Another central server places nodes",
        detail: refusal.description, remedy: "Ask there.", location: leader.address)
    case .notLeading(nil):
      self.init(
        .notLeading, status: 503, title: "No central server places nodes",
        detail: refusal.description, remedy: "Try again in some seconds.", retryAfter: 1)
    case .malformed(let reason): self = .malformed(reason)
    case .overloaded:
      self.init(
        .overloaded, status: 503, title: "Too busy", detail: refusal.description,
        remedy: "Try again in some seconds.", retryAfter: 3)
    case .store(let error): self.init(error)
    }
  }

  /// What an operator must see to, told to somebody who cannot: without where the database is.
  init(_ error: CentralStoreError) {
    func problem(
      _ code: ProblemCode, _ status: Int, _ detail: String, retryAfter: Int?
    ) -> Self {
      ProblemDocument(
        code, status: status, title: "The central server cannot store anything", detail: detail,
        remedy: "Try again later; tell the operator if it lasts.", retryAfter: retryAfter)
    }
    switch error {
    case .full:
      self = problem(.storageFull, 507, "The central server's disk is full.", retryAfter: 30)
    case .unstorable:
      self = .malformed("The message holds a text that cannot be stored.")
    case .overloaded, .cancelled:
      self = problem(.overloaded, 503, "Its database is busy.", retryAfter: 3)
    case .fenced(let leader): self.init(PlacementRefusal.notLeading(leader))
    default:
      self = problem(.unavailable, 503, "Its database does not answer.", retryAfter: 10)
    }
  }
}
