/// Who may find, and fetch, the files of a share. Its owner always may, from any machine of his.
public enum Visibility: Hashable, Sendable {
  case everyone
  /// Who is behind the same upper-level router as the machine that shares.
  case band
  /// The users of these names, in which capitals make no difference. Nobody but the owner where
  /// there are none.
  case users(Set<String>)

  /// More names than a person types, and few enough for a message.
  public static let mostUsers = 1_000
  /// The longest name in bytes.
  public static let longestUserID = 1_024

  /// - Parameters:
  ///   - viewer: what is known of whoever asks, and not what they say of themselves.
  ///   - owner: the name of the user whose share it is.
  public func permits(_ viewer: Viewer, owner: String) -> Bool {
    if let userID = viewer.userID, userID.utf8.elementsEqual(owner.utf8) { return true }
    switch self {
    case .everyone: return true
    case .band: return viewer.isInOwnersBand
    case .users(let names):
      guard let userID = viewer.userID else { return false }
      return names.contains(Self.folded(userID))
    }
  }

  /// The visibility for users as they were named.
  public static func users(named names: some Sequence<String>) -> Visibility {
    .users(Set(names.map(folded)))
  }

  /// No two users differ in this alone: the central server compares names with less care still.
  private static func folded(_ name: String) -> String { name.lowercased() }

  /// What keeps this from being a visibility that somebody chose; nil for one that may be.
  public var problemOfShape: String? {
    guard case .users(let names) = self else { return nil }
    guard names.count <= Self.mostUsers else { return "A share names more users than it may." }
    guard names.allSatisfy({ 1...Self.longestUserID ~= $0.utf8.count }) else {
      return "A share names a user whose name is too long."
    }
    return nil
  }
}

/// Whoever asks, as far as it is proven.
public struct Viewer: Hashable, Sendable {
  /// Nil for somebody of whom nothing is known.
  public var userID: String?

  /// Whether the one who asks is in the band of the machine that shares.
  public var isInOwnersBand: Bool

  public init(userID: String?, isInOwnersBand: Bool) {
    self.userID = userID
    self.isInOwnersBand = isInOwnersBand
  }

  /// May see what everyone may.
  public static let stranger = Viewer(userID: nil, isInOwnersBand: false)
}

/// As JSON `"everyone"`, `"band"`, or a list of names in their order, so that equal ones are equal
/// bytes.
extension Visibility: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let names = try? container.decode([String].self) {
      self = .users(named: names)
      return
    }
    switch try container.decode(String.self) {
    case "everyone": self = .everyone
    case "band": self = .band
    case let text:
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is no visibility.")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .everyone: try container.encode("everyone")
    case .band: try container.encode("band")
    case .users(let names): try container.encode(names.sorted())
    }
  }
}

/// As people type and read it: `everyone`, `band`, or names with commas between, each of which may
/// have `user:` before it. `user:` alone is nobody but the owner.
extension Visibility: LosslessStringConvertible {
  public init?(_ text: String) {
    switch text {
    case "everyone": self = .everyone
    case "band": self = .band
    case Self.mark: self = .users([])
    default:
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map { name in
        // No name of a user has a space in it.
        let name = name.drop { $0 == " " }
        return String(name.hasPrefix(Self.mark) ? name.dropFirst(Self.mark.count) : name)
      }
      guard names.allSatisfy({ !$0.isEmpty && !$0.contains { $0.isWhitespace || $0 == ":" } })
      else { return nil }
      self = .users(named: names)
    }
    if problemOfShape != nil { return nil }
  }

  public var description: String {
    switch self {
    case .everyone: return "everyone"
    case .band: return "band"
    case .users(let names):
      if names.isEmpty { return Self.mark }
      let text = names.sorted().joined(separator: ",")
      // Users may be called so.
      return ["everyone", "band"].contains(text) ? Self.mark + text : text
    }
  }

  private static let mark = "user:"
}
