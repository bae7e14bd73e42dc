public import Protocol

/// Where a central server listens, as people write it: `HOST`, `HOST:PORT`, `[IPV6]:PORT`.
public struct CentralAddress: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The port where none is named.
  public static let usualPort = 7440

  public var host: String
  public var port: Int

  public init(host: String, port: Int = Self.usualPort) {
    self.host = host
    self.port = port
  }

  /// - Returns: nil unless `text` is a host, perhaps with a port from 1 to 65535.
  public init?(_ text: String) {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      self.init(
        host: String(text[text.index(after: text.startIndex)..<end]),
        port: text[text.index(after: end)...])
    } else if text.count(where: { $0 == ":" }) > 1 {
      // An IPv6 address without brackets has no port.
      self.init(host: text, port: "")
    } else {
      let end = text.firstIndex(of: ":") ?? text.endIndex
      self.init(host: String(text[..<end]), port: text[end...])
    }
  }

  private init?(host: String, port: Substring) {
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || "/[]".contains($0) }) else {
      return nil
    }
    self.host = host
    guard !port.isEmpty else {
      self.port = Self.usualPort
      return
    }
    guard port.first == ":", let number = Int(port.dropFirst()), (1...65_535).contains(number)
    else {
      return nil
    }
    self.port = number
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  public var destination: PeerDestination { .network(host: host, port: port) }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let address = CentralAddress(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "This is no address of a central server.")
    }
    self = address
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
