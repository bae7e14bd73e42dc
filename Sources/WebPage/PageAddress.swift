import Foundation
import Protocol

/// Where the page is, and the secret that opens it.
///
/// The secret stands in the address's fragment, which browsers send to nobody and servers log nowhere.
/// The page takes it out of the address and shows it with every request.
public struct PageAddress: Hashable, Sendable, Codable {
  public var port: Int
  public var token: String

  static let tokenByteCount = 32

  init(port: Int, token: String) {
    self.port = port
    self.token = token
  }

  /// What a browser is given.
  public var url: String { "http://127.0.0.1:\(port)/#\(token)" }

  /// 32 random bytes in Base64 for addresses (RFC 4648, section 5).
  static func newToken() -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<tokenByteCount).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
    return Data(bytes).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }
}
