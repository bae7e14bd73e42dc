import Foundation
import TestSupport
import Testing
import X509

@testable import Protocol

@Suite struct CertificateVerifierTests {
  private let world: World
  private let ann: PeerIdentity

  init() throws {
    world = try World()
    ann = .node(try World.node("ann", "laptop"))
  }

  private func problem(
    _ chain: [[UInt8]], at time: Date? = nil, revocations: RevocationList = .init(),
    expecting: ExpectedPeer = .anyone
  ) -> CertificateProblem? {
    do throws(CertificateProblem) {
      _ = try CertificateVerifier(authority: world.authority.certificate).verify(
        chain: chain, at: time ?? world.now, revocations: revocations, expecting: expecting)
      return nil
    } catch {
      return error
    }
  }

  @Test func aGoodCertificateSaysWhoItIs() throws {
    let credentials = try world.credentials(ann)
    let found = try CertificateVerifier(authority: world.authority.certificate).verify(
      chain: [credentials.certificateDER], at: world.now, revocations: .init())
    #expect(found.identity == ann)
    #expect(abs(found.issued.timeIntervalSince(world.now)) <= 1)
  }

  @Test func timeIsChecked() throws {
    let chain = [try world.credentials(ann).certificateDER]
    #expect(problem(chain, at: world.now.addingTimeInterval(-300)) == nil)
    #expect(problem(chain, at: world.now.addingTimeInterval(23.9 * 3600)) == nil)
    if case .expired? = problem(chain, at: world.now.addingTimeInterval(24 * 3600 + 2)) {
    } else {
      Issue.record("not expired after a day")
    }
    if case .notYetValid? = problem(chain, at: world.now.addingTimeInterval(-24 * 3600)) {
    } else {
      Issue.record("valid a day before")
    }
  }

  @Test func anotherAuthorityIsNamed() throws {
    let other = try World()
    let foreign = try other.credentials(ann)
    #expect(
      problem([foreign.certificateDER, other.authority.certificate.der])
        == .anotherAuthority(
          seen: other.authority.fingerprint, expected: world.authority.fingerprint))
    #expect(
      problem([foreign.certificateDER])
        == .anotherAuthority(seen: nil, expected: world.authority.fingerprint))
  }

  @Test func onlyWhatNamesAPeerWillDo() throws {
    #expect(problem([]) == .missing)
    #expect(problem([world.authority.certificate.der]) == .wrongUse)
    let good = try world.credentials(ann).certificateDER
    #expect(
      problem([good], expecting: .centralServer)
        == .wrongPeer(
          found: ann, expected: .centralServer))
    #expect(problem([good], expecting: .anyNode) == nil)
    let bob = try World.node("bob", "x")
    #expect(problem([good], expecting: .node(bob)) == .wrongPeer(found: ann, expected: .node(bob)))
  }

  @Test func revocationCoversWhatWasIssuedBefore() throws {
    let chain = [try world.credentials(ann).certificateDER]
    let node = try World.node("ann", "laptop")
    var list = RevocationList()
    list.revoke(node: try World.node("ann", "other"), at: world.now)
    list.revoke(user: try PeerName("bob"), at: world.now)
    #expect(problem(chain, revocations: list) == nil)
    list.revoke(node: node, at: world.now)
    #expect(problem(chain, revocations: list) == .revoked(ann))
    #expect(list.revision == 3)
    var users = RevocationList()
    users.revoke(user: try PeerName("ann"), at: world.now.addingTimeInterval(-10))
    #expect(problem(chain, revocations: users) == nil, "issued after the revocation")
    users.revoke(user: try PeerName("ann"), at: world.now)
    #expect(problem(chain, revocations: users) == .revoked(ann))
    let copy = try BoundedJSON.decode(RevocationList.self, from: BoundedJSON.encode(users))
    #expect(problem(chain, revocations: copy) == .revoked(ann))
    users.prune(at: world.now.addingTimeInterval(CertificateLifetime.whole + 60))
    #expect(users.count == 0)
  }

  @Test func damagedCertificatesAreRefused() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let good = try world.credentials(ann).certificateDER
    for count in 0..<1000 {
      var bytes = good
      if count % 3 == 0 {
        bytes = Array(bytes.prefix(Int.random(in: 0..<good.count, using: &generator)))
      } else {
        let place = Int.random(in: 0..<good.count, using: &generator)
        bytes[place] ^= UInt8.random(in: 1...255, using: &generator)
      }
      let verifier = CertificateVerifier(authority: world.authority.certificate)
      let found = try? verifier.verify(chain: [bytes], at: world.now, revocations: .init())
      #expect(found == nil, "\(count)")
    }
    #expect(problem([Array(repeating: 0x30, count: 1 << 20)]) != nil)
  }
}
