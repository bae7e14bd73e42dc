/// The version of the messages, as it stands at the head of every path: `/v1/…`.
///
/// Within a version fields may be added; who does not know one leaves it alone.
public enum ProtocolVersion {
  public static let current = 1
  public static let supported: ClosedRange<Int> = 1...1
  /// `/v1`
  public static let pathPrefix = "/v\(current)"

  /// The version that `path` asks for; nil if it names none. Numbers beyond all sense count as the
  /// greatest there is.
  public static func requested(by path: String) -> Int? {
    guard path.hasPrefix("/v") else { return nil }
    let digits = path.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(digits) ?? .max
  }

  /// The answer to a request of another version; nil if `path` asks for one that is spoken here, or
  /// for none.
  static func refusal(of path: String) -> ProblemDocument? {
    guard let version = requested(by: path), !supported.contains(version) else { return nil }
    let isNewer = version > supported.upperBound
    return ProblemDocument(
      .versionUnsupported, status: 400, title: "Another version of the protocol",
      detail: "The request is of version \(version == .max ? "?" : "\(version)"); spoken here is "
        + "version \(current).",
      remedy: isNewer
        ? "Update Nearfind on the machine that answered, or repeat the request in version "
          + "\(current)."
        : "Update Nearfind on this machine.")
  }
}
