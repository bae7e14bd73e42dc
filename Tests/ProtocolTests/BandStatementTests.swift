import Foundation
import TestSupport
import Testing

@testable import Protocol

@Suite struct BandStatementTests {
  private let world: World
  private let ann: NodeIdentity
  private let statement: BandStatement

  init() throws {
    world = try World()
    ann = try World.node("ann", "laptop")
    statement = try world.authority.statement(
      that: ann.node, isIn: "r:10.0.0.1", now: world.now)
  }

  private func proves(
    _ statement: BandStatement? = nil, node: NodeIdentity? = nil, band: String = "r:10.0.0.1",
    after seconds: TimeInterval = 0, world: World? = nil
  ) -> Bool {
    (statement ?? self.statement).proves(
      node ?? ann, isIn: band,
      verifiedBy: CertificateVerifier(
        authority: (world ?? self.world).authority.certificate),
      at: self.world.now.addingTimeInterval(seconds))
  }

  @Test func theBandIsProvenForAnHour() throws {
    #expect(proves())
    #expect(proves(after: 3_598) && !proves(after: 3_601))
    #expect(proves(after: -290) && !proves(after: -310))
    #expect(!statement.isDue(at: world.now.addingTimeInterval(1_790)))
    #expect(statement.isDue(at: world.now.addingTimeInterval(1_810)))
  }

  @Test func itIsOfThisNodeThisBandAndThisAuthority() throws {
    #expect(!proves(node: try World.node("ann", "desk")))
    #expect(!proves(band: "r:10.0.0.2"))
    #expect(!proves(world: try World()))
    // A node's own key is not the authority's.
    let forged = try BandStatement(
      node: ann.node, band: "r:10.0.0.1", now: world.now,
      key: world.credentials(.node(ann)).key.key)
    #expect(!proves(forged))
  }

  @Test(arguments: [1, 2] as [UInt64])
  func noChangeOfItsTextMakesItBetter(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let text = try BoundedJSON.encode(statement)
    for _ in 0..<1_000 {
      var changed = Array(text)
      changed[generator.number(0...changed.count - 1)] = UInt8(generator.number(0...255))
      guard let other: BandStatement = try? BoundedJSON.decode(from: changed), other != statement
      else { continue }
      let isOnlySignature =
        other.node == statement.node && other.band == statement.band
        && other.until == statement.until
      // Base64 may be written in more than one way; nothing that it says can be another.
      #expect(!proves(other) || isOnlySignature, "seed \(seed): \(other)")
    }
  }
}
