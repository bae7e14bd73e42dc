/// The refusals that this module itself makes.
extension ProblemDocument {
  /// Why a peer's certificate is not taken.
  public init(_ problem: CertificateProblem) {
    let (code, status): (ProblemCode, Int) =
      switch problem {
      case .missing: (.certificateRequired, 401)
      case .malformed, .noIdentity, .wrongUse: (.certificateMalformed, 401)
      case .anotherAuthority: (.certificateOfAnotherAuthority, 401)
      case .expired: (.certificateExpired, 401)
      case .notYetValid: (.certificateNotYetValid, 401)
      case .revoked: (.certificateRevoked, 403)
      case .wrongPeer: (.wrongPeer, 403)
      }
    self.init(
      code, status: status, title: "The certificate is not accepted", detail: "\(problem)",
      remedy: problem.remedy)
  }

  /// What came is no message of this kind.
  public static func malformed(_ detail: String) -> ProblemDocument {
    ProblemDocument(
      .malformed, status: 400, title: "The message cannot be understood", detail: detail,
      remedy: "Update Nearfind on both machines; if that does not help, report the message.")
  }

  /// A refusal that came without a document.
  static func undocumented(status: Int, reason: String) -> ProblemDocument {
    ProblemDocument(
      ProblemCode(rawValue: "http-\(status)"), status: status, title: reason,
      detail: "The answer was \(status) \(reason).",
      remedy: "Update Nearfind on both machines if they are of different versions.")
  }

  /// The caller is known and may not do this.
  public static func forbidden(_ detail: String, remedy: String) -> ProblemDocument {
    ProblemDocument(
      .forbidden, status: 403, title: "This is not allowed", detail: detail, remedy: remedy)
  }

  static func tooLarge(limit: Int) -> ProblemDocument {
    ProblemDocument(
      .tooLarge, status: 413, title: "The message is too large",
      detail: "At most \(limit) bytes are taken here.",
      remedy: "Send less at a time.")
  }

  static func rateLimited(retryAfter seconds: Int) -> ProblemDocument {
    ProblemDocument(
      .rateLimited, status: 429, title: "Too many requests",
      detail: "This peer has sent more requests than are answered in this time.",
      remedy: "Try again in \(seconds) s.", retryAfter: seconds)
  }

  static let overloaded = ProblemDocument(
    .overloaded, status: 503, title: "Too busy",
    detail: "As many requests as can be served at once are being served.",
    remedy: "Try again shortly.", retryAfter: 1)

  static let shuttingDown = ProblemDocument(
    .shuttingDown, status: 503, title: "Shutting down",
    detail: "This process is ending and takes no more requests.",
    remedy: "Try again, there or at another peer.", retryAfter: 1)

  static let tooSlow = ProblemDocument(
    .tooSlow, status: 408, title: "Too slow",
    detail: "The request did not arrive in the time that is given to it.",
    remedy: "Check the connection and try again.")

  static let internalError = ProblemDocument(
    .internalError, status: 500, title: "Something went wrong",
    detail: "The request could not be served because of an error on the other side.",
    remedy: "Look into the log of the machine that answered.")
}
