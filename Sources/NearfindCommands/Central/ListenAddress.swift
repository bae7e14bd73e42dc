import ArgumentParser

/// `ADDRESS:PORT`, an IPv6 address in brackets.
struct ListenAddress: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
  static let standardPort = 7440

  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// - Returns: nil unless `argument` is a host with or without a port, or `:` and a port.
  init?(argument: String) {
    var host = argument[...]
    var port = Self.standardPort
    if let colon = argument.lastIndex(of: ":"), !argument.hasSuffix("]") {
      guard let number = UInt16(argument[argument.index(after: colon)...]) else { return nil }
      port = Int(number)
      host = argument[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.contains(where: \.isWhitespace) else { return nil }
    self.host = host.isEmpty ? "::" : String(host)
    self.port = port
  }

  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether it stands for all of the machine's addresses.
  var isEveryAddress: Bool { host == "::" || host == "0.0.0.0" }
}
