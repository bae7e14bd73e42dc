import Foundation
import HTTPTypes
import Hummingbird

extension HTTPField.Name {
  // A constant of the form that a header's name has.
  static let bandStatement = Self("Nearfind-Band")!
}

extension BandStatement {
  private static let limits = JSONLimits(byteCount: 4_096, depth: 2, valueCount: 16)

  /// Its JSON in Base64. A text and a number can always be encoded.
  var headerText: String? { (try? BoundedJSON.encode(self)).map { Data($0).base64EncodedString() } }

  init?(headerText: String) {
    guard headerText.utf8.count <= 2 * Self.limits.byteCount,
      let bytes = Data(base64Encoded: headerText),
      let statement = try? BoundedJSON.decode(Self.self, from: bytes, limits: Self.limits)
    else { return nil }
    self = statement
  }
}

extension Request {
  /// What the sender shows of its band, which proves nothing yet; nil for nothing that can be read.
  public var bandStatement: BandStatement? {
    headers[.bandStatement].flatMap { BandStatement(headerText: $0) }
  }
}
