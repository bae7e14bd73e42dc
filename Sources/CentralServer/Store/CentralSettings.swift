/// Who may register.
public enum RegistrationMode: String, Hashable, Sendable, Codable, CaseIterable {
  case open
  /// Whoever has an invitation.
  case invitation
  case closed
}

/// What the operator may set while the central server runs.
public struct CentralSettings: Hashable, Sendable, Codable {
  public var registration: RegistrationMode
  /// How much of an IPv6 address names its band; see `BandRules`.
  public var ipv6PrefixLength: Int

  public init(registration: RegistrationMode = .open, ipv6PrefixLength: Int = 48) {
    self.registration = registration
    self.ipv6PrefixLength = ipv6PrefixLength
  }
}
