/// The stable name of a kind of refusal. Codes are added over time; one that is not known here is
/// kept as it came, and its ``ProblemDocument/status`` says roughly what it is about.
public struct ProblemCode: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  public var description: String { rawValue }

  public static let certificateRequired = Self(rawValue: "certificate-required")
  public static let certificateMalformed = Self(rawValue: "certificate-malformed")
  public static let certificateOfAnotherAuthority = Self(
    rawValue: "certificate-of-another-authority")
  public static let certificateExpired = Self(rawValue: "certificate-expired")
  public static let certificateNotYetValid = Self(rawValue: "certificate-not-yet-valid")
  public static let certificateRevoked = Self(rawValue: "certificate-revoked")
  public static let wrongPeer = Self(rawValue: "wrong-peer")
  public static let forbidden = Self(rawValue: "forbidden")
  public static let malformed = Self(rawValue: "malformed")
  public static let tooLarge = Self(rawValue: "too-large")
  public static let tooSlow = Self(rawValue: "too-slow")
  public static let rateLimited = Self(rawValue: "rate-limited")
  public static let overloaded = Self(rawValue: "overloaded")
  public static let shuttingDown = Self(rawValue: "shutting-down")
  public static let versionUnsupported = Self(rawValue: "version-unsupported")
  public static let notFound = Self(rawValue: "not-found")
  public static let methodNotAllowed = Self(rawValue: "method-not-allowed")
  public static let conflict = Self(rawValue: "conflict")
  public static let quotaExceeded = Self(rawValue: "quota-exceeded")
  public static let storageFull = Self(rawValue: "storage-full")
  public static let unavailable = Self(rawValue: "unavailable")
  public static let internalError = Self(rawValue: "internal-error")
}
