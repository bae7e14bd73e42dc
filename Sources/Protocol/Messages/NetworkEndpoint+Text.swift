extension NetworkEndpoint {
  /// Reads what ``description`` writes: `192.0.2.1:7440` or `[2001:db8::1]:7440`.
  ///
  /// - Returns: nil for a text without an address or a port from 0 to 65535. Whether the address is
  ///   one is not looked at.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var address = text[..<colon]
    if address.hasPrefix("["), address.hasSuffix("]") {
      address = address.dropFirst().dropLast()
    } else if address.contains(":") {
      return nil
    }
    guard !address.isEmpty else { return nil }
    self.init(address: String(address), port: port)
  }
}
