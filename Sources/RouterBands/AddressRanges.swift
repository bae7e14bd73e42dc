/// The ranges whose addresses say nothing about where in the world they are.
extension IPAddress {
  /// Whether many networks use this address at once: RFC 1918, the carriers' shared space of
  /// RFC 6598, link-local addresses, and IPv6's unique local ones.
  public var isPrivate: Bool {
    Self.privateRanges.contains { $0.contains(self) }
  }

  /// Whether only machines on the same link, or this machine itself, have this address.
  public var isOfThisLink: Bool {
    Self.linkRanges.contains { $0.contains(self) }
  }

  /// Whether a router can have it: neither loopback, unspecified, multicast nor broadcast.
  public var canBeRouter: Bool {
    !Self.impossibleRanges.contains { $0.contains(self) }
  }

  private static let privateRanges = ranges(
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "fc00::/7", "fe80::/10")
  private static let linkRanges = ranges(
    "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")
  private static let impossibleRanges = ranges(
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8")

  private static func ranges(_ texts: String...) -> [IPPrefix] {
    texts.compactMap { IPPrefix($0) }
  }
}
