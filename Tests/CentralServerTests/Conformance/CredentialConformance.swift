import Placement
import Testing

@testable import CentralServer

@Suite("Stored credentials") struct CredentialConformance {
  private let now = Samples.now

  private func addUser(_ name: String, to store: any CentralStore) async throws -> UserSerial {
    guard
      case .added(let user) = try await store.addUser(
        Samples.user(name), invitation: nil, at: now)
    else { throw CentralStoreError.cancelled }
    return user.serial
  }

  private func certificate(_ serial: String, _ node: String) -> IssuedCertificate {
    IssuedCertificate(serial: serial, node: NodeID(node), issued: now, expires: now + 1000)
  }

  @Test(arguments: StoreKind.available)
  func nodesBelongToOneUser(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let first = try await addUser("first", to: store)
    let second = try await addUser("second", to: store)
    #expect(try await store.addNode(NodeID("a"), of: first, limit: 2, at: now) == .added)
    #expect(try await store.addNode(NodeID("a"), of: first, limit: 2, at: now) == .known)
    #expect(try await store.addNode(NodeID("a"), of: second, limit: 2, at: now) == .taken)
    #expect(try await store.addNode(NodeID("b"), of: first, limit: 2, at: now) == .added)
    #expect(try await store.addNode(NodeID("c"), of: first, limit: 2, at: now) == .tooMany)
    #expect(
      try await store.addNode(NodeID("c"), of: UserSerial(99), limit: 2, at: now)
        == .userUnusable)
    #expect(try await store.note(certificate("01", "a")) == .noted)
    #expect(try await store.note(certificate("01", "a")) == .noted)
    #expect(try await store.note(certificate("02", "z")) == .unknownNode)
    let nodes = try await store.nodeCredentials(of: first)
    #expect(nodes.map(\.node.name) == ["a", "b"])
    #expect(nodes.map(\.certificates) == [[certificate("01", "a")], []])
    #expect(try await store.nodeCredentials(of: nil) == nodes)
    #expect(try await store.forgetCertificates(expiredBefore: now + 1000) == 0)
    #expect(try await store.forgetCertificates(expiredBefore: now + 1001) == 1)
  }

  @Test(arguments: StoreKind.available)
  func twoAtOnceDoNotPassTheLimit(kind: StoreKind) async throws {
    let place = try await kind.makePlace()
    let stores = [try await place.open(), try await place.open()]
    let user = try await addUser("user", to: stores[0])
    let added = try await withThrowingTaskGroup(of: NodeAddition.self) { group in
      for number in 0..<12 {
        group.addTask {
          try await stores[number % 2].addNode(
            NodeID("n\(number)"), of: user, limit: 3, at: Samples.now)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(added.count { $0 == .added } == 3)
  }

  @Test(arguments: StoreKind.available)
  func whatIsRevokedGetsNothingMore(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let user = try await addUser("user", to: store)
    for name in ["a", "b"] {
      #expect(try await store.addNode(NodeID(name), of: user, limit: 9, at: now) == .added)
    }
    #expect(try await store.revoke(.node(NodeID("a")), at: now))
    #expect(try await store.note(certificate("01", "a")) == .revoked)
    #expect(try await store.note(certificate("02", "b")) == .noted)
    #expect(try await store.addNode(NodeID("a"), of: user, limit: 9, at: now) == .taken)
    #expect(try await store.revoke(.user(user), at: now + 1))
    #expect(try await store.note(certificate("03", "b")) == .revoked)
    #expect(try await store.addNode(NodeID("c"), of: user, limit: 9, at: now) == .userUnusable)
    #expect(try await !store.revoke(.node(NodeID("unknown")), at: now))
    #expect(try await !store.revoke(.user(UserSerial(99)), at: now))
    #expect(try await store.users(after: nil, limit: 1).first?.disabled == now + 1)
  }

  @Test(arguments: StoreKind.available)
  func othersFollowRevocationsByDifferences(kind: StoreKind) async throws {
    let store = try await kind.makePlace().open()
    let user = try await addUser("user", to: store)
    for number in 0..<5 {
      _ = try await store.addNode(NodeID("n\(number)"), of: user, limit: 9, at: now)
      #expect(try await store.revoke(.node(NodeID("n\(number)")), at: now))
    }
    var list = RevocationRegister()
    var isLast = false
    while !isLast {
      let delta = try await store.revocations(after: list.revision, limit: 2)
      #expect(delta.entries.count <= 2)
      list.apply(delta)
      isLast = delta.isLast
    }
    #expect(list.revision == 5)
    #expect(list.isRevoked(NodeID("n4")) && !list.isRevoked(NodeID("n5")))
    // Again changes nothing, and is nothing new to anybody.
    #expect(try await store.revoke(.node(NodeID("n0")), at: now + 1))
    #expect(try await store.revocations(after: 5, limit: 9).entries == [])

    #expect(try await store.revoke(.user(user), at: now))
    let revoked = try await store.revocations(after: 5, limit: 9)
    list.apply(revoked)
    #expect(list.isRevoked(user) && list.isRevoked(userid: "user"))
    for _ in 0..<2 { #expect(try await store.reinstate(.user(user), at: now)) }
    list.apply(try await store.revocations(after: list.revision, limit: 9))
    #expect(!list.isRevoked(user) && !list.isRevoked(userid: "user") && list.revision == 7)
    list.apply(revoked)
    #expect(!list.isRevoked(user), "an old difference was taken for new")
    let all = try await store.revocations(after: 0, limit: 99)
    #expect(all.entries.count == 6, "one last word each")
    #expect(try await store.revocations(after: .max, limit: 9).entries == [])
  }
}
