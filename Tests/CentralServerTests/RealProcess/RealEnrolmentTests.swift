import Foundation
import Protocol
import TestSupport
import Testing

@testable import CentralServer

/// `nearfind central` as a process, over real TLS.
extension RealCentralServer {
  @Suite("enrolment") struct EnrolmentTests {
    @Test func theFirstStartMakesAnAuthorityThatStays() async throws {
      let folder = try TemporaryFolder.make()
      let first = try await CentralProcess.with(folder: folder) { central in
        let second = try await CentralProcess.nearfind(
          ["central", "--data", folder, "--listen", "127.0.0.1:0"]
        ).run()
        #expect(second.status == 3)
        #expect(second.errors.contains("runs on \(folder) already"), "\(second.errors)")
        central.program.send(SIGTERM)
        let ending = try await central.program.waitForEnd()
        #expect(ending == .exited(0), "\(central.log)")
        return central.fingerprint
      }
      try await CentralProcess.with(folder: folder) { central in
        #expect(central.fingerprint == first)
      }
      // The key is nobody else's to read.
      let attributes = try FileManager.default.attributesOfItem(
        atPath: folder + "/authority/authority.pem")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      // Another authority's key beside the same database is noticed.
      try FileManager.default.removeItem(atPath: folder + "/authority/authority.pem")
      let outcome = try await CentralProcess.nearfind(
        ["central", "--data", folder, "--listen", "127.0.0.1:0"]
      ).run()
      #expect(outcome.status == 3 && outcome.errors.contains("belongs to the authority"))
    }

    @Test func nodesRegisterLogInAndRenew() async throws {
      try await CentralProcess.with { central in
        let alice = try await ScriptedNode.register("Alice", at: central)
        await #expect(throws: Refused(.identifierTaken)) {
          try await coded { try await ScriptedNode.register("alice", at: central) }
        }
        await #expect(throws: Refused(.badPassword)) {
          try await coded {
            try await ScriptedNode.register("bob", at: central, password: "short")
          }
        }
        let again = try await ScriptedNode.logIn("ALICE", at: central, key: alice.key)
        #expect(again.name == alice.name && again.userid == "Alice", "the same key, the same node")
        let other = try await ScriptedNode.logIn("Alice", at: central)
        #expect(other.name != alice.name)
        let bob = try await ScriptedNode.register("bob", at: central)
        await #expect(throws: Refused(.keyUnusable)) {
          try await coded { try await ScriptedNode.logIn("bob", at: central, key: alice.key) }
        }

