/// A refusal as it travels: JSON after RFC 9457, media type `application/problem+json`.
///
/// `type` is `urn:nearfind:problem:` and the code. `remedy` says what the receiver, or the person at
/// its keyboard, can do next. `retryAfter` is in seconds and there only when waiting helps.
public struct ProblemDocument: Error, Hashable, Sendable {
  public static let mediaType = "application/problem+json"

  public var code: ProblemCode
  /// An HTTP status, 400 to 599.
  public var status: Int
  /// The same words for every problem of this code.
  public var title: String
  /// What happened this time.
  public var detail: String
  public var remedy: String
  public var retryAfter: Int?
  /// Where to ask instead, as `address:port`; there only when somebody else is in charge.
  public var location: String?

  public init(
    _ code: ProblemCode, status: Int, title: String, detail: String, remedy: String,
    retryAfter: Int? = nil, location: String? = nil
  ) {
    self.code = code
    self.status = status
    self.title = title
    self.detail = detail
    self.remedy = remedy
    self.retryAfter = retryAfter
    self.location = location
  }
}

extension ProblemDocument: CustomStringConvertible {
  public var description: String { "\(detail) \(remedy)" }
}

extension ProblemDocument: Codable {
  private enum Key: String, CodingKey {
    case type, status, title, detail, remedy, location
    case retryAfter = "retry_after"
  }

  private static let typePrefix = "urn:nearfind:problem:"

  /// Reads what another implementation or version wrote: all but `type` may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let type = try container.decode(String.self, forKey: .type)
    code = ProblemCode(
      rawValue: type.hasPrefix(Self.typePrefix)
        ? String(type.dropFirst(Self.typePrefix.count)) : type)
    status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 500
    title = try container.decodeIfPresent(String.self, forKey: .title) ?? code.rawValue
    detail = try container.decodeIfPresent(String.self, forKey: .detail) ?? title
    remedy = try container.decodeIfPresent(String.self, forKey: .remedy) ?? ""
    retryAfter = try container.decodeIfPresent(Int.self, forKey: .retryAfter)
    location = try container.decodeIfPresent(String.self, forKey: .location)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.typePrefix + code.rawValue, forKey: .type)
    try container.encode(status, forKey: .status)
    try container.encode(title, forKey: .title)
    try container.encode(detail, forKey: .detail)
    try container.encode(remedy, forKey: .remedy)
    try container.encodeIfPresent(retryAfter, forKey: .retryAfter)
    try container.encodeIfPresent(location, forKey: .location)
  }
}
