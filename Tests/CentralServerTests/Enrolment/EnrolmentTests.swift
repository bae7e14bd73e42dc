import Placement
import RouterBands
import TestSupport
import Testing

@testable import CentralServer

@Suite("Enrolment") struct EnrolmentTests {
  private let now = Samples.now
  private let home = IPAddress("192.0.2.1")!
  private let password = "correct horse"

  private func make(
    _ kind: StoreKind, _ settings: CentralSettings = CentralSettings(),
    parameters: ScryptParameters = PasswordTests.light
  ) async throws -> (Enrolment, any OpenStore) {
    let store = try await kind.makePlace().open()
    try await store.setSettings(settings)
    let enrolment = Enrolment(store: store, hasher: PasswordHasher(parameters: parameters))
    return (enrolment, store)
  }

  @Test(arguments: StoreKind.available)
  func whoRegistersCanLogIn(kind: StoreKind) async throws {
    let (enrolment, _) = try await make(kind)
    let user = try await enrolment.register(
      userid: "Alice", password: password, from: home, at: now)
    #expect(
      try await enrolment.login(userid: "ALICE", password: password, from: home, at: now) == user)
    await #expect(throws: EnrolmentError.identifierTaken) {
      try await enrolment.register(
        userid: "alice", password: "another horse", from: home, at: now)
    }
    try await enrolment.changePassword(
      userid: "alice", from: password, to: "new battery staple", from: home, at: now)
    await #expect(throws: EnrolmentError.wrongCredentials) {
      try await enrolment.login(userid: "alice", password: password, from: home, at: now)
    }
    await #expect(throws: EnrolmentError.badPassword(.tooShort)) {
      try await enrolment.changePassword(
        userid: "alice", from: "new battery staple", to: "short", from: home, at: now)
    }
    try await enrolment.resetPassword(userid: "alice", to: "operator's choice")
    #expect(
      try await enrolment.login(
        userid: "alice", password: "operator's choice", from: home, at: now) == user)
  }

  @Test func nothingTellsAnUnknownUserFromAWrongPassword() async throws {
    let store = try await StoreKind.sqlite.makePlace().open()
    let hasher = PasswordHasher(parameters: PasswordTests.light)
    let enrolment = Enrolment(store: store, hasher: hasher)
    _ = try await enrolment.register(userid: "alice", password: password, from: home, at: now)
    let attempts = [
      ("alice", "wrong horse"), ("nobody", password), ("", password), ("a b", password),
      ("alice", ""), ("alice", String(repeating: "x", count: 1 << 20)), ("x\0y", "\0"),
    ]
    for (userid, password) in attempts {
      let before = await hasher.derivationCount
      await #expect(throws: EnrolmentError.wrongCredentials, "\(userid)") {
        try await enrolment.login(userid: userid, password: password, from: home, at: now)
      }
      #expect(await hasher.derivationCount == before + 1, "\(userid)")
    }
  }

  @Test func aLoopOfWrongPasswordsIsStopped() async throws {
    let (enrolment, _) = try await make(.sqlite)
    _ = try await enrolment.register(userid: "alice", password: password, from: home, at: now)
    // All at once: none is let through because the others' outcome is not known yet.
    let errors = await withTaskGroup(of: EnrolmentError?.self) { group in
      for number in 0..<60 {
        group.addTask {
          let address = IPAddress.ipv4(IPv4Address(bits: UInt32(number)))
          do {
            _ = try await enrolment.login(
              userid: "alice", password: "wrong \(number)", from: address, at: Samples.now)
            return nil
          } catch {
            return error as? EnrolmentError
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let stopped = EnrolmentError.tooManyAttempts(wait: 30_000)
    #expect(errors.filter { $0 == stopped }.count == 50)
    #expect(errors.filter { $0 == EnrolmentError.wrongCredentials }.count == 10)
    await #expect(throws: EnrolmentError.tooManyAttempts(wait: 30_000)) {
      try await enrolment.login(userid: "alice", password: password, from: home, at: now)
    }
    _ = try await enrolment.login(
      userid: "alice", password: password, from: home, at: now + 30_000)
  }

  @Test(arguments: StoreKind.available)
  func registrationFollowsTheMode(kind: StoreKind) async throws {
    let (enrolment, store) = try await make(kind, CentralSettings(registration: .invitation))
    func register(_ userid: String, _ token: InvitationToken?, at time: Moment) async throws {
      _ = try await enrolment.register(
        userid: userid, password: password, invitation: token, from: home, at: time)
    }
    let (token, invitation) = try await enrolment.invite(uses: 1, lifetime: 1000, at: now)
    // What is stored is no token.
    #expect(try await store.invitations() == [invitation])
    #expect(!invitation.hash.text.contains(token.text))
    for wrong in [nil, InvitationToken(typed: "wrong"), InvitationToken(typed: "")] {
      await #expect(throws: EnrolmentError.invitationUnusable) {
        try await register("a", wrong, at: now)
      }
    }
    await #expect(throws: EnrolmentError.invitationUnusable) {
      try await register("a", token, at: now + 1000)
    }
    try await register("a", InvitationToken(typed: token.grouped.uppercased()), at: now)
    await #expect(throws: EnrolmentError.invitationUnusable) {
      try await register("b", token, at: now)
    }
    try await store.setSettings(CentralSettings(registration: .closed))
    await #expect(throws: EnrolmentError.registrationClosed) {
      try await register("b", token, at: now)
    }
    #expect(try await store.users(after: nil, limit: 9).map(\.identifier.name) == ["a"])
  }

  @Test func whoIsRevokedIsToldSoOnlyWithThePassword() async throws {
    let (enrolment, store) = try await make(.sqlite)
    let user = try await enrolment.register(
      userid: "alice", password: password, from: home, at: now)
    let node = NodeID("n-1")
    for _ in 0..<2 { try await enrolment.addNode(node, of: user.serial, at: now) }
    let other = try await enrolment.register(
      userid: "bob", password: password, from: home, at: now)
    await #expect(throws: EnrolmentError.keyUnusable) {
      try await enrolment.addNode(node, of: other.serial, at: now)
    }
    let certificate = IssuedCertificate(
      serial: "01", node: node, issued: now, expires: now + 1000)
    try await enrolment.note(certificate)
    #expect(try await store.revoke(.user(user.serial), at: now))
    await #expect(throws: EnrolmentError.disabled) {
      try await enrolment.login(userid: "alice", password: password, from: home, at: now)
    }
    await #expect(throws: EnrolmentError.wrongCredentials) {
      try await enrolment.login(userid: "alice", password: "wrong horse", from: home, at: now)
    }
    await #expect(throws: EnrolmentError.nodeUnusable) { try await enrolment.note(certificate) }
    await #expect(throws: EnrolmentError.disabled) {
      try await enrolment.addNode(node, of: user.serial, at: now)
    }
    #expect(try await store.reinstate(.user(user.serial), at: now))
    _ = try await enrolment.login(userid: "alice", password: password, from: home, at: now)
  }

  @Test func aVerifierIsRenewedWhenTheCostGrows() async throws {
    let (enrolment, store) = try await make(.sqlite)
    let user = try await enrolment.register(
      userid: "alice", password: password, from: home, at: now)
    let dearer = ScryptParameters(costExponent: 5, blockSize: 8, parallelism: 1)
    let later = Enrolment(store: store, hasher: PasswordHasher(parameters: dearer))
    for _ in 0..<2 {
      _ = try await later.login(userid: "alice", password: password, from: home, at: now)
      let stored = try await store.credentials(of: user.identifier)
      #expect(stored?.verifier.parameters == dearer)
    }
  }

  /// While nobody's password can be checked, nobody uses up attempts.
  @Test func aBusyServerLocksNobodyOut() async throws {
    let store = try await StoreKind.sqlite.makePlace().open()
    let parameters = ScryptParameters(costExponent: 12, blockSize: 8, parallelism: 1)
    let hasher = PasswordHasher(
      parameters: parameters, limits: PasswordHasher.Limits(running: 1, waiting: 0))
    let enrolment = Enrolment(store: store, hasher: hasher)
    let user = try await enrolment.register(
      userid: "alice", password: password, from: home, at: now)
    let busy = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          do {
            _ = try await enrolment.login(
              userid: "alice", password: password, from: home, at: now)
            return false
          } catch {
            return error as? EnrolmentError == .busy
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(busy > 0)
    for _ in 0..<9 {
      #expect(
        try await enrolment.login(userid: "alice", password: password, from: home, at: now)
          == user)
    }
  }

  @Test func oneAddressRegistersSoManyAndNoMore() async throws {
    let (enrolment, _) = try await make(.sqlite)
    for number in 0..<20 {
      _ = try await enrolment.register(
        userid: "user\(number)", password: password, from: home, at: now)
    }
    await #expect(throws: EnrolmentError.tooManyAttempts(wait: 10_000)) {
      try await enrolment.register(userid: "more", password: password, from: home, at: now)
    }
  }

  @Test func tokensAreNeverTheSame() {
    var chance = SeededGenerator(seed: 5)
    let tokens = (0..<1000).map { _ in InvitationToken.random(using: &chance) }
    #expect(Set(tokens).count == 1000)
    #expect(tokens.allSatisfy { $0.text.count == 27 })
    #expect(tokens.allSatisfy { InvitationToken(typed: " \($0.grouped) ") == $0 })
  }
}