        func renew(_ node: ScriptedNode, _ key: PeerKey) async throws -> EnrolmentGrant {
          let text = PEMText.certificateRequest(try key.signingRequest())
          return try await node.client.send(
            .post("/v1/renew", RenewalRequest(certificateRequest: text)), to: node.destination,
            expecting: .centralServer)
        }
        let renewed = try await renew(alice, alice.key)
        #expect(renewed.node == alice.name && renewed.expiry > renewed.now + 23 * 3600)
        await #expect(throws: Refused(.keyUnusable)) {
          try await coded { try await renew(bob, alice.key) }
        }
        let change = PasswordChange(present: ScriptedNode.password, new: "another battery staple")
        struct Nothing: Codable, Sendable {}
        let _: Nothing = try await bob.client.send(
          .post("/v1/password", change), to: bob.destination, expecting: .centralServer)
        _ = try await ScriptedNode.logIn("bob", at: central, password: "another battery staple")
        let users = try await central.admin("users", "--json")
        #expect(users.output.contains("\"userid\" : \"Alice\""), "\(users.output)\(users.errors)")
      }
    }

    @Test func whoIsNotOfThisAuthorityGetsNowhere() async throws {
      try await CentralProcess.with { central in
        let node = try await ScriptedNode.register("alice", at: central)
        try await CentralProcess.with { other in
          await #expect(throws: PeerClientError.self) {
            try await PeerClient.authority(at: other.destination, pin: central.fingerprint)
          }
          // Each side refuses the other's certificate; nothing is answered.
          await #expect(throws: (any Error).self) {
            try await node.send(node.makeReport(), to: other.destination)
          }
        }
        let authority = try await PeerClient.authority(
          at: central.destination, pin: central.fingerprint)
        let stranger = try PeerClient(.authority(authority))
        await #expect(throws: Refused(.certificateRequired)) {
          try await coded {
            try await stranger.send(
              .post("/v1/report", node.makeReport()), to: central.destination,
              expecting: .centralServer, as: PlacementAnswer.self)
          }
        }
      }
    }

    @Test func whoIsRevokedIsOutAtOnceAndOthersHear() async throws {
      try await CentralProcess.with { central in
        let alice = try await ScriptedNode.register("alice", at: central)
        let laptop = try await ScriptedNode.logIn("alice", at: central)
        let bob = try await ScriptedNode.register("bob", at: central)
        let order = try #require(try await alice.report().start)
        _ = try await alice.report(.serving(order))
        #expect(try await laptop.report().attach?.group == order.group)
        #expect(try await central.admin("users", "revoke", laptop.name).status == 0)
        try await wait(until: "the revocation to take hold") {
          do {
            _ = try await laptop.report()
            return false
          } catch let problem as ProblemDocument {
            #expect(problem.code == .certificateRevoked)
            return true
          }
        }
        var answer = try await alice.report(.serving(order))
        try await wait(until: "the revoked node to be no client any more") {
          answer = try await alice.report(.serving(order))
          return answer.members?.nodes == []
        }
        #expect(answer.revocations?.nodes == [laptop.name])
        // Who has that revision already is told nothing again.
        let known = try #require(answer.revocations?.revision)
        let next = try await alice.send(
          alice.makeReport(.serving(order), revocations: known))
        #expect(next.revocations == nil)
        await #expect(throws: Refused(.keyUnusable)) {
          try await coded {
            try await ScriptedNode.logIn("alice", at: central, key: laptop.key)
          }
        }
        #expect(try await central.admin("users", "restore", laptop.name).status == 0)
        laptop.restart()
        try await wait(until: "the node to be let in again") {
          (try? await laptop.report())?.attach?.group == order.group
        }
        #expect(try await central.admin("users", "disable", "ALICE").status == 0)
        try await wait(until: "both nodes of the user to be out") {
          let results = [try? await laptop.report(), try? await alice.report(.serving(order))]
          return results.allSatisfy { $0 == nil }
        }
        await #expect(throws: Refused(.userDisabled)) {
          try await coded { try await ScriptedNode.logIn("alice", at: central) }
        }
        // Its lease runs out by itself, and another serves.
        try await wait(until: "another node to serve") {
          try await bob.report().start != nil
        }
        let refused = try await central.admin("users", "revoke", "n-nobody")
        #expect(refused.status == 2)
      }
    }

    @Test func wrongPasswordsInALoopAreLimited() async throws {
      try await CentralProcess.with { central in
        _ = try await ScriptedNode.register("alice", at: central)
        var codes: [ProblemCode] = []
        for number in 0..<40 where codes.last != .rateLimited {
          do {
            _ = try await ScriptedNode.logIn("alice", at: central, password: "wrong \(number)")
          } catch let problem as ProblemDocument {
            codes.append(problem.code)
            if problem.code == .rateLimited { #expect(problem.retryAfter ?? 0 > 0) }
          }
        }
        #expect(codes.first == .wrongCredentials && codes.last == .rateLimited, "\(codes)")
        #expect(codes.count <= 25)
        #expect(!central.log.contains("wrong 1"), "a password stands in the log")
        #expect(central.log.contains("wrong-credentials"))
      }
    }

    @Test func registrationIsByInvitationOrClosed() async throws {
      let folder = try TemporaryFolder.make()
      try await CentralProcess.with(folder: folder, ["--registration", "invitation"]) { central in
        await #expect(throws: Refused(.invitationUnusable)) {
          try await coded { try await ScriptedNode.register("alice", at: central) }
        }
        struct Deed: Decodable { var secret: String }
        let made = try await central.admin("invite", "--uses", "1", "--json")
        let token = try JSONDecoder().decode(Deed.self, from: Data(made.outputBytes)).secret
        _ = try await ScriptedNode.register("alice", at: central, invitation: token.uppercased())
        await #expect(throws: Refused(.invitationUnusable)) {
          try await coded {
            try await ScriptedNode.register("bob", at: central, invitation: token)
          }
        }
      }
      try await CentralProcess.with(folder: folder, ["--registration", "closed"]) { central in
        await #expect(throws: Refused(.registrationClosed)) {
          try await coded { try await ScriptedNode.register("bob", at: central) }
        }
        _ = try await ScriptedNode.logIn("alice", at: central)
        let reset = try await central.admin("users", "reset-password", "alice")
        let password = try #require(reset.output.split(separator: " ").last)
        _ = try await ScriptedNode.logIn(
          "alice", at: central, password: password.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
  }
}

/// `nearfind central` as a process of its own, with scripted nodes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RealCentralServer {}

/// A refusal by its kind.
struct Refused: Error, Hashable {
  var code: ProblemCode

  init(_ code: ProblemCode) {
    self.code = code
  }
}

/// Throws ``Refused`` for a refusal, so that tests can name it.
func coded<Value>(_ body: () async throws -> Value) async throws -> Value {
  do {
    return try await body()
  } catch let problem as ProblemDocument {
    throw Refused(problem.code)
  }
}
