import Foundation
import TestSupport
import Testing

@testable import Protocol

@Suite struct MandateTests {
  private let world: World
  private let verifier: CertificateVerifier
  private let ann: NodeIdentity
  private let host: NodeIdentity

  init() throws {
    world = try World()
    verifier = CertificateVerifier(authority: world.authority.certificate)
    ann = try World.node("ann", "laptop")
    host = try World.node("bob", "desk")
  }

  private func mandate(
    _ credentials: PeerCredentials? = nil, now: Date? = nil
  ) throws -> Mandate {
    try Mandate(
      for: host.node, by: try credentials ?? world.credentials(.node(ann)), now: now ?? world.now)
  }

  /// What a virtual server comes to; nil where the mandate is good and ann's.
  private func problem(
    _ mandate: Mandate, at time: Date? = nil, asker: NodeIdentity? = nil
  ) -> MandateProblem? {
    do throws(MandateProblem) {
      let holder = try mandate.holder(verifiedBy: verifier)
      #expect(holder.identity == .node(ann))
      return mandate.problem(of: holder, at: time ?? world.now, asker: asker ?? host)
    } catch {
      return error
    }
  }

  @Test func itsCoordinatorMayAskForTenMinutes() throws {
    let mandate = try mandate()
    #expect(problem(mandate) == nil)
    #expect(problem(mandate, at: world.now.addingTimeInterval(598)) == nil)
    #expect(problem(mandate, at: world.now.addingTimeInterval(601)) == .expired)
    // A clock that is behind by a few minutes is no reason.
    #expect(problem(mandate, at: world.now.addingTimeInterval(-290)) == nil)
    #expect(problem(mandate, at: world.now.addingTimeInterval(-310)) == .tooLong)
  }

  @Test func nobodyElseMayUseIt() throws {
    let mandate = try mandate()
    for other in [try World.node("bob", "other"), ann, try World.node("eve", "desk2")] {
      #expect(problem(mandate, asker: other) == .ofAnother)
    }
    // Another user's node cannot have the same name; if it had, it would be the one that is meant.
    #expect(problem(mandate, asker: try World.node("eve", "desk")) == nil)
  }

  @Test func theCertificateMustBeGood() throws {
    let foreign = try World()
    let stranger = try mandate(try foreign.credentials(.node(ann)))
    guard case .certificate(.anotherAuthority)? = problem(stranger) else {
      Issue.record("a foreign authority's certificate is taken")
      return
    }
    let old = try mandate(try world.credentials(.node(ann), age: 25 * 3600))
    guard case .certificate(.expired)? = problem(old) else {
      Issue.record("an expired certificate is taken")
      return
    }
    let central = try mandate(try world.credentials(.centralServer))
    #expect(throws: MandateProblem.notANode) { try central.holder(verifiedBy: verifier) }
  }

  /// Whoever has somebody's certificate, which all peers see, has not his key.
  @Test func anothersCertificateIsOfNoUse() throws {
    let eve = try JSONSerialization.jsonObject(
      with: Data(
        BoundedJSON.encode(
          try mandate(try world.credentials(.node(World.node("eve", "laptop")))))))
    var forged = try #require(eve as? [String: Any])
    forged["certificate"] = try mandate().certificate
    let data = try JSONSerialization.data(withJSONObject: forged)
    let mandate: Mandate = try BoundedJSON.decode(from: data)
    #expect(problem(mandate) == .notSigned)
  }

  /// Whatever is changed in its text, it is never good for somebody else or for longer.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func noChangeOfItsTextMakesItBetter(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let mandate = try mandate()
    let text = try BoundedJSON.encode(mandate)
    for _ in 0..<1_000 {
      var changed = Array(text)
      switch generator.number(0...2) {
      case 0:
        changed[generator.number(0...changed.count - 1)] = UInt8(
          truncatingIfNeeded: generator.number(0...255))
      case 1: changed.removeLast(generator.number(1...changed.count - 1))
      default: changed.remove(at: generator.number(0...changed.count - 1))
      }
      guard let other: Mandate = try? BoundedJSON.decode(from: changed),
        let holder = try? other.holder(verifiedBy: verifier)
      else { continue }
      #expect(holder.identity == .node(ann))
      #expect(other.coordinator == mandate.coordinator && other.until == mandate.until)
    }
  }

  @Test func whatIsTooLargeIsNotLookedAt() throws {
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(BoundedJSON.encode(try mandate())))
        as? [String: Any])
    for member in ["certificate", "signature", "coordinator"] {
      let former = object[member]
      object[member] = String(repeating: "A", count: 60_000)
      let mandate: Mandate = try BoundedJSON.decode(
        from: try JSONSerialization.data(withJSONObject: object))
      #expect(throws: MandateProblem.malformed) { try mandate.holder(verifiedBy: verifier) }
      object[member] = former
    }
  }
}
