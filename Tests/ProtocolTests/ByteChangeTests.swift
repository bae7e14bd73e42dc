import Foundation
import TestSupport
import Testing

@testable import Protocol

/// A certificate is taken with these bytes and with no others.
@Suite struct ByteChangeTests {
  private let verifier: CertificateVerifier
  private let good: [UInt8]

  init() throws {
    let world = try World()
    verifier = CertificateVerifier(authority: world.authority.certificate)
    let ann = PeerIdentity.node(try World.node("ann", "laptop"))
    var der: [UInt8] = [1]
    // Ends with bits that a reader might be told to ignore; every second one does.
    while (der.last ?? 1) & 3 != 0 { der = try world.credentials(ann).certificateDER }
    good = der
  }

  private func isTaken(_ bytes: [UInt8]) -> Bool {
    (try? verifier.certificate(from: [bytes])) != nil
  }

  /// The signature covers `tbsCertificate` alone (RFC 5280, 4.1.1). What stands around it: the headers
  /// in front, the algorithm's name and the signature with its own headers behind it.
  @Test func noByteOutsideWhatIsSignedMayDiffer() throws {
    #expect(isTaken(good))
    // SEQUENCE of 256 bytes and more, and in it another one: four bytes of header each.
    try #require(good[0] == 0x30 && good[1] == 0x82 && good[4] == 0x30 && good[5] == 0x82)
    let signedEnd = 8 + Int(good[6]) << 8 + Int(good[7])
    // The algorithm takes twelve bytes, and then begins the BIT STRING with the signature.
    try #require(good[signedEnd] == 0x30 && good[signedEnd + 12] == 0x03)
    let numbers = signedEnd + 12 + 7
    var taken: [String] = []
    for place in Array(0..<8) + Array(signedEnd..<good.count) {
      // Of the two numbers of the signature each bit; of all else each byte as any other.
      let changes = place < numbers ? Array(1...255) : (0..<8).map { UInt8(1) << $0 }
      for change in changes {
        var bytes = good
        bytes[place] ^= change
        if isTaken(bytes) { taken.append("byte \(place): \(good[place]) as \(bytes[place])") }
      }
    }
    #expect(taken == [])
  }

  @Test func nothingMayStandBehindItOrBeMissing() {
    #expect(!isTaken(good + [0]))
    #expect(!isTaken(good + good))
    for count in 0..<good.count { #expect(!isTaken(Array(good.prefix(count)))) }
  }
}
