import Placement
import RouterBands
import Testing

@testable import CentralServer

@Suite("Stored users and rules") struct UserConformance {
  private let now = Samples.now

  @Test(arguments: StoreKind.available)
  func usersAreFoundAgain(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let new = try Samples.user("Łukasz", displayName: "Łukasz Å")
    guard case .added(let user) = try await store.addUser(new, invitation: nil, at: now) else {
      Issue.record("not added")
      return
    }
    #expect(user.created == now && user.disabled == nil)
    // Decomposed and in capitals, it is the same user.
    let other = try UserIdentifier("łUKASZ")
    let found = try await store.credentials(of: other)
    #expect(found == UserCredentials(user: user, verifier: new.verifier))
    #expect(found?.user.identifier.name == "Łukasz")
    #expect(try await store.credentials(of: UserIdentifier("lukasz")) == nil)
    #expect(try await store.addUser(Samples.user("ŁUKASZ"), invitation: nil, at: now) == .taken)

    let next = Samples.verifier(2)
    #expect(try await store.replaceVerifier(of: user.serial, new.verifier, with: next))
    #expect(try await !store.replaceVerifier(of: user.serial, new.verifier, with: next))
    #expect(try await store.credentials(of: other)?.verifier == next)
    #expect(try await !store.setProfile(UserProfile(), of: UserSerial(999)))
  }

  @Test(arguments: StoreKind.available)
  func hostileTextsAreKeptOrRefused(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    guard
      case .added(let user) = try await store.addUser(
        Samples.user("user"), invitation: nil, at: now)
    else { throw CentralStoreError.cancelled }
    for text in Samples.hostileTexts {
      #expect(try await store.setProfile(UserProfile(displayName: text), of: user.serial))
      let kept = try await store.users(after: nil, limit: 9).first?.profile.displayName
      // By bytes: two ways of writing one character are equal to Swift.
      #expect(kept.map { Array($0.utf8) } == Array(text.utf8), "\(text.prefix(20))")
    }
    let refused = CentralStoreError.unstorable(reason: "it has a NUL character in it")
    await #expect(throws: refused) {
      try await store.setProfile(UserProfile(displayName: "a\0b"), of: user.serial)
    }
  }

  @Test(arguments: StoreKind.available)
  func ofManyWhoWantOneNameOneGetsIt(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let stores = [try await place.open(), try await place.open()]
    let names = ["Strasse", "strasse", "STRASSE", "straße"]
    let additions = try await withThrowingTaskGroup(of: UserAddition.self) { group in
      for number in 0..<24 {
        group.addTask {
          try await stores[number % 2].addUser(
            Samples.user(names[number % names.count]), invitation: nil, at: Samples.now)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(additions.count { $0 != .taken } == 1)
    #expect(try await stores[0].users(after: nil, limit: 99).count == 1)
  }

  @Test(arguments: StoreKind.available)
  func usersComePageByPage(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    for number in 0..<7 {
      _ = try await store.addUser(Samples.user("user\(number)"), invitation: nil, at: now)
    }
    var names: [String] = []
    var last: UserSerial?
    while true {
      let page = try await store.users(after: last, limit: 3)
      if page.isEmpty { break }
      names += page.map(\.identifier.name)
      last = page.last?.serial
    }
    #expect(names == (0..<7).map { "user\($0)" })
  }

  @Test(arguments: StoreKind.available)
  func anInvitationIsUsedAsOftenAsItSays(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let stores = [try await place.open(), try await place.open()]
    let invitation = Invitation(
      hash: InvitationHash(of: InvitationToken(typed: "abc")), usesLeft: 3, created: now,
      expires: now + 1000)
    for _ in 0..<2 { try await stores[0].addInvitation(invitation) }
    #expect(try await stores[1].invitation(invitation.hash) == invitation)
    let additions = try await withThrowingTaskGroup(of: UserAddition.self) { group in
      for number in 0..<12 {
        group.addTask {
          try await stores[number % 2].addUser(
            Samples.user("user\(number)"), invitation: invitation.hash, at: Samples.now)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(additions.count { $0 == .invitationUnusable } == 9)
    #expect(try await stores[0].users(after: nil, limit: 99).count == 3)
    #expect(try await stores[0].invitations().map(\.usesLeft) == [0])

    var late = invitation
    late.hash = InvitationHash(of: InvitationToken(typed: "late"))
    try await stores[0].addInvitation(late)
    let user = try Samples.user("new")
    #expect(
      try await stores[0].addUser(user, invitation: late.hash, at: now + 1000)
        == .invitationUnusable)
    // Somebody has the name: no use is taken.
    let taken = try #require(try await stores[0].users(after: nil, limit: 1).first)
    let same = NewUser(identifier: taken.identifier, verifier: Samples.verifier())
    #expect(try await stores[0].addUser(same, invitation: late.hash, at: now) == .taken)
    #expect(try await stores[0].invitation(late.hash)?.usesLeft == 3)
    #expect(try await stores[0].removeInvitation(late.hash))
    #expect(try await !stores[0].removeInvitation(late.hash))
  }

  @Test(arguments: StoreKind.available)
  func overridesAndSettingsAreKept(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let store = try await place.open()
    #expect(try await store.bandOverrides() == [:])
    #expect(try await store.settings() == CentralSettings())
    let range = try #require(IPPrefix("10.0.0.0/8"))
    let other = try #require(IPPrefix("2001:db8::/32"))
    try await store.setBandOverride("old", for: range)
    try await store.setBandOverride("사무실", for: range)
    try await store.setBandOverride("lab", for: other)
    await #expect(throws: CentralStoreError.self) {
      try await store.setBandOverride("two words", for: other)
    }
    try await store.setBandOverride(nil, for: other)
    try await store.setBandOverride(nil, for: other)
    let settings = CentralSettings(registration: .closed, ipv6PrefixLength: 56)
    try await store.setSettings(settings)
    let again = try await place.open()
    #expect(try await again.bandOverrides() == [range: "사무실"])
    #expect(try await again.settings() == settings)
    #expect(try await store.adoptAuthority(fingerprint: "aa") == "aa")
    #expect(try await again.adoptAuthority(fingerprint: "bb") == "aa")
  }
}
